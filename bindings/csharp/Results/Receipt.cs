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
            Hives = json["hives"].List(item => (item.IsNull ? null : new ReceiptHive(item)));
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

        /// <summary>The document's <c>hives</c>.</summary>
        public IReadOnlyList<ReceiptHive> Hives { get; }

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

    /// <summary>How a hive changed, and what turns it back.</summary>
    public sealed class ReceiptHive
    {
        internal ReceiptHive(Json json)
        {
            Hive = json["hive"].Text;
            Sha1Before = json["sha1_before"].Text;
            Sha1After = json["sha1_after"].Text;
            Replayed = json["replayed"].Flag.GetValueOrDefault();
            Undo = json["undo"].IsNull ? null : new ReceiptHiveUndo(json["undo"]);
        }

        /// <summary>The document's <c>hive</c>.</summary>
        public string Hive { get; }

        /// <summary>The document's <c>sha1_before</c>.</summary>
        public string Sha1Before { get; }

        /// <summary>The document's <c>sha1_after</c>.</summary>
        public string Sha1After { get; }

        /// <summary>The document's <c>replayed</c>.</summary>
        public bool Replayed { get; }

        /// <summary>What turns the new hive into the old one.</summary>
        public ReceiptHiveUndo Undo { get; }
    }

    /// <summary>What turns the new hive into the old one.</summary>
    public sealed class ReceiptHiveUndo
    {
        internal ReceiptHiveUndo(Json json)
        {
            Added = json["added"].List(item => (item.IsNull ? null : new ReceiptHiveUndoAddedItem(item)));
            Values = json["values"].List(item => (item.IsNull ? null : new ReceiptHiveUndoValue(item)));
            RemovedKeys = json["removed_keys"].Number.GetValueOrDefault();
            Removed = json["removed"].Text;
        }

        /// <summary>The document's <c>added</c>.</summary>
        public IReadOnlyList<ReceiptHiveUndoAddedItem> Added { get; }

        /// <summary>The document's <c>values</c>.</summary>
        public IReadOnlyList<ReceiptHiveUndoValue> Values { get; }

        /// <summary>The document's <c>removed_keys</c>.</summary>
        public long RemovedKeys { get; }

        /// <summary>The document's <c>removed</c>.</summary>
        public string Removed { get; }
    }

    /// <summary>A value that changed in a key that was there.</summary>
    public sealed class ReceiptHiveUndoValue
    {
        internal ReceiptHiveUndoValue(Json json)
        {
            Key = json["key"].Text;
            Name = json["name"].Text;
            Before = json["before"].IsNull ? null : new ReceiptHiveUndoValueBefore(json["before"]);
            After = json["after"].Text;
        }

        /// <summary>The document's <c>key</c>.</summary>
        public string Key { get; }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>before</c>.</summary>
        public ReceiptHiveUndoValueBefore Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public string After { get; }
    }

    /// <summary>A value's type and data.</summary>
    public sealed class ReceiptHiveUndoValueBefore
    {
        internal ReceiptHiveUndoValueBefore(Json json)
        {
            Kind = json["kind"].Number.GetValueOrDefault();
            Data = json["data"].Text;
        }

        /// <summary>The document's <c>kind</c>.</summary>
        public long Kind { get; }

        /// <summary>The document's <c>data</c>.</summary>
        public string Data { get; }
    }

    /// <summary>A key that is new with all below it.</summary>
    public sealed class ReceiptHiveUndoAddedItem
    {
        internal ReceiptHiveUndoAddedItem(Json json)
        {
            Key = json["key"].Text;
            Sha256 = json["sha256"].Text;
        }

        /// <summary>The document's <c>key</c>.</summary>
        public string Key { get; }

        /// <summary>The document's <c>sha256</c>.</summary>
        public string Sha256 { get; }
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
            Folders = json["folders"].List(item => item.Text);
            Registration = json["registration"].IsNull ? null : new ReceiptIndexRegistration(json["registration"]);
            Install = json["install"].IsNull ? null : new ReceiptIndexInstall(json["install"]);
            Deliveries = json["deliveries"].List(item => (item.IsNull ? null : new ReceiptIndexDelivery(item)));
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

        /// <summary>The document's <c>folders</c>.</summary>
        public IReadOnlyList<string> Folders { get; }

        /// <summary>Registration in the hives of one index.</summary>
        public ReceiptIndexRegistration Registration { get; }

        /// <summary>The document's <c>install</c>.</summary>
        public ReceiptIndexInstall Install { get; }

        /// <summary>The document's <c>deliveries</c>.</summary>
        public IReadOnlyList<ReceiptIndexDelivery> Deliveries { get; }
    }

    /// <summary>An update placed in the index for Windows to install.</summary>
    public sealed class ReceiptIndexDelivery
    {
        internal ReceiptIndexDelivery(Json json)
        {
            Update = json["update"].Text;
            Path = json["path"].Text;
            Packages = json["packages"].List(item => item.Text);
            AnswerFile = json["answer_file"].Text;
            Script = json["script"].Text;
            KeptScript = json["kept_script"].Text;
            ScriptMoved = json["script_moved"].Flag.GetValueOrDefault();
        }

        /// <summary>The document's <c>update</c>.</summary>
        public string Update { get; }

        /// <summary>The document's <c>path</c>.</summary>
        public string Path { get; }

        /// <summary>The document's <c>packages</c>.</summary>
        public IReadOnlyList<string> Packages { get; }

        /// <summary>The document's <c>answer_file</c>.</summary>
        public string AnswerFile { get; }

        /// <summary>The document's <c>script</c>.</summary>
        public string Script { get; }

        /// <summary>The document's <c>kept_script</c>.</summary>
        public string KeptScript { get; }

        /// <summary>The document's <c>script_moved</c>.</summary>
        public bool ScriptMoved { get; }
    }

    /// <summary>What level install did in one index, best effort.</summary>
    public sealed class ReceiptIndexInstall
    {
        internal ReceiptIndexInstall(Json json)
        {
            Reason = json["reason"].Text;
            Packages = json["packages"].List(item => (item.IsNull ? null : new ReceiptIndexInstallPackage(item)));
            Components = json["components"].List(item => (item.IsNull ? null : new ReceiptIndexInstallComponent(item)));
            Superseded = json["superseded"].List(item => item.Text);
        }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }

        /// <summary>The document's <c>packages</c>.</summary>
        public IReadOnlyList<ReceiptIndexInstallPackage> Packages { get; }

        /// <summary>The document's <c>components</c>.</summary>
        public IReadOnlyList<ReceiptIndexInstallComponent> Components { get; }

        /// <summary>The document's <c>superseded</c>.</summary>
        public IReadOnlyList<string> Superseded { get; }
    }

    /// <summary>What became of a component.</summary>
    public sealed class ReceiptIndexInstallComponent
    {
        internal ReceiptIndexInstallComponent(Json json)
        {
            Component = json["component"].Text;
            Package = json["package"].Text;
            Outcome = json["outcome"].Text;
            Previous = json["previous"].Text;
            Files = json["files"].List(item => (item.IsNull ? null : new ReceiptIndexInstallComponentFile(item)));
            Directories = json["directories"].List(item => item.Text);
            Keys = json["keys"].List(item => (item.IsNull ? null : new ReceiptIndexInstallComponentKey(item)));
            Left = json["left"].List(item => (item.IsNull ? null : new ReceiptIndexInstallComponentLeftItem(item)));
        }

        /// <summary>The document's <c>component</c>.</summary>
        public string Component { get; }

        /// <summary>The document's <c>package</c>.</summary>
        public string Package { get; }

        /// <summary>The document's <c>outcome</c>.</summary>
        public string Outcome { get; }

        /// <summary>The document's <c>previous</c>.</summary>
        public string Previous { get; }

        /// <summary>The document's <c>files</c>.</summary>
        public IReadOnlyList<ReceiptIndexInstallComponentFile> Files { get; }

        /// <summary>The document's <c>directories</c>.</summary>
        public IReadOnlyList<string> Directories { get; }

        /// <summary>The document's <c>keys</c>.</summary>
        public IReadOnlyList<ReceiptIndexInstallComponentKey> Keys { get; }

        /// <summary>The document's <c>left</c>.</summary>
        public IReadOnlyList<ReceiptIndexInstallComponentLeftItem> Left { get; }
    }

    /// <summary>Something of a component that is left to Windows.</summary>
    public sealed class ReceiptIndexInstallComponentLeftItem
    {
        internal ReceiptIndexInstallComponentLeftItem(Json json)
        {
            Element = json["element"].Text;
            What = json["what"].Text;
            Count = json["count"].Number.GetValueOrDefault();
        }

        /// <summary>The document's <c>element</c>.</summary>
        public string Element { get; }

        /// <summary>The document's <c>what</c>.</summary>
        public string What { get; }

        /// <summary>The document's <c>count</c>.</summary>
        public long Count { get; }
    }

    /// <summary>A registry key of a component.</summary>
    public sealed class ReceiptIndexInstallComponentKey
    {
        internal ReceiptIndexInstallComponentKey(Json json)
        {
            Key = json["key"].Text;
            Created = json["created"].Flag.GetValueOrDefault();
            Values = json["values"].List(item => (item.IsNull ? null : new ReceiptIndexInstallComponentKeyValue(item)));
        }

        /// <summary>The document's <c>key</c>.</summary>
        public string Key { get; }

        /// <summary>The document's <c>created</c>.</summary>
        public bool Created { get; }

        /// <summary>The document's <c>values</c>.</summary>
        public IReadOnlyList<ReceiptIndexInstallComponentKeyValue> Values { get; }
    }

    /// <summary>A registry value of a component.</summary>
    public sealed class ReceiptIndexInstallComponentKeyValue
    {
        internal ReceiptIndexInstallComponentKeyValue(Json json)
        {
            Name = json["name"].Text;
            Type = json["type"].Text;
            Change = json["change"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>type</c>.</summary>
        public string Type { get; }

        /// <summary>The document's <c>change</c>.</summary>
        public string Change { get; }
    }

    /// <summary>A file linked out of the store.</summary>
    public sealed class ReceiptIndexInstallComponentFile
    {
        internal ReceiptIndexInstallComponentFile(Json json)
        {
            Path = json["path"].Text;
            Change = json["change"].Text;
        }

        /// <summary>The document's <c>path</c>.</summary>
        public string Path { get; }

        /// <summary>The document's <c>change</c>.</summary>
        public string Change { get; }
    }

    /// <summary>What became of a package.</summary>
    public sealed class ReceiptIndexInstallPackage
    {
        internal ReceiptIndexInstallPackage(Json json)
        {
            Package = json["package"].Text;
            State = json["state"].Text;
            StateNumber = json["state_number"].Number.GetValueOrDefault();
            Complete = json["complete"].Flag.GetValueOrDefault();
            Reasons = json["reasons"].List(item => item.Text);
        }

        /// <summary>The document's <c>package</c>.</summary>
        public string Package { get; }

        /// <summary>The document's <c>state</c>.</summary>
        public string State { get; }

        /// <summary>The document's <c>state_number</c>.</summary>
        public long StateNumber { get; }

        /// <summary>The document's <c>complete</c>.</summary>
        public bool Complete { get; }

        /// <summary>The document's <c>reasons</c>.</summary>
        public IReadOnlyList<string> Reasons { get; }
    }

    /// <summary>Registration in the hives of one index.</summary>
    public sealed class ReceiptIndexRegistration
    {
        internal ReceiptIndexRegistration(Json json)
        {
            Done = json["done"].Flag.GetValueOrDefault();
            Reason = json["reason"].Text;
            Packages = json["packages"].List(item => (item.IsNull ? null : new ReceiptIndexRegistrationPackage(item)));
            LeftOut = json["left_out"].List(item => (item.IsNull ? null : new ReceiptIndexRegistrationLeftOutItem(item)));
            Hives = json["hives"].List(item => (item.IsNull ? null : new ReceiptIndexRegistrationHive(item)));
        }

        /// <summary>The document's <c>done</c>.</summary>
        public bool Done { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }

        /// <summary>The document's <c>packages</c>.</summary>
        public IReadOnlyList<ReceiptIndexRegistrationPackage> Packages { get; }

        /// <summary>The document's <c>left_out</c>.</summary>
        public IReadOnlyList<ReceiptIndexRegistrationLeftOutItem> LeftOut { get; }

        /// <summary>The document's <c>hives</c>.</summary>
        public IReadOnlyList<ReceiptIndexRegistrationHive> Hives { get; }
    }

    /// <summary>A hive that changed.</summary>
    public sealed class ReceiptIndexRegistrationHive
    {
        internal ReceiptIndexRegistrationHive(Json json)
        {
            Hive = json["hive"].Text;
            Sha1Before = json["sha1_before"].Text;
            Sha1After = json["sha1_after"].Text;
        }

        /// <summary>The document's <c>hive</c>.</summary>
        public string Hive { get; }

        /// <summary>The document's <c>sha1_before</c>.</summary>
        public string Sha1Before { get; }

        /// <summary>The document's <c>sha1_after</c>.</summary>
        public string Sha1After { get; }
    }

    /// <summary>A package that was laid in and not registered.</summary>
    public sealed class ReceiptIndexRegistrationLeftOutItem
    {
        internal ReceiptIndexRegistrationLeftOutItem(Json json)
        {
            Package = json["package"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>The document's <c>package</c>.</summary>
        public string Package { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }
    }

    /// <summary>A package and its state in the hive.</summary>
    public sealed class ReceiptIndexRegistrationPackage
    {
        internal ReceiptIndexRegistrationPackage(Json json)
        {
            Package = json["package"].Text;
            State = json["state"].Text;
            StateNumber = json["state_number"].Number.GetValueOrDefault();
            Registered = json["registered"].Flag.GetValueOrDefault();
        }

        /// <summary>The document's <c>package</c>.</summary>
        public string Package { get; }

        /// <summary>The document's <c>state</c>.</summary>
        public string State { get; }

        /// <summary>The document's <c>state_number</c>.</summary>
        public long StateNumber { get; }

        /// <summary>The document's <c>registered</c>.</summary>
        public bool Registered { get; }
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
            Size = json["size"].Number;
            Sha256 = json["sha256"].Text;
            Kb = json["kb"].Text;
            Signature = json["signature"].IsNull ? null : new ReceiptUpdateSignature(json["signature"]);
            Packages = json["packages"].List(item => item.Text);
            Files = json["files"].Number.GetValueOrDefault();
            Rebuilt = json["rebuilt"].Number.GetValueOrDefault();
            Verified = json["verified"].Number.GetValueOrDefault();
            Failed = json["failed"].List(item => (item.IsNull ? null : new ReceiptUpdateFailedItem(item)));
        }

        /// <summary>The document's <c>path</c>.</summary>
        public string Path { get; }

        /// <summary>The document's <c>size</c>.</summary>
        public long? Size { get; }

        /// <summary>The document's <c>sha256</c>.</summary>
        public string Sha256 { get; }

        /// <summary>The document's <c>kb</c>.</summary>
        public string Kb { get; }

        /// <summary>The document's <c>signature</c>.</summary>
        public ReceiptUpdateSignature Signature { get; }

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

    /// <summary>Who signed an update, and whether it is what was signed.</summary>
    public sealed class ReceiptUpdateSignature
    {
        internal ReceiptUpdateSignature(Json json)
        {
            State = json["state"].Text;
            Reason = json["reason"].Text;
            Signer = json["signer"].Text;
            Root = json["root"].Text;
            SignedAt = json["signed_at"].Text;
            Digest = json["digest"].Text;
            Catalogs = json["catalogs"].IsNull ? null : new ReceiptUpdateSignatureCatalogs(json["catalogs"]);
        }

        /// <summary>The document's <c>state</c>.</summary>
        public string State { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }

        /// <summary>The document's <c>signer</c>.</summary>
        public string Signer { get; }

        /// <summary>The document's <c>root</c>.</summary>
        public string Root { get; }

        /// <summary>The document's <c>signed_at</c>.</summary>
        public string SignedAt { get; }

        /// <summary>The document's <c>digest</c>.</summary>
        public string Digest { get; }

        /// <summary>The document's <c>catalogs</c>.</summary>
        public ReceiptUpdateSignatureCatalogs Catalogs { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ReceiptUpdateSignatureCatalogs
    {
        internal ReceiptUpdateSignatureCatalogs(Json json)
        {
            Files = json["files"].Number.GetValueOrDefault();
            Microsoft = json["microsoft"].Number.GetValueOrDefault();
            Others = json["others"].Number.GetValueOrDefault();
            Named = json["named"].Number.GetValueOrDefault();
            Unnamed = json["unnamed"].Number.GetValueOrDefault();
            Unread = json["unread"].Number.GetValueOrDefault();
        }

        /// <summary>The document's <c>files</c>.</summary>
        public long Files { get; }

        /// <summary>The document's <c>microsoft</c>.</summary>
        public long Microsoft { get; }

        /// <summary>The document's <c>others</c>.</summary>
        public long Others { get; }

        /// <summary>The document's <c>named</c>.</summary>
        public long Named { get; }

        /// <summary>The document's <c>unnamed</c>.</summary>
        public long Unnamed { get; }

        /// <summary>The document's <c>unread</c>.</summary>
        public long Unread { get; }
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
