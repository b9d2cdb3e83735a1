// Made by records.py from docs/schema/extract.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.extract.v1</c>.</summary>
    public sealed class ExtractReport
    {
        internal ExtractReport(Json json)
        {
            Path = json["path"].Text;
            Index = json["index"].Number.GetValueOrDefault();
            Directories = json["directories"].Number.GetValueOrDefault();
            Files = json["files"].Number.GetValueOrDefault();
            HardLinks = json["hard_links"].Number.GetValueOrDefault();
            Symlinks = json["symlinks"].Number.GetValueOrDefault();
            OutwardLinks = json["outward_links"].Number.GetValueOrDefault();
            CaseVariants = json["case_variants"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            LeftOut = json["left_out"].IsNull ? null : new ExtractReportLeftOut(json["left_out"]);
            FailedCount = json["failed_count"].Number.GetValueOrDefault();
            Failed = json["failed"].List(item => (item.IsNull ? null : new ExtractReportFailedItem(item)));
            Metadata = json["metadata"].Text;
        }

        /// <summary>The image file.</summary>
        public string Path { get; }

        /// <summary>The image.</summary>
        public long Index { get; }

        /// <summary>What was written (with --dry-run: would be); files without the names that are hard links to them, symlinks with junctions.</summary>
        public long Directories { get; }

        /// <summary>What was written (with --dry-run: would be); files without the names that are hard links to them, symlinks with junctions.</summary>
        public long Files { get; }

        /// <summary>What was written (with --dry-run: would be); files without the names that are hard links to them, symlinks with junctions.</summary>
        public long HardLinks { get; }

        /// <summary>What was written (with --dry-run: would be); files without the names that are hard links to them, symlinks with junctions.</summary>
        public long Symlinks { get; }

        /// <summary>Those links that lead out of the folder.</summary>
        public long OutwardLinks { get; }

        /// <summary>Names that differ from another one beside them in case only.</summary>
        public long CaseVariants { get; }

        /// <summary>What was written (with --dry-run: would be); files without the names that are hard links to them, symlinks with junctions.</summary>
        public long Bytes { get; }

        /// <summary>The document's <c>left_out</c>.</summary>
        public ExtractReportLeftOut LeftOut { get; }

        /// <summary>Entries that could not be written.</summary>
        public long FailedCount { get; }

        /// <summary>The document's <c>failed</c>.</summary>
        public IReadOnlyList<ExtractReportFailedItem> Failed { get; }

        /// <summary>The metadata file that was written ([metadata.md](metadata.md)), or null.</summary>
        public string Metadata { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ExtractReportFailedItem
    {
        internal ExtractReportFailedItem(Json json)
        {
            Path = json["path"].Text;
            Kind = json["kind"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>The first thousand of them.</summary>
        public string Path { get; }

        /// <summary>The first thousand of them.</summary>
        public string Kind { get; }

        /// <summary>The first thousand of them.</summary>
        public string Reason { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ExtractReportLeftOut
    {
        internal ExtractReportLeftOut(Json json)
        {
            Streams = json["streams"].Number.GetValueOrDefault();
            SecurityDescriptors = json["security_descriptors"].Number.GetValueOrDefault();
            ShortNames = json["short_names"].Number.GetValueOrDefault();
            Attributes = json["attributes"].Number.GetValueOrDefault();
            TaggedItems = json["tagged_items"].Number.GetValueOrDefault();
            ReparseData = json["reparse_data"].Number.GetValueOrDefault();
            ForeignLinks = json["foreign_links"].Number.GetValueOrDefault();
        }

        /// <summary>How many entries have what a folder cannot hold.</summary>
        public long Streams { get; }

        /// <summary>How many entries have what a folder cannot hold.</summary>
        public long SecurityDescriptors { get; }

        /// <summary>How many entries have what a folder cannot hold.</summary>
        public long ShortNames { get; }

        /// <summary>How many entries have what a folder cannot hold.</summary>
        public long Attributes { get; }

        /// <summary>How many entries have what a folder cannot hold.</summary>
        public long TaggedItems { get; }

        /// <summary>How many entries have what a folder cannot hold.</summary>
        public long ReparseData { get; }

        /// <summary>How many entries have what a folder cannot hold.</summary>
        public long ForeignLinks { get; }
    }
}
