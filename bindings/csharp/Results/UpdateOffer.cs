// Made by records.py from docs/schema/site-offer.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-offer.v1</c>.</summary>
    public sealed class UpdateOffer
    {
        internal UpdateOffer(Json json)
        {
            Package = json["package"].IsNull ? null : new UpgradePackage(json["package"]);
            Indexes = json["indexes"].List(item => (item.IsNull ? null : new UpgradePackageIndex(item)));
            Updates = json["updates"].List(item => (item.IsNull ? null : new OfferedUpdate(item)));
        }

        /// <summary>The package.</summary>
        public UpgradePackage Package { get; }

        /// <summary>Its indexes.</summary>
        public IReadOnlyList<UpgradePackageIndex> Indexes { get; }

        /// <summary>Every update and index: those that are offered, and each other one with its reason.</summary>
        public IReadOnlyList<OfferedUpdate> Updates { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class OfferedUpdate
    {
        internal OfferedUpdate(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Update = json["update"].Number.GetValueOrDefault();
            File = json["file"].Text;
            Kb = json["kb"].Text;
            Status = json["status"].Number.GetValueOrDefault();
            Decision = json["decision"].Text;
            Reason = json["reason"].Text;
            Hresult = json["hresult"].Text;
            FoundAtImport = json["found_at_import"].Flag.GetValueOrDefault();
            Applied = json["applied"].Text;
            Run = json["run"].Number;
            Offered = json["offered"].Flag.GetValueOrDefault();
            SupersededBy = json["superseded_by"].List(item => item.Number.GetValueOrDefault());
        }

        /// <summary>The index, from 1.</summary>
        public long Index { get; }

        /// <summary>The update's number.</summary>
        public long Update { get; }

        /// <summary>Its file.</summary>
        public string File { get; }

        /// <summary>Its article.</summary>
        public string Kb { get; }

        /// <summary>The documented number, 0 to 5.</summary>
        public long Status { get; }

        /// <summary>The decision in a word, as wright plan names it.</summary>
        public string Decision { get; }

        /// <summary>Why, in a sentence.</summary>
        public string Reason { get; }

        /// <summary>The HRESULT of a refusal or failure, 0x...; null where there was none.</summary>
        public string Hresult { get; }

        /// <summary>Whether the index had it when the package was added.</summary>
        public bool FoundAtImport { get; }

        /// <summary>When a servicing run laid it in.</summary>
        public string Applied { get; }

        /// <summary>That run.</summary>
        public long? Run { get; }

        /// <summary>Whether a schedule for all that applies would take it.</summary>
        public bool Offered { get; }

        /// <summary>Updates that supersede it and are applicable or installed here.</summary>
        public IReadOnlyList<long> SupersededBy { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpgradePackageIndex
    {
        internal UpgradePackageIndex(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Edition = json["edition"].Text;
            InstallationType = json["installation_type"].Text;
            Architecture = json["architecture"].Text;
            Version = json["version"].Text;
            Languages = json["languages"].List(item => item.Text);
            Refusal = json["refusal"].Text;
            Installed = json["installed"].Number.GetValueOrDefault();
        }

        /// <summary>The index, from 1.</summary>
        public long Index { get; }

        /// <summary>The image's name.</summary>
        public string Name { get; }

        /// <summary>Edition.</summary>
        public string Edition { get; }

        /// <summary>Client, Server and others, as the image says.</summary>
        public string InstallationType { get; }

        /// <summary>Processor architecture.</summary>
        public string Architecture { get; }

        /// <summary>Version of Windows.</summary>
        public string Version { get; }

        /// <summary>Languages.</summary>
        public IReadOnlyList<string> Languages { get; }

        /// <summary>Why the index may not be serviced; null where it may.</summary>
        public string Refusal { get; }

        /// <summary>How many packages it has installed.</summary>
        public long Installed { get; }
    }

    /// <summary>The package.</summary>
    public sealed class UpgradePackage
    {
        internal UpgradePackage(Json json)
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
    }
}
