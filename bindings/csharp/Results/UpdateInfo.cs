// Made by records.py from docs/schema/inspect.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.inspect.v1</c>.</summary>
    public sealed class UpdateInfo
    {
        internal UpdateInfo(Json json)
        {
            Path = json["path"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
            Sha256 = json["sha256"].Text;
            Kind = json["kind"].Text;
            Signed = json["signed"].Flag.GetValueOrDefault();
            Signature = json["signature"].IsNull ? null : new UpdateInfoSignature(json["signature"]);
            Kb = json["kb"].Text;
            Members = json["members"].List(item => (item.IsNull ? null : new UpdateInfoMember(item)));
            Properties = json["properties"].Map;
            Packages = json["packages"].List(item => (item.IsNull ? null : new UpdateInfoPackage(item)));
        }

        /// <summary>The file.</summary>
        public string Path { get; }

        /// <summary>The file.</summary>
        public long Size { get; }

        /// <summary>The file.</summary>
        public string Sha1 { get; }

        /// <summary>The file.</summary>
        public string Sha256 { get; }

        /// <summary>Cab (a package), cab_msu (an MSU in the form of a cabinet), cab_of_cabs (a cabinet of packages), plain_cab (no package in it).</summary>
        public string Kind { get; }

        /// <summary>Whether it carries an Authenticode signature.</summary>
        public bool Signed { get; }

        /// <summary>The document's <c>signature</c>.</summary>
        public UpdateInfoSignature Signature { get; }

        /// <summary>The article, KB.</summary>
        public string Kb { get; }

        /// <summary>The document's <c>members</c>.</summary>
        public IReadOnlyList<UpdateInfoMember> Members { get; }

        /// <summary>The document's <c>properties</c>.</summary>
        public IReadOnlyDictionary<string, string> Properties { get; }

        /// <summary>The document's <c>packages</c>.</summary>
        public IReadOnlyList<UpdateInfoPackage> Packages { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackage
    {
        internal UpdateInfoPackage(Json json)
        {
            Name = json["name"].Text;
            Identity = json["identity"].Text;
            Architecture = json["architecture"].Text;
            Version = json["version"].Text;
            Description = json["description"].Text;
            DisplayName = json["display_name"].Text;
            SupportUrl = json["support_url"].Text;
            ReleaseType = json["release_type"].Text;
            Restart = json["restart"].Text;
            Permanence = json["permanence"].Text;
            Company = json["company"].Text;
            Created = json["created"].Text;
            PackageFormat = json["package_format"].Text;
            Capabilities = json["capabilities"].List(item => (item.IsNull ? null : new UpdateInfoPackageCapability(item)));
            Variants = json["variants"].List(item => item.Text);
            Parents = json["parents"].List(item => item.List(item1 => item1.Text));
            InstallerStack = json["installer_stack"].Text;
            OfflineCapable = json["offline_capable"].Flag;
            Nested = json["nested"].List(item => item.Text);
            Counts = json["counts"].IsNull ? null : new UpdateInfoPackageCounts(json["counts"]);
        }

        /// <summary>The cabinet's name.</summary>
        public string Name { get; }

        /// <summary>Name~token~architecture~language~version.</summary>
        public string Identity { get; }

        /// <summary>As the package manifest has them.</summary>
        public string Architecture { get; }

        /// <summary>As the package manifest has them.</summary>
        public string Version { get; }

        /// <summary>As the package manifest has them.</summary>
        public string Description { get; }

        /// <summary>As the package manifest has them.</summary>
        public string DisplayName { get; }

        /// <summary>As the package manifest has them.</summary>
        public string SupportUrl { get; }

        /// <summary>As the package manifest has them.</summary>
        public string ReleaseType { get; }

        /// <summary>As the package manifest has them.</summary>
        public string Restart { get; }

        /// <summary>As the package manifest has them.</summary>
        public string Permanence { get; }

        /// <summary>As the package manifest has them.</summary>
        public string Company { get; }

        /// <summary>As the package manifest has them.</summary>
        public string Created { get; }

        /// <summary>As the package manifest has them.</summary>
        public string PackageFormat { get; }

        /// <summary>The document's <c>capabilities</c>.</summary>
        public IReadOnlyList<UpdateInfoPackageCapability> Capabilities { get; }

        /// <summary>Identities of other package manifests at its root.</summary>
        public IReadOnlyList<string> Variants { get; }

        /// <summary>The document's <c>parents</c>.</summary>
        public IReadOnlyList<IReadOnlyList<string>> Parents { get; }

        /// <summary>The lowest version of the servicing stack that may install it.</summary>
        public string InstallerStack { get; }

        /// <summary>Whether it says that it can be installed offline completely.</summary>
        public bool? OfflineCapable { get; }

        /// <summary>Identities of the packages in it.</summary>
        public IReadOnlyList<string> Nested { get; }

        /// <summary>The document's <c>counts</c>.</summary>
        public UpdateInfoPackageCounts Counts { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCounts
    {
        internal UpdateInfoPackageCounts(Json json)
        {
            Payload = json["payload"].IsNull ? null : new UpdateInfoPackageCountsPayload(json["payload"]);
            Deltas = json["deltas"].IsNull ? null : new UpdateInfoPackageCountsDeltas(json["deltas"]);
            Copies = json["copies"].IsNull ? null : new UpdateInfoPackageCountsCopies(json["copies"]);
            Manifests = json["manifests"].IsNull ? null : new UpdateInfoPackageCountsManifests(json["manifests"]);
            PackageManifests = json["package_manifests"].IsNull ? null : new UpdateInfoPackageCountsPackageManifests(json["package_manifests"]);
            Catalogs = json["catalogs"].IsNull ? null : new UpdateInfoPackageCountsCatalogs(json["catalogs"]);
            Other = json["other"].IsNull ? null : new UpdateInfoPackageCountsOther(json["other"]);
        }

        /// <summary>The document's <c>payload</c>.</summary>
        public UpdateInfoPackageCountsPayload Payload { get; }

        /// <summary>The document's <c>deltas</c>.</summary>
        public UpdateInfoPackageCountsDeltas Deltas { get; }

        /// <summary>The document's <c>copies</c>.</summary>
        public UpdateInfoPackageCountsCopies Copies { get; }

        /// <summary>The document's <c>manifests</c>.</summary>
        public UpdateInfoPackageCountsManifests Manifests { get; }

        /// <summary>The document's <c>package_manifests</c>.</summary>
        public UpdateInfoPackageCountsPackageManifests PackageManifests { get; }

        /// <summary>The document's <c>catalogs</c>.</summary>
        public UpdateInfoPackageCountsCatalogs Catalogs { get; }

        /// <summary>The document's <c>other</c>.</summary>
        public UpdateInfoPackageCountsOther Other { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCountsOther
    {
        internal UpdateInfoPackageCountsOther(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>Everything else.</summary>
        public long Files { get; }

        /// <summary>Everything else.</summary>
        public long Bytes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCountsCatalogs
    {
        internal UpdateInfoPackageCountsCatalogs(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>Catalogs.</summary>
        public long Files { get; }

        /// <summary>Catalogs.</summary>
        public long Bytes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCountsPackageManifests
    {
        internal UpdateInfoPackageCountsPackageManifests(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>Package manifests (.mum).</summary>
        public long Files { get; }

        /// <summary>Package manifests (.mum).</summary>
        public long Bytes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCountsManifests
    {
        internal UpdateInfoPackageCountsManifests(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>Component manifests.</summary>
        public long Files { get; }

        /// <summary>Component manifests.</summary>
        public long Bytes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCountsCopies
    {
        internal UpdateInfoPackageCountsCopies(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>Files with the contents of another one.</summary>
        public long Files { get; }

        /// <summary>Files with the contents of another one.</summary>
        public long Bytes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCountsDeltas
    {
        internal UpdateInfoPackageCountsDeltas(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>The deltas.</summary>
        public long Files { get; }

        /// <summary>As stored.</summary>
        public long Bytes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCountsPayload
    {
        internal UpdateInfoPackageCountsPayload(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>What the package delivers, rebuilt.</summary>
        public long Files { get; }

        /// <summary>And in the same way.</summary>
        public long Bytes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoPackageCapability
    {
        internal UpdateInfoPackageCapability(Json json)
        {
            Name = json["name"].Text;
            Version = json["version"].Text;
        }

        /// <summary>The capabilities that it is offered as.</summary>
        public string Name { get; }

        /// <summary>The capabilities that it is offered as.</summary>
        public string Version { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoMember
    {
        internal UpdateInfoMember(Json json)
        {
            Name = json["name"].Text;
            Size = json["size"].Number.GetValueOrDefault();
        }

        /// <summary>An MSU's members.</summary>
        public string Name { get; }

        /// <summary>An MSU's members.</summary>
        public long Size { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoSignature
    {
        internal UpdateInfoSignature(Json json)
        {
            State = json["state"].Text;
            Reason = json["reason"].Text;
            Signer = json["signer"].Text;
            Root = json["root"].Text;
            SignedAt = json["signed_at"].Text;
            Digest = json["digest"].Text;
            Catalogs = json["catalogs"].IsNull ? null : new UpdateInfoSignatureCatalogs(json["catalogs"]);
        }

        /// <summary>Microsoft: right, and its chain of certificates ends in a root of Microsoft's; valid: right, and who made it is not known here; unknown: of a kind that cannot be checked here; unsigned; broken: the file was changed since, or the signature is forged.</summary>
        public string State { get; }

        /// <summary>Why, in a sentence.</summary>
        public string Reason { get; }

        /// <summary>Whom the signer's certificate names.</summary>
        public string Signer { get; }

        /// <summary>The root that its chain ends in.</summary>
        public string Root { get; }

        /// <summary>When it was signed, where a time service vouches for it.</summary>
        public string SignedAt { get; }

        /// <summary>The digest algorithm.</summary>
        public string Digest { get; }

        /// <summary>The document's <c>catalogs</c>.</summary>
        public UpdateInfoSignatureCatalogs Catalogs { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateInfoSignatureCatalogs
    {
        internal UpdateInfoSignatureCatalogs(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Microsoft = json["microsoft"].Number.GetValueOrDefault();
            Others = json["others"].Number.GetValueOrDefault();
            Named = json["named"].Number.GetValueOrDefault();
            Unnamed = json["unnamed"].Number.GetValueOrDefault();
            Unread = json["unread"].Number.GetValueOrDefault();
        }

        /// <summary>The packages' catalogs.</summary>
        public long Files { get; }

        /// <summary>Those that Microsoft signed.</summary>
        public long Microsoft { get; }

        /// <summary>Those that others signed.</summary>
        public long Others { get; }

        /// <summary>Manifests whose digest a signed catalog names.</summary>
        public long Named { get; }

        /// <summary>Manifests that no signed catalog names.</summary>
        public long Unnamed { get; }

        /// <summary>Manifests that are compressed or must be rebuilt first.</summary>
        public long Unread { get; }
    }
}
