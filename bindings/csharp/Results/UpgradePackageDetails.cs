// Made by records.py from docs/schema/site-package-show.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-package-show.v1</c>.</summary>
    public sealed class UpgradePackageDetails
    {
        internal UpgradePackageDetails(Json json)
        {
            Id = json["id"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Version = json["version"].Text;
            Comment = json["comment"].Text;
            Source = json["source"].Text;
            SourceIndex = json["source_index"].Number;
            Keep = json["keep"].Number.GetValueOrDefault();
            Added = json["added"].Text;
            Published = json["published"].Number.GetValueOrDefault();
            Architecture = json["architecture"].Text;
            Image = json["image"].Text;
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Indexes = json["indexes"].List(item => (item.IsNull ? null : new UpgradePackageIndex(item)));
            Versions = json["versions"].List(item => (item.IsNull ? null : new UpgradePackageVersion(item)));
            Installed = json["installed"].List(item => (item.IsNull ? null : new UpgradePackageFound(item)));
        }

        /// <summary>Its number in the site.</summary>
        public long Id { get; }

        /// <summary>Its name, unique without regard to case.</summary>
        public string Name { get; }

        /// <summary>Its version, free text.</summary>
        public string Version { get; }

        /// <summary>A comment.</summary>
        public string Comment { get; }

        /// <summary>The folder it was added from.</summary>
        public string Source { get; }

        /// <summary>The index that was taken out of the source's image, where one was.</summary>
        public long? SourceIndex { get; }

        /// <summary>How many versions of its content are kept.</summary>
        public long Keep { get; }

        /// <summary>When it was added.</summary>
        public string Added { get; }

        /// <summary>The number of the published version of its content.</summary>
        public long Published { get; }

        /// <summary>The processor architecture of its images.</summary>
        public string Architecture { get; }

        /// <summary>The images' file in the package.</summary>
        public string Image { get; }

        /// <summary>Files of the published version.</summary>
        public long Files { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>The indexes of its image.</summary>
        public IReadOnlyList<UpgradePackageIndex> Indexes { get; }

        /// <summary>The versions of its content, the newest first.</summary>
        public IReadOnlyList<UpgradePackageVersion> Versions { get; }

        /// <summary>What its indexes had installed at import, where that was asked for.</summary>
        public IReadOnlyList<UpgradePackageFound> Installed { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpgradePackageFound
    {
        internal UpgradePackageFound(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Identity = json["identity"].Text;
            State = json["state"].Number;
        }

        /// <summary>The index, from 1.</summary>
        public long Index { get; }

        /// <summary>Name~token~architecture~language~version.</summary>
        public string Identity { get; }

        /// <summary>The number of its state; null where only its files are there.</summary>
        public long? State { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpgradePackageVersion
    {
        internal UpgradePackageVersion(Json json)
        {
            Number = json["number"].Number.GetValueOrDefault();
            Created = json["created"].Text;
            Origin = json["origin"].Text;
            Run = json["run"].Number;
            Image = json["image"].Text;
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Published = json["published"].Flag.GetValueOrDefault();
            Kept = json["kept"].Flag.GetValueOrDefault();
        }

        /// <summary>Its number, from 1.</summary>
        public long Number { get; }

        /// <summary>When it was made.</summary>
        public string Created { get; }

        /// <summary>How: added, reloaded, serviced.</summary>
        public string Origin { get; }

        /// <summary>The servicing run that made it.</summary>
        public long? Run { get; }

        /// <summary>The images' file in it.</summary>
        public string Image { get; }

        /// <summary>Files in it.</summary>
        public long Files { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>Whether it is the published one.</summary>
        public bool Published { get; }

        /// <summary>Whether its content is in the library still.</summary>
        public bool Kept { get; }
    }
}
