// Made by records.py from docs/schema/site-package-remove.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-package-remove.v1</c>.</summary>
    public sealed class SiteRemoval
    {
        internal SiteRemoval(Json json)
        {
            Removed = json["removed"].Text;
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
        }

        /// <summary>What was removed.</summary>
        public string Removed { get; }

        /// <summary>Contents that nothing else used.</summary>
        public long Blobs { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }
    }
}
