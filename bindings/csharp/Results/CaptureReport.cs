// Made by records.py from docs/schema/capture.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.capture.v1</c>.</summary>
    public sealed class CaptureReport
    {
        internal CaptureReport(Json json)
        {
            Path = json["path"].Text;
            Source = json["source"].Text;
            Index = json["index"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Guid = json["guid"].Text;
            Directories = json["directories"].Number.GetValueOrDefault();
            Files = json["files"].Number.GetValueOrDefault();
            HardLinks = json["hard_links"].Number.GetValueOrDefault();
            Links = json["links"].Number.GetValueOrDefault();
            FixedLinks = json["fixed_links"].Number.GetValueOrDefault();
            OutwardLinks = json["outward_links"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Known = json["known"].Number.GetValueOrDefault();
            OnlyKnown = json["only_known"].Number.GetValueOrDefault();
            Excluded = json["excluded"].Number.GetValueOrDefault();
            SpecialCount = json["special_count"].Number.GetValueOrDefault();
            Special = json["special"].List(item => (item.IsNull ? null : new CaptureRemark(item)));
            ForbiddenCount = json["forbidden_count"].Number.GetValueOrDefault();
            Forbidden = json["forbidden"].List(item => (item.IsNull ? null : new CaptureRemark(item)));
            Warnings = json["warnings"].List(item => item.Text);
            NewBlobs = json["new_blobs"].Number.GetValueOrDefault();
            NewBytes = json["new_bytes"].Number.GetValueOrDefault();
            StoredBytes = json["stored_bytes"].Number.GetValueOrDefault();
            Deduplicated = json["deduplicated"].Number.GetValueOrDefault();
            SizeBefore = json["size_before"].Number.GetValueOrDefault();
            SizeAfter = json["size_after"].Number.GetValueOrDefault();
        }

        /// <summary>The image file.</summary>
        public string Path { get; }

        /// <summary>The folder.</summary>
        public string Source { get; }

        /// <summary>The new image, from 1.</summary>
        public long Index { get; }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>The image file's GUID, 32 digits; null in a dry run that makes no file.</summary>
        public string Guid { get; }

        /// <summary>What is in the image: files without the further names of them, hard_links; links are reparse points of all kinds.</summary>
        public long Directories { get; }

        /// <summary>What is in the image: files without the further names of them, hard_links; links are reparse points of all kinds.</summary>
        public long Files { get; }

        /// <summary>What is in the image: files without the further names of them, hard_links; links are reparse points of all kinds.</summary>
        public long HardLinks { get; }

        /// <summary>What is in the image: files without the further names of them, hard_links; links are reparse points of all kinds.</summary>
        public long Links { get; }

        /// <summary>Absolute links into the folder, which count from the image's root now.</summary>
        public long FixedLinks { get; }

        /// <summary>Absolute links that lead out of it.</summary>
        public long OutwardLinks { get; }

        /// <summary>What is in the image: files without the further names of them, hard_links; links are reparse points of all kinds.</summary>
        public long Bytes { get; }

        /// <summary>Entries that the metadata file describes.</summary>
        public long Known { get; }

        /// <summary>Entries that it alone has.</summary>
        public long OnlyKnown { get; }

        /// <summary>Entries left out because the list says so; what is in a folder that is left out is not counted.</summary>
        public long Excluded { get; }

        /// <summary>Pipes.</summary>
        public long SpecialCount { get; }

        /// <summary>The document's <c>special</c>.</summary>
        public IReadOnlyList<CaptureRemark> Special { get; }

        /// <summary>Names that Windows cannot have, which are in the image all the same; the first hundred of them.</summary>
        public long ForbiddenCount { get; }

        /// <summary>The document's <c>forbidden</c>.</summary>
        public IReadOnlyList<CaptureRemark> Forbidden { get; }

        /// <summary>What was passed over in the configuration, a sentence each.</summary>
        public IReadOnlyList<string> Warnings { get; }

        /// <summary>Contents written.</summary>
        public long NewBlobs { get; }

        /// <summary>Their bytes.</summary>
        public long NewBytes { get; }

        /// <summary>And those as stored.</summary>
        public long StoredBytes { get; }

        /// <summary>Contents that were there already, or more than once.</summary>
        public long Deduplicated { get; }

        /// <summary>Bytes of the image file.</summary>
        public long SizeBefore { get; }

        /// <summary>0 before where there was none.</summary>
        public long SizeAfter { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class CaptureRemark
    {
        internal CaptureRemark(Json json)
        {
            Path = json["path"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>The document's <c>path</c>.</summary>
        public string Path { get; }

        /// <summary>The document's <c>reason</c>.</summary>
        public string Reason { get; }
    }
}
