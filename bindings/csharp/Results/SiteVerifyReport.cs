// Made by records.py from docs/schema/site-verify.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-verify.v1</c>.</summary>
    public sealed class SiteVerifyReport
    {
        internal SiteVerifyReport(Json json)
        {
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Problems = json["problems"].List(item => (item.IsNull ? null : new SiteVerifyReportProblem(item)));
        }

        /// <summary>Contents that were hashed.</summary>
        public long Blobs { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>What is wrong.</summary>
        public IReadOnlyList<SiteVerifyReportProblem> Problems { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class SiteVerifyReportProblem
    {
        internal SiteVerifyReportProblem(Json json)
        {
            Sha256 = json["sha256"].Text;
            Kind = json["kind"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>Its digest.</summary>
        public string Sha256 { get; }

        /// <summary>The kind of the error.</summary>
        public string Kind { get; }

        /// <summary>What is wrong, in a sentence.</summary>
        public string Reason { get; }
    }
}
