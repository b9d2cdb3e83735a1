// Made by records.py from docs/schema/commit.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.commit.v1</c>.</summary>
    public sealed class CommitReport
    {
        internal CommitReport(Json json)
        {
            Path = json["path"].Text;
            Images = json["images"].List(item => item.Number.GetValueOrDefault());
            NewBlobs = json["new_blobs"].Number.GetValueOrDefault();
            NewBytes = json["new_bytes"].Number.GetValueOrDefault();
            StoredBytes = json["stored_bytes"].Number.GetValueOrDefault();
            Deduplicated = json["deduplicated"].Number.GetValueOrDefault();
            DroppedBlobs = json["dropped_blobs"].Number.GetValueOrDefault();
            AppendedBytes = json["appended_bytes"].Number.GetValueOrDefault();
            SizeBefore = json["size_before"].Number.GetValueOrDefault();
            SizeAfter = json["size_after"].Number.GetValueOrDefault();
        }

        /// <summary>The file.</summary>
        public string Path { get; }

        /// <summary>The images that changed.</summary>
        public IReadOnlyList<long> Images { get; }

        /// <summary>Contents that were appended.</summary>
        public long NewBlobs { get; }

        /// <summary>Their bytes.</summary>
        public long NewBytes { get; }

        /// <summary>And the bytes that these take.</summary>
        public long StoredBytes { get; }

        /// <summary>Contents that were there already.</summary>
        public long Deduplicated { get; }

        /// <summary>Contents that nothing uses any more; their bytes stay until wright optimize.</summary>
        public long DroppedBlobs { get; }

        /// <summary>Bytes appended in all; of the file before and after.</summary>
        public long AppendedBytes { get; }

        /// <summary>Bytes appended in all; of the file before and after.</summary>
        public long SizeBefore { get; }

        /// <summary>Bytes appended in all; of the file before and after.</summary>
        public long SizeAfter { get; }
    }
}
