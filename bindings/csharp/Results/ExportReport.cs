// Made by records.py from docs/schema/export.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.export.v1</c>.</summary>
    public sealed class ExportReport
    {
        internal ExportReport(Json json)
        {
            Path = json["path"].Text;
            Images = json["images"].List(item => item.Number.GetValueOrDefault());
            Indexes = json["indexes"].List(item => item.Number.GetValueOrDefault());
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            ReusedBlobs = json["reused_blobs"].Number.GetValueOrDefault();
            ReusedBytes = json["reused_bytes"].Number.GetValueOrDefault();
            DroppedBlobs = json["dropped_blobs"].Number.GetValueOrDefault();
            SizeBefore = json["size_before"].Number.GetValueOrDefault();
            SizeAfter = json["size_after"].Number.GetValueOrDefault();
        }

        /// <summary>The new file, or the one that the images were added to.</summary>
        public string Path { get; }

        /// <summary>The images, by their numbers in the source, in order.</summary>
        public IReadOnlyList<long> Images { get; }

        /// <summary>And their numbers in the file.</summary>
        public IReadOnlyList<long> Indexes { get; }

        /// <summary>The contents that were written.</summary>
        public long Blobs { get; }

        /// <summary>And their bytes.</summary>
        public long Bytes { get; }

        /// <summary>Those of them that were taken over as they were stored.</summary>
        public long ReusedBlobs { get; }

        /// <summary>Those of them that were taken over as they were stored.</summary>
        public long ReusedBytes { get; }

        /// <summary>Contents of the source that are not in it.</summary>
        public long DroppedBlobs { get; }

        /// <summary>Bytes of the source, all its parts, and of the file.</summary>
        public long SizeBefore { get; }

        /// <summary>Bytes of the source, all its parts, and of the file.</summary>
        public long SizeAfter { get; }
    }
}
