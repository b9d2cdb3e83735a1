// Made by records.py from docs/schema/media-refresh.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.media-refresh.v1</c>.</summary>
    public sealed class MediaRefreshReport
    {
        internal MediaRefreshReport(Json json)
        {
            Media = json["media"].Text;
            Out = json["out"].Text;
            Written = json["written"].Flag.GetValueOrDefault();
            Level = json["level"].Text;
            Cumulative = json["cumulative"].IsNull ? null : new MediaRefreshCumulative(json["cumulative"]);
            SafeOs = json["safe_os"].IsNull ? null : new MediaRefreshUpdate(json["safe_os"]);
            Setup = json["setup"].IsNull ? null : new MediaRefreshUpdate(json["setup"]);
            Dotnet = json["dotnet"].IsNull ? null : new MediaRefreshUpdate(json["dotnet"]);
            Images = json["images"].List(item => (item.IsNull ? null : new MediaRefreshImage(item)));
            Winre = json["winre"].IsNull ? null : new MediaRefreshWinre(json["winre"]);
            Kept = json["kept"].List(item => (item.IsNull ? null : new MediaRefreshKeptFile(item)));
            Changed = json["changed"].List(item => (item.IsNull ? null : new MediaRefreshFile(item)));
            Unchanged = json["unchanged"].IsNull ? null : new MediaRefreshUnchanged(json["unchanged"]);
            Iso = json["iso"].IsNull ? null : new MediaRefreshIso(json["iso"]);
            Receipts = json["receipts"].Text;
            Notes = json["notes"].List(item => item.Text);
        }

        /// <summary>The medium.</summary>
        public string Media { get; }

        /// <summary>The new tree.</summary>
        public string Out { get; }

        /// <summary>Whether the new tree is there.</summary>
        public bool Written { get; }

        /// <summary>The level of service.</summary>
        public string Level { get; }

        /// <summary>The cumulative update.</summary>
        public MediaRefreshCumulative Cumulative { get; }

        /// <summary>The Safe OS Dynamic Update.</summary>
        public MediaRefreshUpdate SafeOs { get; }

        /// <summary>The Setup Dynamic Update.</summary>
        public MediaRefreshUpdate Setup { get; }

        /// <summary>The update of .NET.</summary>
        public MediaRefreshUpdate Dotnet { get; }

        /// <summary>In the order of work.</summary>
        public IReadOnlyList<MediaRefreshImage> Images { get; }

        /// <summary>Windows RE.</summary>
        public MediaRefreshWinre Winre { get; }

        /// <summary>What was kept of the boot image for the medium.</summary>
        public IReadOnlyList<MediaRefreshKeptFile> Kept { get; }

        /// <summary>In the order of work.</summary>
        public IReadOnlyList<MediaRefreshFile> Changed { get; }

        /// <summary>The document's <c>unchanged</c>.</summary>
        public MediaRefreshUnchanged Unchanged { get; }

        /// <summary>The ISO image.</summary>
        public MediaRefreshIso Iso { get; }

        /// <summary>The folder of the receipts.</summary>
        public string Receipts { get; }

        /// <summary>What else is to be known.</summary>
        public IReadOnlyList<string> Notes { get; }
    }

    /// <summary>The ISO image.</summary>
    public sealed class MediaRefreshIso
    {
        internal MediaRefreshIso(Json json)
        {
            Path = json["path"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Label = json["label"].Text;
            Format = json["format"].Text;
            Bios = json["bios"].Flag.GetValueOrDefault();
            Uefi = json["uefi"].Flag.GetValueOrDefault();
            LargeFiles = json["large_files"].List(item => item.Text);
        }

        /// <summary>The file.</summary>
        public string Path { get; }

        /// <summary>Bytes.</summary>
        public long Size { get; }

        /// <summary>The volume label.</summary>
        public string Label { get; }

        /// <summary>Udf, beside ISO 9660 and Joliet, or iso9660 without it.</summary>
        public string Format { get; }

        /// <summary>Whether it starts on BIOS.</summary>
        public bool Bios { get; }

        /// <summary>Whether it starts on UEFI.</summary>
        public bool Uefi { get; }

        /// <summary>Files of 4 GiB and more: UDF holds them whole, ISO 9660 in several extents.</summary>
        public IReadOnlyList<string> LargeFiles { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class MediaRefreshUnchanged
    {
        internal MediaRefreshUnchanged(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Cloned = json["cloned"].Number.GetValueOrDefault();
            HardLinked = json["hard_linked"].Number.GetValueOrDefault();
            Copied = json["copied"].Number.GetValueOrDefault();
        }

        /// <summary>Files that are as they were.</summary>
        public long Files { get; }

        /// <summary>Of them.</summary>
        public long Bytes { get; }

        /// <summary>Blocks shared until one is written.</summary>
        public long Cloned { get; }

        /// <summary>Further names of the medium's files.</summary>
        public long HardLinked { get; }

        /// <summary>Copies.</summary>
        public long Copied { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class MediaRefreshFile
    {
        internal MediaRefreshFile(Json json)
        {
            Path = json["path"].Text;
            Source = json["source"].Text;
            Change = json["change"].Text;
            Size = json["size"].Number;
            Sha256 = json["sha256"].Text;
        }

        /// <summary>Below the new tree.</summary>
        public string Path { get; }

        /// <summary>Where it comes from.</summary>
        public string Source { get; }

        /// <summary>How it differs from the medium.</summary>
        public string Change { get; }

        /// <summary>Bytes; null of images in a dry run.</summary>
        public long? Size { get; }

        /// <summary>Null of images in a dry run.</summary>
        public string Sha256 { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class MediaRefreshKeptFile
    {
        internal MediaRefreshKeptFile(Json json)
        {
            Name = json["name"].Text;
            Index = json["index"].Number.GetValueOrDefault();
            Path = json["path"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha256 = json["sha256"].Text;
            Staged = json["staged"].Text;
            CopiedTo = json["copied_to"].List(item => item.Text);
        }

        /// <summary>Its name on the medium.</summary>
        public string Name { get; }

        /// <summary>Of the boot image.</summary>
        public long Index { get; }

        /// <summary>Where it lies there.</summary>
        public string Path { get; }

        /// <summary>Bytes.</summary>
        public long Size { get; }

        /// <summary>Of it.</summary>
        public string Sha256 { get; }

        /// <summary>Where the component store has another one that is not in use.</summary>
        public string Staged { get; }

        /// <summary>Files of the new tree that are this one.</summary>
        public IReadOnlyList<string> CopiedTo { get; }
    }

    /// <summary>Windows RE.</summary>
    public sealed class MediaRefreshWinre
    {
        internal MediaRefreshWinre(Json json)
        {
            Path = json["path"].Text;
            Index = json["index"].Number.GetValueOrDefault();
            Before = json["before"].Text;
            After = json["after"].Text;
            Indexes = json["indexes"].List(item => item.Number.GetValueOrDefault());
            Differed = json["differed"].List(item => item.Number.GetValueOrDefault());
            Without = json["without"].List(item => item.Number.GetValueOrDefault());
        }

        /// <summary>Where it lies in an index.</summary>
        public string Path { get; }

        /// <summary>The index it was taken from.</summary>
        public long Index { get; }

        /// <summary>Of it there.</summary>
        public string Before { get; }

        /// <summary>Of the serviced one.</summary>
        public string After { get; }

        /// <summary>The indexes that have the serviced one now.</summary>
        public IReadOnlyList<long> Indexes { get; }

        /// <summary>Those of them that had another one.</summary>
        public IReadOnlyList<long> Differed { get; }

        /// <summary>Indexes that have none.</summary>
        public IReadOnlyList<long> Without { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class MediaRefreshImage
    {
        internal MediaRefreshImage(Json json)
        {
            Role = json["role"].Text;
            Path = json["path"].Text;
            Indexes = json["indexes"].List(item => item.Number.GetValueOrDefault());
            Outcome = json["outcome"].Text;
            Reason = json["reason"].Text;
            Decisions = json["decisions"].List(item => (item.IsNull ? null : new MediaRefreshImageDecision(item)));
            SizeBefore = json["size_before"].Number.GetValueOrDefault();
            SizeAfter = json["size_after"].Number;
            Sha256 = json["sha256"].Text;
            Receipt = json["receipt"].Text;
        }

        /// <summary>What it is.</summary>
        public string Role { get; }

        /// <summary>Where it lies on the medium, or in an index.</summary>
        public string Path { get; }

        /// <summary>The indexes that updates were for.</summary>
        public IReadOnlyList<long> Indexes { get; }

        /// <summary>How it ended.</summary>
        public string Outcome { get; }

        /// <summary>Why, where nothing was laid in.</summary>
        public string Reason { get; }

        /// <summary>The document's <c>decisions</c>.</summary>
        public IReadOnlyList<MediaRefreshImageDecision> Decisions { get; }

        /// <summary>Bytes on the medium.</summary>
        public long SizeBefore { get; }

        /// <summary>Bytes in the new tree.</summary>
        public long? SizeAfter { get; }

        /// <summary>Of it in the new tree; null where it is as it was.</summary>
        public string Sha256 { get; }

        /// <summary>The receipt's file.</summary>
        public string Receipt { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class MediaRefreshImageDecision
    {
        internal MediaRefreshImageDecision(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Update = json["update"].Text;
            Package = json["package"].Text;
            Status = json["status"].Text;
            Reason = json["reason"].Text;
            Kind = json["kind"].Text;
            Hresult = json["hresult"].Text;
            UpdateStatus = json["update_status"].Number.GetValueOrDefault();
            Forced = json["forced"].Flag.GetValueOrDefault();
        }

        /// <summary>The index.</summary>
        public long Index { get; }

        /// <summary>The update's file.</summary>
        public string Update { get; }

        /// <summary>The package's identity.</summary>
        public string Package { get; }

        /// <summary>As in a plan.</summary>
        public string Status { get; }

        /// <summary>Why, in a sentence.</summary>
        public string Reason { get; }

        /// <summary>Of a refusal or failure.</summary>
        public string Kind { get; }

        /// <summary>0x and eight digits.</summary>
        public string Hresult { get; }

        /// <summary>As in a plan.</summary>
        public long UpdateStatus { get; }

        /// <summary>As in a plan.</summary>
        public bool Forced { get; }
    }

    /// <summary>The cumulative update.</summary>
    public sealed class MediaRefreshCumulative
    {
        internal MediaRefreshCumulative(Json json)
        {
            Target = json["target"].IsNull ? null : new MediaRefreshUpdate(json["target"]);
            Checkpoints = json["checkpoints"].List(item => (item.IsNull ? null : new MediaRefreshUpdate(item)));
            ServicingStacks = json["servicing_stacks"].List(item => (item.IsNull ? null : new MediaRefreshUpdate(item)));
        }

        /// <summary>The newest one.</summary>
        public MediaRefreshUpdate Target { get; }

        /// <summary>The oldest first.</summary>
        public IReadOnlyList<MediaRefreshUpdate> Checkpoints { get; }

        /// <summary>The document's <c>servicing_stacks</c>.</summary>
        public IReadOnlyList<MediaRefreshUpdate> ServicingStacks { get; }
    }

    /// <summary>The newest one.</summary>
    public sealed class MediaRefreshUpdate
    {
        internal MediaRefreshUpdate(Json json)
        {
            Path = json["path"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha256 = json["sha256"].Text;
            Kb = json["kb"].Text;
            Signature = json["signature"].Text;
            Identities = json["identities"].List(item => item.Text);
        }

        /// <summary>The file as it was named.</summary>
        public string Path { get; }

        /// <summary>Bytes.</summary>
        public long Size { get; }

        /// <summary>Of the file.</summary>
        public string Sha256 { get; }

        /// <summary>The article, KB.</summary>
        public string Kb { get; }

        /// <summary>How its signature stands.</summary>
        public string Signature { get; }

        /// <summary>Of its packages.</summary>
        public IReadOnlyList<string> Identities { get; }
    }
}
