// Made by records.py from docs/schema/ls.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.ls.v1</c>.</summary>
    public sealed class Listing
    {
        internal Listing(Json json)
        {
            Image = json["image"].Text;
            Index = json["index"].Number.GetValueOrDefault();
            Path = json["path"].Text;
            Entries = json["entries"].List(item => (item.IsNull ? null : new ListingEntry(item)));
        }

        /// <summary>The image file.</summary>
        public string Image { get; }

        /// <summary>The image.</summary>
        public long Index { get; }

        /// <summary>The path that was asked for.</summary>
        public string Path { get; }

        /// <summary>The document's <c>entries</c>.</summary>
        public IReadOnlyList<ListingEntry> Entries { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ListingEntry
    {
        internal ListingEntry(Json json)
        {
            Path = json["path"].Text;
            Name = json["name"].Text;
            ShortName = json["short_name"].Text;
            Directory = json["directory"].Flag.GetValueOrDefault();
            Attributes = json["attributes"].Number.GetValueOrDefault();
            Size = json["size"].Number.GetValueOrDefault();
            Sha1 = json["sha1"].Text;
            Created = json["created"].Text;
            Modified = json["modified"].Text;
            Links = json["links"].Number.GetValueOrDefault();
            ReparseTag = json["reparse_tag"].Number;
            Streams = json["streams"].List(item => (item.IsNull ? null : new ListingEntryStream(item)));
        }

        /// <summary>The entry; the 8.3 name where it has one.</summary>
        public string Path { get; }

        /// <summary>The entry; the 8.3 name where it has one.</summary>
        public string Name { get; }

        /// <summary>The entry; the 8.3 name where it has one.</summary>
        public string ShortName { get; }

        /// <summary>Whether it is a folder.</summary>
        public bool Directory { get; }

        /// <summary>Windows' file attributes as a number.</summary>
        public long Attributes { get; }

        /// <summary>The contents.</summary>
        public long Size { get; }

        /// <summary>Null for a folder and an empty file.</summary>
        public string Sha1 { get; }

        /// <summary>Times.</summary>
        public string Created { get; }

        /// <summary>Times.</summary>
        public string Modified { get; }

        /// <summary>Names of the file in the image.</summary>
        public long Links { get; }

        /// <summary>The tag of a reparse point as a number.</summary>
        public long? ReparseTag { get; }

        /// <summary>The document's <c>streams</c>.</summary>
        public IReadOnlyList<ListingEntryStream> Streams { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ListingEntryStream
    {
        internal ListingEntryStream(Json json)
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
}
