// Made by records.py from docs/schema/site-prestage-export.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-prestage-export.v1</c>.</summary>
    public sealed class PrestagedContent
    {
        internal PrestagedContent(Json json)
        {
            Path = json["path"].Text;
            Packages = json["packages"].List(item => item.Text);
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Present = json["present"].Number.GetValueOrDefault();
            Signature = json["signature"].Text;
        }

        /// <summary>The file.</summary>
        public string Path { get; }

        /// <summary>The names of the packages.</summary>
        public IReadOnlyList<string> Packages { get; }

        /// <summary>Contents in it.</summary>
        public long Blobs { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>Contents that were there already and were not written again.</summary>
        public long Present { get; }

        /// <summary>None; not checked: there is one; made; verified.</summary>
        public string Signature { get; }
    }
}
