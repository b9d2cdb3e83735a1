// Made by records.py from docs/schema/receipt.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.receipt.v1</c>.</summary>
    public sealed class Receipt
    {
        internal Receipt(Json json)
        {
            Tool = json["tool"].IsNull ? null : new ReceiptTool(json["tool"]);
            Started = json["started"].Text;
            Finished = json["finished"].Text;
            Level = json["level"].Text;
            Written = json["written"].Flag.GetValueOrDefault();
            Image = json["image"].IsNull ? null : new ReceiptImage(json["image"]);
            Updates = json["updates"].List(item => (item.IsNull ? null : new ReceiptUpdate(item)));
            Indexes = json["indexes"].List(item => (item.IsNull ? null : new ReceiptIndex(item)));
            Commit = json["commit"].IsNull ? null : new ReceiptCommit(json["commit"]);
            Registration = json["registration"].IsNull ? null : new ReceiptRegistration(json["registration"]);
            LeftToWindows = json["left_to_windows"].List(item => item.Text);
            DurationsMs = json["durations_ms"].IsNull ? null : new ReceiptDurationsMs(json["durations_ms"]);
        }

        /// <summary>What wrote the receipt.</summary>
        public ReceiptTool Tool { get; }

        /// <summary>The document's <c>started</c>.</summary>
        public string Started { get; }

        /// <summary>The document's <c>finished</c>.</summary>
        public string Finished { get; }

        /// <summary>The document's <c>level</c>.</summary>
        public string Level { get; }

        /// <summary>The document's <c>written</c>.</summary>
        public bool Written { get; }

        /// <summary>The image before and after.</summary>
        public ReceiptImage Image { get; }

        /// <summary>The document's <c>updates</c>.</summary>
        public IReadOnlyList<ReceiptUpdate> Updates { get; }

        /// <summary>The document's <c>indexes</c>.</summary>
        public IReadOnlyList<ReceiptIndex> Indexes { get; }

        /// <summary>The document's <c>commit</c>.</summary>
        public ReceiptCommit Commit { get; }

        /// <summary>Registration in the image's hives.</summary>
        public ReceiptRegistration Registration { get; }

        /// <summary>The document's <c>left_to_windows</c>.</summary>
        public IReadOnlyList<string> LeftToWindows { get; }

        /// <summary>Milliseconds of each phase.</summary>
        public ReceiptDurationsMs DurationsMs { get; }
    }

    /// <summary>Milliseconds of each phase.</summary>
    public sealed class ReceiptDurationsMs
    {
        internal ReceiptDurationsMs(Json json)
        {
            Unpack = json["unpack"].Number.GetValueOrDefault();
            HashBefore = json["hash_before"].Number.GetValueOrDefault();
            Stage = json["stage"].Number.GetValueOrDefault();
            Write = json["write"].Number.GetValueOrDefault();
            HashAfter = json["hash_after"].Number.GetValueOrDefault();
            Total = json["total"].Number.GetValueOrDefault();
        }

        /// <summary>The document's <c>unpack</c>.</summary>
        public long Unpack { get; }

        /// <summary>The document's <c>hash_before</c>.</summary>
        public long HashBefore { get; }

        /// <summary>The document's <c>stage</c>.</summary>
        public long Stage { get; }

        /// <summary>The document's <c>write</c>.</summary>
        public long Write { get; }

        /// <summary>The document's <c>hash_after</c>.</summary>
        public long HashAfter { get; }

        /// <summary>The document's <c>total</c>.</summary>
        public long Total { get; }
    }

    /// <summary>Registration in the image's hives.</summary>
    public sealed class ReceiptRegistration
    {
        internal ReceiptRegistration(Json json)
        {
            Done = json["done"].Flag.GetValueOrDefault();
            Reason = json["reason"].Text;
        }

        /// <summary>The document's <c>done</c>.</summary>
        public bool Done { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }
    }

    /// <summary>What the commit appended.</summary>
    public sealed class ReceiptCommit
    {
        internal ReceiptCommit(Json json)
        {
            AppendedBytes = json["appended_bytes"].Number.GetValueOrDefault();
            NewBlobs = json["new_blobs"].Number.GetValueOrDefault();
            DeduplicatedBlobs = json["deduplicated_blobs"].Number.GetValueOrDefault();
        }

        /// <summary>The document's <c>appended_bytes</c>.</summary>
        public long AppendedBytes { get; }

        /// <summary>The document's <c>new_blobs</c>.</summary>
        public long NewBlobs { get; }

        /// <summary>The document's <c>deduplicated_blobs</c>.</summary>
        public long DeduplicatedBlobs { get; }
    }

    /// <summary>What was done to one index.</summary>
    public sealed class ReceiptIndex
    {
        internal ReceiptIndex(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Actions = json["actions"].List(item => (item.IsNull ? null : new ReceiptIndexAction(item)));
            Files = json["files"].List(item => (item.IsNull ? null : new ReceiptIndexFile(item)));
            Skipped = json["skipped"].List(item => (item.IsNull ? null : new ReceiptIndexSkippedItem(item)));
        }

        /// <summary>The document's <c>index</c>.</summary>
        public long Index { get; }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>actions</c>.</summary>
        public IReadOnlyList<ReceiptIndexAction> Actions { get; }

        /// <summary>The document's <c>files</c>.</summary>
        public IReadOnlyList<ReceiptIndexFile> Files { get; }

        /// <summary>The document's <c>skipped</c>.</summary>
        public IReadOnlyList<ReceiptIndexSkippedItem> Skipped { get; }
    }

    /// <summary>A file and why it is named here.</summary>
    public sealed class ReceiptIndexSkippedItem
    {
        internal ReceiptIndexSkippedItem(Json json)
        {
            Name = json["name"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }
    }

    /// <summary>One file laid into an index.</summary>
    public sealed class ReceiptIndexFile
    {
        internal ReceiptIndexFile(Json json)
        {
            Path = json["path"].Text;
            Role = json["role"].Text;
            Change = json["change"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
            Sha256 = json["sha256"].Text;
        }

        /// <summary>The document's <c>path</c>.</summary>
        public string Path { get; }

        /// <summary>The document's <c>role</c>.</summary>
        public string Role { get; }

        /// <summary>The document's <c>change</c>.</summary>
        public string Change { get; }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha1</c>.</summary>
        public string Sha1 { get; }

        /// <summary>The document's <c>sha256</c>.</summary>
        public string Sha256 { get; }
    }

    /// <summary>What was decided about one package and one index.</summary>
    public sealed class ReceiptIndexAction
    {
        internal ReceiptIndexAction(Json json)
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

        /// <summary>The document's <c>index</c>.</summary>
        public long Index { get; }

        /// <summary>The document's <c>update</c>.</summary>
        public string Update { get; }

        /// <summary>The document's <c>package</c>.</summary>
        public string Package { get; }

        /// <summary>The document's <c>status</c>.</summary>
        public string Status { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }

        /// <summary>The document's <c>kind</c>.</summary>
        public string Kind { get; }

        /// <summary>The document's <c>hresult</c>.</summary>
        public string Hresult { get; }

        /// <summary>The document's <c>update_status</c>.</summary>
        public long UpdateStatus { get; }

        /// <summary>The document's <c>forced</c>.</summary>
        public bool Forced { get; }
    }

    /// <summary>One update file.</summary>
    public sealed class ReceiptUpdate
    {
        internal ReceiptUpdate(Json json)
        {
            Path = json["path"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha256 = json["sha256"].Text;
            Kb = json["kb"].Text;
            Packages = json["packages"].List(item => item.Text);
            Files = json["files"].Number.GetValueOrDefault();
            Rebuilt = json["rebuilt"].Number.GetValueOrDefault();
            Verified = json["verified"].Number.GetValueOrDefault();
            Failed = json["failed"].List(item => (item.IsNull ? null : new ReceiptUpdateFailedItem(item)));
        }

        /// <summary>The document's <c>path</c>.</summary>
        public string Path { get; }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha256</c>.</summary>
        public string Sha256 { get; }

        /// <summary>The document's <c>kb</c>.</summary>
        public string Kb { get; }

        /// <summary>The document's <c>packages</c>.</summary>
        public IReadOnlyList<string> Packages { get; }

        /// <summary>The document's <c>files</c>.</summary>
        public long Files { get; }

        /// <summary>The document's <c>rebuilt</c>.</summary>
        public long Rebuilt { get; }

        /// <summary>The document's <c>verified</c>.</summary>
        public long Verified { get; }

        /// <summary>The document's <c>failed</c>.</summary>
        public IReadOnlyList<ReceiptUpdateFailedItem> Failed { get; }
    }

    /// <summary>A file and why it is named here.</summary>
    public sealed class ReceiptUpdateFailedItem
    {
        internal ReceiptUpdateFailedItem(Json json)
        {
            Name = json["name"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }
    }

    /// <summary>The image before and after.</summary>
    public sealed class ReceiptImage
    {
        internal ReceiptImage(Json json)
        {
            Path = json["path"].Text;
            Output = json["output"].Text;
            InPlace = json["in_place"].Flag.GetValueOrDefault();
            Before = json["before"].IsNull ? null : new ReceiptImageBefore(json["before"]);
            After = json["after"].IsNull ? null : new ReceiptImageAfter(json["after"]);
        }

        /// <summary>The document's <c>path</c>.</summary>
        public string Path { get; }

        /// <summary>The document's <c>output</c>.</summary>
        public string Output { get; }

        /// <summary>The document's <c>in_place</c>.</summary>
        public bool InPlace { get; }

        /// <summary>Size and SHA-256 of a whole file.</summary>
        public ReceiptImageBefore Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public ReceiptImageAfter After { get; }
    }

    /// <summary>Size and SHA-256 of a whole file.</summary>
    public sealed class ReceiptImageAfter
    {
        internal ReceiptImageAfter(Json json)
        {
            Size = json["size"].Number.GetValueOrDefault();
            Sha256 = json["sha256"].Text;
        }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha256</c>.</summary>
        public string Sha256 { get; }
    }

    /// <summary>Size and SHA-256 of a whole file.</summary>
    public sealed class ReceiptImageBefore
    {
        internal ReceiptImageBefore(Json json)
        {
            Size = json["size"].Number.GetValueOrDefault();
            Sha256 = json["sha256"].Text;
        }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha256</c>.</summary>
        public string Sha256 { get; }
    }

    /// <summary>What wrote the receipt.</summary>
    public sealed class ReceiptTool
    {
        internal ReceiptTool(Json json)
        {
            Name = json["name"].Text;
            Version = json["version"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>version</c>.</summary>
        public string Version { get; }
    }
}
