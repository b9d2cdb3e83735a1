// Made by records.py from docs/schema/site-info.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-info.v1</c>.</summary>
    public sealed class SiteInfo
    {
        internal SiteInfo(Json json)
        {
            Path = json["path"].Text;
            Id = json["id"].Text;
            Created = json["created"].Text;
            Keep = json["keep"].Number.GetValueOrDefault();
            Packages = json["packages"].Number.GetValueOrDefault();
            Updates = json["updates"].Number.GetValueOrDefault();
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            BytesOfFiles = json["bytes_of_files"].Number.GetValueOrDefault();
        }

        /// <summary>The folder.</summary>
        public string Path { get; }

        /// <summary>The site's id.</summary>
        public string Id { get; }

        /// <summary>When it was made.</summary>
        public string Created { get; }

        /// <summary>Versions of a package's content that are kept.</summary>
        public long Keep { get; }

        /// <summary>Packages.</summary>
        public long Packages { get; }

        /// <summary>Updates.</summary>
        public long Updates { get; }

        /// <summary>Distinct contents in the library.</summary>
        public long Blobs { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>The bytes of all files of all kept versions and all updates, each counted.</summary>
        public long BytesOfFiles { get; }
    }
}
