// Made by records.py from docs/schema/verify.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.verify.v1</c>.</summary>
    public sealed class VerifyReport
    {
        internal VerifyReport(Json json)
        {
            Path = json["path"].Text;
            Images = json["images"].Number.GetValueOrDefault();
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            IntegrityChecked = json["integrity_checked"].Flag.GetValueOrDefault();
            Problems = json["problems"].List(item => (item.IsNull ? null : new VerifyReportProblem(item)));
            Notes = json["notes"].List(item => item.Text);
        }

        /// <summary>The image file.</summary>
        public string Path { get; }

        /// <summary>Images that were parsed.</summary>
        public long Images { get; }

        /// <summary>Contents that were hashed.</summary>
        public long Blobs { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>Whether there is an integrity table that was checked.</summary>
        public bool IntegrityChecked { get; }

        /// <summary>The document's <c>problems</c>.</summary>
        public IReadOnlyList<VerifyReportProblem> Problems { get; }

        /// <summary>What is odd and does no harm, a sentence each.</summary>
        public IReadOnlyList<string> Notes { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class VerifyReportProblem
    {
        internal VerifyReportProblem(Json json)
        {
            Item = json["item"].Text;
            Offset = json["offset"].Number;
            Kind = json["kind"].Text;
            Reason = json["reason"].Text;
            File = json["file"].Text;
        }

        /// <summary>A blob's SHA-1, image N, integrity table.</summary>
        public string Item { get; }

        /// <summary>Where in the image file, or null.</summary>
        public long? Offset { get; }

        /// <summary>What is wrong.</summary>
        public string Kind { get; }

        /// <summary>What is wrong.</summary>
        public string Reason { get; }

        /// <summary>A file that has the blob, INDEX:PATH, or null.</summary>
        public string File { get; }
    }
}
