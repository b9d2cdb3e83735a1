// Made by records.py from docs/schema/split.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.split.v1</c>.</summary>
    public sealed class SplitReport
    {
        internal SplitReport(Json json)
        {
            Parts = json["parts"].List(item => (item.IsNull ? null : new SplitReportPart(item)));
            TooLarge = json["too_large"].Number.GetValueOrDefault();
            SizeBefore = json["size_before"].Number.GetValueOrDefault();
        }

        /// <summary>The document's <c>parts</c>.</summary>
        public IReadOnlyList<SplitReportPart> Parts { get; }

        /// <summary>Files that are larger than was asked for, since what they hold cannot be cut.</summary>
        public long TooLarge { get; }

        /// <summary>Bytes of the source, all its parts.</summary>
        public long SizeBefore { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class SplitReportPart
    {
        internal SplitReportPart(Json json)
        {
            Path = json["path"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Blobs = json["blobs"].Number.GetValueOrDefault();
        }

        /// <summary>Each file in order.</summary>
        public string Path { get; }

        /// <summary>Its bytes.</summary>
        public long Size { get; }

        /// <summary>And the contents in it.</summary>
        public long Blobs { get; }
    }
}
