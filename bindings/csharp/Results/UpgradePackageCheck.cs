// Made by records.py from docs/schema/site-package-check.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-package-check.v1</c>.</summary>
    public sealed class UpgradePackageCheck
    {
        internal UpgradePackageCheck(Json json)
        {
            Package = json["package"].Text;
            Source = json["source"].Text;
            ComparedVersion = json["compared_version"].Number.GetValueOrDefault();
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Differences = json["differences"].List(item => (item.IsNull ? null : new UpgradePackageCheckDifference(item)));
            Damaged = json["damaged"].List(item => (item.IsNull ? null : new UpgradePackageCheckDamagedItem(item)));
        }

        /// <summary>The package.</summary>
        public string Package { get; }

        /// <summary>The folder it was added from.</summary>
        public string Source { get; }

        /// <summary>The version that the source was compared with: the last that came from it.</summary>
        public long ComparedVersion { get; }

        /// <summary>Files of the source that were hashed.</summary>
        public long Files { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>What is different in the source, file by file. Nobody of this site changes a source.</summary>
        public IReadOnlyList<UpgradePackageCheckDifference> Differences { get; }

        /// <summary>Files of the published version whose copies in the library are damaged.</summary>
        public IReadOnlyList<UpgradePackageCheckDamagedItem> Damaged { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpgradePackageCheckDamagedItem
    {
        internal UpgradePackageCheckDamagedItem(Json json)
        {
            Path = json["path"].Text;
            Change = json["change"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>Path in the package.</summary>
        public string Path { get; }

        /// <summary>Added, changed, missing or damaged.</summary>
        public string Change { get; }

        /// <summary>What exactly, in a sentence.</summary>
        public string Reason { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpgradePackageCheckDifference
    {
        internal UpgradePackageCheckDifference(Json json)
        {
            Path = json["path"].Text;
            Change = json["change"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>Path in the package.</summary>
        public string Path { get; }

        /// <summary>Added, changed, missing or damaged.</summary>
        public string Change { get; }

        /// <summary>What exactly, in a sentence.</summary>
        public string Reason { get; }
    }
}
