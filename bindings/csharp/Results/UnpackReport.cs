// Made by records.py from docs/schema/unpack.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.unpack.v1</c>.</summary>
    public sealed class UnpackReport
    {
        internal UnpackReport(Json json)
        {
            Path = json["path"].Text;
            Files = json["files"].Number.GetValueOrDefault();
            Rebuilt = json["rebuilt"].Number.GetValueOrDefault();
            Verified = json["verified"].Number.GetValueOrDefault();
            Failed = json["failed"].List(item => (item.IsNull ? null : new UnpackReportFailedItem(item)));
            Bytes = json["bytes"].Number.GetValueOrDefault();
            UndecodedManifests = json["undecoded_manifests"].Number.GetValueOrDefault();
            Packages = json["packages"].List(item => (item.IsNull ? null : new UnpackReportPackage(item)));
        }

        /// <summary>The update file.</summary>
        public string Path { get; }

        /// <summary>What was written.</summary>
        public long Files { get; }

        /// <summary>Those files that were rebuilt from deltas.</summary>
        public long Rebuilt { get; }

        /// <summary>Those that matched a digest which the package declares.</summary>
        public long Verified { get; }

        /// <summary>The document's <c>failed</c>.</summary>
        public IReadOnlyList<UnpackReportFailedItem> Failed { get; }

        /// <summary>What was written.</summary>
        public long Bytes { get; }

        /// <summary>Compressed component manifests that were not read for want of a dictionary.</summary>
        public long UndecodedManifests { get; }

        /// <summary>The document's <c>packages</c>.</summary>
        public IReadOnlyList<UnpackReportPackage> Packages { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UnpackReportPackage
    {
        internal UnpackReportPackage(Json json)
        {
            Name = json["name"].Text;
            Folder = json["folder"].Text;
            Files = json["files"].Number.GetValueOrDefault();
        }

        /// <summary>Each package.</summary>
        public string Name { get; }

        /// <summary>The folder below DEST that holds it (empty for DEST itself).</summary>
        public string Folder { get; }

        /// <summary>Its files.</summary>
        public long Files { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UnpackReportFailedItem
    {
        internal UnpackReportFailedItem(Json json)
        {
            Name = json["name"].Text;
            Kind = json["kind"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>kind</c>.</summary>
        public string Kind { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }
    }
}
