// Made by records.py from docs/schema/diff.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.diff.v1</c>.</summary>
    public sealed class ImageDifferences
    {
        internal ImageDifferences(Json json)
        {
            Before = json["before"].IsNull ? null : new ImageDifferencesBefore(json["before"]);
            After = json["after"].IsNull ? null : new ImageDifferencesAfter(json["after"]);
            Entries = json["entries"].List(item => (item.IsNull ? null : new ImageDifferencesEntry(item)));
            Keys = json["keys"].List(item => (item.IsNull ? null : new ImageDifferencesKey(item)));
            Hives = json["hives"].List(item => (item.IsNull ? null : new ImageDifferencesHive(item)));
            Counts = json["counts"].IsNull ? null : new ImageDifferencesCounts(json["counts"]);
            Equal = json["equal"].Flag.GetValueOrDefault();
            Complete = json["complete"].Flag.GetValueOrDefault();
        }

        /// <summary>The document's <c>before</c>.</summary>
        public ImageDifferencesBefore Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public ImageDifferencesAfter After { get; }

        /// <summary>The document's <c>entries</c>.</summary>
        public IReadOnlyList<ImageDifferencesEntry> Entries { get; }

        /// <summary>The document's <c>keys</c>.</summary>
        public IReadOnlyList<ImageDifferencesKey> Keys { get; }

        /// <summary>The document's <c>hives</c>.</summary>
        public IReadOnlyList<ImageDifferencesHive> Hives { get; }

        /// <summary>The document's <c>counts</c>.</summary>
        public ImageDifferencesCounts Counts { get; }

        /// <summary>Whether nothing differs.</summary>
        public bool Equal { get; }

        /// <summary>False where a hive could not be compared or the comparison was stopped.</summary>
        public bool Complete { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesCounts
    {
        internal ImageDifferencesCounts(Json json)
        {
            Entries = json["entries"].IsNull ? null : new ImageDifferencesCountsEntries(json["entries"]);
            Keys = json["keys"].IsNull ? null : new ImageDifferencesCountsKeys(json["keys"]);
            Values = json["values"].IsNull ? null : new ImageDifferencesCountsValues(json["values"]);
        }

        /// <summary>The document's <c>entries</c>.</summary>
        public ImageDifferencesCountsEntries Entries { get; }

        /// <summary>The document's <c>keys</c>.</summary>
        public ImageDifferencesCountsKeys Keys { get; }

        /// <summary>The document's <c>values</c>.</summary>
        public ImageDifferencesCountsValues Values { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesCountsValues
    {
        internal ImageDifferencesCountsValues(Json json)
        {
            Added = json["added"].Number.GetValueOrDefault();
            Removed = json["removed"].Number.GetValueOrDefault();
            Changed = json["changed"].Number.GetValueOrDefault();
        }

        /// <summary>Of all.</summary>
        public long Added { get; }

        /// <summary>Of all.</summary>
        public long Removed { get; }

        /// <summary>Of all.</summary>
        public long Changed { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesCountsKeys
    {
        internal ImageDifferencesCountsKeys(Json json)
        {
            Added = json["added"].Number.GetValueOrDefault();
            Removed = json["removed"].Number.GetValueOrDefault();
            Changed = json["changed"].Number.GetValueOrDefault();
        }

        /// <summary>Of all.</summary>
        public long Added { get; }

        /// <summary>Of all.</summary>
        public long Removed { get; }

        /// <summary>Of all.</summary>
        public long Changed { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesCountsEntries
    {
        internal ImageDifferencesCountsEntries(Json json)
        {
            Added = json["added"].Number.GetValueOrDefault();
            Removed = json["removed"].Number.GetValueOrDefault();
            Changed = json["changed"].Number.GetValueOrDefault();
        }

        /// <summary>Of all.</summary>
        public long Added { get; }

        /// <summary>Of all.</summary>
        public long Removed { get; }

        /// <summary>Of all.</summary>
        public long Changed { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesHive
    {
        internal ImageDifferencesHive(Json json)
        {
            Path = json["path"].Text;
            State = json["state"].Text;
            Keys = json["keys"].IsNull ? null : new ImageDifferencesHiveKeys(json["keys"]);
            Values = json["values"].IsNull ? null : new ImageDifferencesHiveValues(json["values"]);
            Kind = json["kind"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>Every hive that either image has: equal (says the same, whatever its bytes), different, added, removed (only one image has it.</summary>
        public string Path { get; }

        /// <summary>Its keys are not listed), failed.</summary>
        public string State { get; }

        /// <summary>The document's <c>keys</c>.</summary>
        public ImageDifferencesHiveKeys Keys { get; }

        /// <summary>The document's <c>values</c>.</summary>
        public ImageDifferencesHiveValues Values { get; }

        /// <summary>Why a hive could not be compared.</summary>
        public string Kind { get; }

        /// <summary>Why a hive could not be compared.</summary>
        public string Reason { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesHiveValues
    {
        internal ImageDifferencesHiveValues(Json json)
        {
            Added = json["added"].Number.GetValueOrDefault();
            Removed = json["removed"].Number.GetValueOrDefault();
            Changed = json["changed"].Number.GetValueOrDefault();
        }

        /// <summary>What differs in it.</summary>
        public long Added { get; }

        /// <summary>What differs in it.</summary>
        public long Removed { get; }

        /// <summary>What differs in it.</summary>
        public long Changed { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesHiveKeys
    {
        internal ImageDifferencesHiveKeys(Json json)
        {
            Added = json["added"].Number.GetValueOrDefault();
            Removed = json["removed"].Number.GetValueOrDefault();
            Changed = json["changed"].Number.GetValueOrDefault();
        }

        /// <summary>What differs in it.</summary>
        public long Added { get; }

        /// <summary>What differs in it.</summary>
        public long Removed { get; }

        /// <summary>What differs in it.</summary>
        public long Changed { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesKey
    {
        internal ImageDifferencesKey(Json json)
        {
            Hive = json["hive"].Text;
            Key = json["key"].Text;
            Change = json["change"].Text;
            Name = json["name"].IsNull ? null : new ImageDifferencesKeyName(json["name"]);
            Class = json["class"].IsNull ? null : new ImageDifferencesKeyClass(json["class"]);
            Security = json["security"].IsNull ? null : new ImageDifferencesKeySecurity(json["security"]);
            Flags = json["flags"].IsNull ? null : new ImageDifferencesKeyFlags(json["flags"]);
            Written = json["written"].IsNull ? null : new ImageDifferencesKeyWritten(json["written"]);
            Values = json["values"].List(item => (item.IsNull ? null : new ImageDifferencesKeyValue(item)));
        }

        /// <summary>The hive's path in the image.</summary>
        public string Hive { get; }

        /// <summary>The key's path in the hive.</summary>
        public string Key { get; }

        /// <summary>And what became of it.</summary>
        public string Change { get; }

        /// <summary>The key's name, where case is all that differs in it; its class.</summary>
        public ImageDifferencesKeyName Name { get; }

        /// <summary>The key's name, where case is all that differs in it; its class.</summary>
        public ImageDifferencesKeyClass Class { get; }

        /// <summary>Its security descriptor, as of entries.</summary>
        public ImageDifferencesKeySecurity Security { get; }

        /// <summary>Flags of a key that both hives have; when it was written, with --times only.</summary>
        public ImageDifferencesKeyFlags Flags { get; }

        /// <summary>Flags of a key that both hives have; when it was written, with --times only.</summary>
        public ImageDifferencesKeyWritten Written { get; }

        /// <summary>The document's <c>values</c>.</summary>
        public IReadOnlyList<ImageDifferencesKeyValue> Values { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesKeyValue
    {
        internal ImageDifferencesKeyValue(Json json)
        {
            Name = json["name"].Text;
            Change = json["change"].Text;
            Before = json["before"].IsNull ? null : new ImageDifferencesKeyValueBefore(json["before"]);
            After = json["after"].IsNull ? null : new ImageDifferencesKeyValueAfter(json["after"]);
        }

        /// <summary>The value, an empty name for the default one.</summary>
        public string Name { get; }

        /// <summary>Of an added or removed key every value.</summary>
        public string Change { get; }

        /// <summary>Of the data.</summary>
        public ImageDifferencesKeyValueBefore Before { get; }

        /// <summary>Of the data.</summary>
        public ImageDifferencesKeyValueAfter After { get; }
    }

    /// <summary>Of the data.</summary>
    public sealed class ImageDifferencesKeyValueAfter
    {
        internal ImageDifferencesKeyValueAfter(Json json)
        {
            Name = json["name"].Text;
            Type = json["type"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Text = json["text"].Text;
            Sha256 = json["sha256"].Text;
        }

        /// <summary>Name, type (REG_SZ, ..., or a number) and bytes of data.</summary>
        public string Name { get; }

        /// <summary>Name, type (REG_SZ, ..., or a number) and bytes of data.</summary>
        public string Type { get; }

        /// <summary>Name, type (REG_SZ, ..., or a number) and bytes of data.</summary>
        public long Size { get; }

        /// <summary>The bytes; null for more than 4,096 bytes.</summary>
        public string Text { get; }

        /// <summary>Of the data.</summary>
        public string Sha256 { get; }
    }

    /// <summary>Of the data.</summary>
    public sealed class ImageDifferencesKeyValueBefore
    {
        internal ImageDifferencesKeyValueBefore(Json json)
        {
            Name = json["name"].Text;
            Type = json["type"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Text = json["text"].Text;
            Sha256 = json["sha256"].Text;
        }

        /// <summary>Name, type (REG_SZ, ..., or a number) and bytes of data.</summary>
        public string Name { get; }

        /// <summary>Name, type (REG_SZ, ..., or a number) and bytes of data.</summary>
        public string Type { get; }

        /// <summary>Name, type (REG_SZ, ..., or a number) and bytes of data.</summary>
        public long Size { get; }

        /// <summary>A number in both bases.</summary>
        public string Text { get; }

        /// <summary>Of the data.</summary>
        public string Sha256 { get; }
    }

    /// <summary>Flags of a key that both hives have; when it was written, with --times only.</summary>
    public sealed class ImageDifferencesKeyWritten
    {
        internal ImageDifferencesKeyWritten(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>Flags of a key that both hives have; when it was written, with --times only.</summary>
        public string Before { get; }

        /// <summary>Flags of a key that both hives have; when it was written, with --times only.</summary>
        public string After { get; }
    }

    /// <summary>Flags of a key that both hives have; when it was written, with --times only.</summary>
    public sealed class ImageDifferencesKeyFlags
    {
        internal ImageDifferencesKeyFlags(Json json)
        {
            Before = json["before"].Number;
            After = json["after"].Number;
        }

        /// <summary>The document's <c>before</c>.</summary>
        public long? Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public long? After { get; }
    }

    /// <summary>Its security descriptor, as of entries.</summary>
    public sealed class ImageDifferencesKeySecurity
    {
        internal ImageDifferencesKeySecurity(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>Its security descriptor, as of entries.</summary>
        public string Before { get; }

        /// <summary>Its security descriptor, as of entries.</summary>
        public string After { get; }
    }

    /// <summary>The key's name, where case is all that differs in it; its class.</summary>
    public sealed class ImageDifferencesKeyClass
    {
        internal ImageDifferencesKeyClass(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>The key's name, where case is all that differs in it; its class.</summary>
        public string Before { get; }

        /// <summary>The key's name, where case is all that differs in it; its class.</summary>
        public string After { get; }
    }

    /// <summary>The key's name, where case is all that differs in it; its class.</summary>
    public sealed class ImageDifferencesKeyName
    {
        internal ImageDifferencesKeyName(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>The document's <c>before</c>.</summary>
        public string Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public string After { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesEntry
    {
        internal ImageDifferencesEntry(Json json)
        {
            Path = json["path"].Text;
            Change = json["change"].Text;
            Name = json["name"].IsNull ? null : new ImageDifferencesEntryName(json["name"]);
            Kind = json["kind"].IsNull ? null : new ImageDifferencesEntryKind(json["kind"]);
            Contents = json["contents"].IsNull ? null : new ImageDifferencesEntryContents(json["contents"]);
            Attributes = json["attributes"].IsNull ? null : new ImageDifferencesEntryAttributes(json["attributes"]);
            Security = json["security"].IsNull ? null : new ImageDifferencesEntrySecurity(json["security"]);
            ShortName = json["short_name"].IsNull ? null : new ImageDifferencesEntryShortName(json["short_name"]);
            Streams = json["streams"].IsNull ? null : new ImageDifferencesEntryStreams(json["streams"]);
            Reparse = json["reparse"].IsNull ? null : new ImageDifferencesEntryReparse(json["reparse"]);
            Links = json["links"].IsNull ? null : new ImageDifferencesEntryLinks(json["links"]);
            TaggedItems = json["tagged_items"].IsNull ? null : new ImageDifferencesEntryTaggedItems(json["tagged_items"]);
            Times = json["times"].IsNull ? null : new ImageDifferencesEntryTimes(json["times"]);
        }

        /// <summary>The entry.</summary>
        public string Path { get; }

        /// <summary>Added (the second image alone has it), removed or changed.</summary>
        public string Change { get; }

        /// <summary>The name, where case is all that differs in it.</summary>
        public ImageDifferencesEntryName Name { get; }

        /// <summary>File or directory.</summary>
        public ImageDifferencesEntryKind Kind { get; }

        /// <summary>A file's contents.</summary>
        public ImageDifferencesEntryContents Contents { get; }

        /// <summary>Windows' file attributes as a number.</summary>
        public ImageDifferencesEntryAttributes Attributes { get; }

        /// <summary>The security descriptor as SDDL.</summary>
        public ImageDifferencesEntrySecurity Security { get; }

        /// <summary>The 8.3 name.</summary>
        public ImageDifferencesEntryShortName ShortName { get; }

        /// <summary>All named data streams.</summary>
        public ImageDifferencesEntryStreams Streams { get; }

        /// <summary>The tag of a reparse point and its data.</summary>
        public ImageDifferencesEntryReparse Reparse { get; }

        /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
        public ImageDifferencesEntryLinks Links { get; }

        /// <summary>The SHA-1 of object id.</summary>
        public ImageDifferencesEntryTaggedItems TaggedItems { get; }

        /// <summary>Times, with --times only.</summary>
        public ImageDifferencesEntryTimes Times { get; }
    }

    /// <summary>Times, with --times only.</summary>
    public sealed class ImageDifferencesEntryTimes
    {
        internal ImageDifferencesEntryTimes(Json json)
        {
            Before = json["before"].IsNull ? null : new ImageDifferencesEntryTimesBefore(json["before"]);
            After = json["after"].IsNull ? null : new ImageDifferencesEntryTimesAfter(json["after"]);
        }

        /// <summary>Times, with --times only.</summary>
        public ImageDifferencesEntryTimesBefore Before { get; }

        /// <summary>Times, with --times only.</summary>
        public ImageDifferencesEntryTimesAfter After { get; }
    }

    /// <summary>Times, with --times only.</summary>
    public sealed class ImageDifferencesEntryTimesAfter
    {
        internal ImageDifferencesEntryTimesAfter(Json json)
        {
            Created = json["created"].Text;
            Accessed = json["accessed"].Text;
            Modified = json["modified"].Text;
        }

        /// <summary>Times, with --times only.</summary>
        public string Created { get; }

        /// <summary>Times, with --times only.</summary>
        public string Accessed { get; }

        /// <summary>Times, with --times only.</summary>
        public string Modified { get; }
    }

    /// <summary>Times, with --times only.</summary>
    public sealed class ImageDifferencesEntryTimesBefore
    {
        internal ImageDifferencesEntryTimesBefore(Json json)
        {
            Created = json["created"].Text;
            Accessed = json["accessed"].Text;
            Modified = json["modified"].Text;
        }

        /// <summary>Times, with --times only.</summary>
        public string Created { get; }

        /// <summary>Times, with --times only.</summary>
        public string Accessed { get; }

        /// <summary>Times, with --times only.</summary>
        public string Modified { get; }
    }

    /// <summary>The SHA-1 of object id.</summary>
    public sealed class ImageDifferencesEntryTaggedItems
    {
        internal ImageDifferencesEntryTaggedItems(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>The document's <c>before</c>.</summary>
        public string Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public string After { get; }
    }

    /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
    public sealed class ImageDifferencesEntryLinks
    {
        internal ImageDifferencesEntryLinks(Json json)
        {
            Before = json["before"].IsNull ? null : new ImageDifferencesEntryLinksBefore(json["before"]);
            After = json["after"].IsNull ? null : new ImageDifferencesEntryLinksAfter(json["after"]);
        }

        /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
        public ImageDifferencesEntryLinksBefore Before { get; }

        /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
        public ImageDifferencesEntryLinksAfter After { get; }
    }

    /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
    public sealed class ImageDifferencesEntryLinksAfter
    {
        internal ImageDifferencesEntryLinksAfter(Json json)
        {
            Count = json["count"].Number.GetValueOrDefault();
            Names = json["names"].List(item => item.Text);
        }

        /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
        public long Count { get; }

        /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
        public IReadOnlyList<string> Names { get; }
    }

    /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
    public sealed class ImageDifferencesEntryLinksBefore
    {
        internal ImageDifferencesEntryLinksBefore(Json json)
        {
            Count = json["count"].Number.GetValueOrDefault();
            Names = json["names"].List(item => item.Text);
        }

        /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
        public long Count { get; }

        /// <summary>Of a file with several names how many it has, and the first sixteen others.</summary>
        public IReadOnlyList<string> Names { get; }
    }

    /// <summary>The tag of a reparse point and its data.</summary>
    public sealed class ImageDifferencesEntryReparse
    {
        internal ImageDifferencesEntryReparse(Json json)
        {
            Before = json["before"].IsNull ? null : new ImageDifferencesEntryReparseBefore(json["before"]);
            After = json["after"].IsNull ? null : new ImageDifferencesEntryReparseAfter(json["after"]);
        }

        /// <summary>The document's <c>before</c>.</summary>
        public ImageDifferencesEntryReparseBefore Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public ImageDifferencesEntryReparseAfter After { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesEntryReparseAfter
    {
        internal ImageDifferencesEntryReparseAfter(Json json)
        {
            Tag = json["tag"].Number.GetValueOrDefault();
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
        }

        /// <summary>The document's <c>tag</c>.</summary>
        public long Tag { get; }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha1</c>.</summary>
        public string Sha1 { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesEntryReparseBefore
    {
        internal ImageDifferencesEntryReparseBefore(Json json)
        {
            Tag = json["tag"].Number.GetValueOrDefault();
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
        }

        /// <summary>The document's <c>tag</c>.</summary>
        public long Tag { get; }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha1</c>.</summary>
        public string Sha1 { get; }
    }

    /// <summary>All named data streams.</summary>
    public sealed class ImageDifferencesEntryStreams
    {
        internal ImageDifferencesEntryStreams(Json json)
        {
            Before = json["before"].List(item => (item.IsNull ? null : new ImageDifferencesEntryStreamsBeforeItem(item)));
            After = json["after"].List(item => (item.IsNull ? null : new ImageDifferencesEntryStreamsAfterItem(item)));
        }

        /// <summary>The document's <c>before</c>.</summary>
        public IReadOnlyList<ImageDifferencesEntryStreamsBeforeItem> Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public IReadOnlyList<ImageDifferencesEntryStreamsAfterItem> After { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesEntryStreamsAfterItem
    {
        internal ImageDifferencesEntryStreamsAfterItem(Json json)
        {
            Name = json["name"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha1</c>.</summary>
        public string Sha1 { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesEntryStreamsBeforeItem
    {
        internal ImageDifferencesEntryStreamsBeforeItem(Json json)
        {
            Name = json["name"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
        }

        /// <summary>The document's <c>name</c>.</summary>
        public string Name { get; }

        /// <summary>The document's <c>size</c>.</summary>
        public long Size { get; }

        /// <summary>The document's <c>sha1</c>.</summary>
        public string Sha1 { get; }
    }

    /// <summary>The 8.3 name.</summary>
    public sealed class ImageDifferencesEntryShortName
    {
        internal ImageDifferencesEntryShortName(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>The document's <c>before</c>.</summary>
        public string Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public string After { get; }
    }

    /// <summary>The security descriptor as SDDL.</summary>
    public sealed class ImageDifferencesEntrySecurity
    {
        internal ImageDifferencesEntrySecurity(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>The document's <c>before</c>.</summary>
        public string Before { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public string After { get; }
    }

    /// <summary>Windows' file attributes as a number.</summary>
    public sealed class ImageDifferencesEntryAttributes
    {
        internal ImageDifferencesEntryAttributes(Json json)
        {
            Before = json["before"].Number;
            After = json["after"].Number;
        }

        /// <summary>Windows' file attributes as a number.</summary>
        public long? Before { get; }

        /// <summary>Windows' file attributes as a number.</summary>
        public long? After { get; }
    }

    /// <summary>A file's contents.</summary>
    public sealed class ImageDifferencesEntryContents
    {
        internal ImageDifferencesEntryContents(Json json)
        {
            Before = json["before"].IsNull ? null : new ImageDifferencesEntryContentsBefore(json["before"]);
            After = json["after"].IsNull ? null : new ImageDifferencesEntryContentsAfter(json["after"]);
        }

        /// <summary>A file's contents.</summary>
        public ImageDifferencesEntryContentsBefore Before { get; }

        /// <summary>A file's contents.</summary>
        public ImageDifferencesEntryContentsAfter After { get; }
    }

    /// <summary>A file's contents.</summary>
    public sealed class ImageDifferencesEntryContentsAfter
    {
        internal ImageDifferencesEntryContentsAfter(Json json)
        {
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
        }

        /// <summary>A file's contents.</summary>
        public long Size { get; }

        /// <summary>A file's contents.</summary>
        public string Sha1 { get; }
    }

    /// <summary>A file's contents.</summary>
    public sealed class ImageDifferencesEntryContentsBefore
    {
        internal ImageDifferencesEntryContentsBefore(Json json)
        {
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
        }

        /// <summary>A file's contents.</summary>
        public long Size { get; }

        /// <summary>A file's contents.</summary>
        public string Sha1 { get; }
    }

    /// <summary>File or directory.</summary>
    public sealed class ImageDifferencesEntryKind
    {
        internal ImageDifferencesEntryKind(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>File or directory.</summary>
        public string Before { get; }

        /// <summary>File or directory.</summary>
        public string After { get; }
    }

    /// <summary>The name, where case is all that differs in it.</summary>
    public sealed class ImageDifferencesEntryName
    {
        internal ImageDifferencesEntryName(Json json)
        {
            Before = json["before"].Text;
            After = json["after"].Text;
        }

        /// <summary>The name, where case is all that differs in it.</summary>
        public string Before { get; }

        /// <summary>The name, where case is all that differs in it.</summary>
        public string After { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesAfter
    {
        internal ImageDifferencesAfter(Json json)
        {
            Image = json["image"].Text;
            Index = json["index"].Number.GetValueOrDefault();
        }

        /// <summary>The image files and the images.</summary>
        public string Image { get; }

        /// <summary>The image files and the images.</summary>
        public long Index { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageDifferencesBefore
    {
        internal ImageDifferencesBefore(Json json)
        {
            Image = json["image"].Text;
            Index = json["index"].Number.GetValueOrDefault();
        }

        /// <summary>The image files and the images.</summary>
        public string Image { get; }

        /// <summary>The image files and the images.</summary>
        public long Index { get; }
    }
}
