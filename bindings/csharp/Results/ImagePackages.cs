// Made by records.py from docs/schema/packages.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.packages.v1</c>.</summary>
    public sealed class ImagePackages
    {
        internal ImagePackages(Json json)
        {
            Image = json["image"].Text;
            Index = json["index"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Source = json["source"].Text;
            Serviceable = json["serviceable"].Flag.GetValueOrDefault();
            Health = json["health"].IsNull ? null : new ImagePackagesHealth(json["health"]);
            Packages = json["packages"].List(item => (item.IsNull ? null : new ImagePackagesPackage(item)));
            Omitted = json["omitted"].Number.GetValueOrDefault();
        }

        /// <summary>The image file.</summary>
        public string Image { get; }

        /// <summary>The number.</summary>
        public long Index { get; }

        /// <summary>The image's name.</summary>
        public string Name { get; }

        /// <summary>Where the packages were read: registry (the SOFTWARE hive) or files (names in Windows\servicing\Packages; the image has no such hive).</summary>
        public string Source { get; }

        /// <summary>Whether wright service writes to the index: not where anything is pending or it is unserviceable.</summary>
        public bool Serviceable { get; }

        /// <summary>The document's <c>health</c>.</summary>
        public ImagePackagesHealth Health { get; }

        /// <summary>The document's <c>packages</c>.</summary>
        public IReadOnlyList<ImagePackagesPackage> Packages { get; }

        /// <summary>Superseded and absent packages that are listed with --all only.</summary>
        public long Omitted { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImagePackagesPackage
    {
        internal ImagePackagesPackage(Json json)
        {
            Identity = json["identity"].Text;
            State = json["state"].Text;
            StateNumber = json["state_number"].Number;
            Broken = json["broken"].Flag;
            ReleaseType = json["release_type"].Text;
            Description = json["description"].Text;
            InstallTime = json["install_time"].Text;
            Client = json["client"].Text;
            User = json["user"].Text;
            Visibility = json["visibility"].Number;
            Owners = json["owners"].List(item => item.Text);
            HasManifest = json["has_manifest"].Flag.GetValueOrDefault();
        }

        /// <summary>Name~token~architecture~language~version.</summary>
        public string Identity { get; }

        /// <summary>Installed, Staged, ...: Microsoft's name of the number, null where it has none.</summary>
        public string State { get; }

        /// <summary>The number.</summary>
        public long? StateNumber { get; }

        /// <summary>Whether it is marked as broken. Both null where only the package's files are there.</summary>
        public bool? Broken { get; }

        /// <summary>As its manifest in the image has them.</summary>
        public string ReleaseType { get; }

        /// <summary>As its manifest in the image has them.</summary>
        public string Description { get; }

        /// <summary>When, by which program and by which SID it was installed.</summary>
        public string InstallTime { get; }

        /// <summary>When, by which program and by which SID it was installed.</summary>
        public string Client { get; }

        /// <summary>When, by which program and by which SID it was installed.</summary>
        public string User { get; }

        /// <summary>1 is shown to people, 2 is hidden.</summary>
        public long? Visibility { get; }

        /// <summary>The packages that need it.</summary>
        public IReadOnlyList<string> Owners { get; }

        /// <summary>Whether its .mum lies in the image.</summary>
        public bool HasManifest { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImagePackagesHealth
    {
        internal ImagePackagesHealth(Json json)
        {
            Pending = json["pending"].List(item => (item.IsNull ? null : new ImagePackagesHealthPendingItem(item)));
            RebootPending = json["reboot_pending"].Flag.GetValueOrDefault();
            Unserviceable = json["unserviceable"].List(item => (item.IsNull ? null : new ImagePackagesHealthUnserviceableItem(item)));
            ServicingStack = json["servicing_stack"].Text;
            LastResetBase = json["last_reset_base"].Text;
        }

        /// <summary>The document's <c>pending</c>.</summary>
        public IReadOnlyList<ImagePackagesHealthPendingItem> Pending { get; }

        /// <summary>Whether a restart is outstanding.</summary>
        public bool RebootPending { get; }

        /// <summary>The document's <c>unserviceable</c>.</summary>
        public IReadOnlyList<ImagePackagesHealthUnserviceableItem> Unserviceable { get; }

        /// <summary>The version of the newest servicing stack.</summary>
        public string ServicingStack { get; }

        /// <summary>When superseded components were last removed for good, as the hive spells it.</summary>
        public string LastResetBase { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImagePackagesHealthUnserviceableItem
    {
        internal ImagePackagesHealthUnserviceableItem(Json json)
        {
            Name = json["name"].Text;
            Place = json["place"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>place</c>.</summary>
        public string Place { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImagePackagesHealthPendingItem
    {
        internal ImagePackagesHealthPendingItem(Json json)
        {
            Name = json["name"].Text;
            Place = json["place"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>place</c>.</summary>
        public string Place { get; }
    }
}
