// Made by records.py from docs/schema/site-report.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-report.v1</c>.</summary>
    public sealed class SiteReport
    {
        internal SiteReport(Json json)
        {
            Path = json["path"].Text;
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>The file.</summary>
        public string Path { get; }

        /// <summary>Its bytes.</summary>
        public long Bytes { get; }
    }
}
