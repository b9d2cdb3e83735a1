// Made by records.py from docs/schema/changes.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.changes.v1</c>.</summary>
    public sealed class OverlayChanges
    {
        internal OverlayChanges(Json json)
        {
            Added = json["added"].Number.GetValueOrDefault();
            Replaced = json["replaced"].Number.GetValueOrDefault();
            Removed = json["removed"].Number.GetValueOrDefault();
            Renamed = json["renamed"].Number.GetValueOrDefault();
            Linked = json["linked"].Number.GetValueOrDefault();
            Directories = json["directories"].Number.GetValueOrDefault();
            Properties = json["properties"].Number.GetValueOrDefault();
        }

        /// <summary>The document's <c>added</c>.</summary>
        public long Added { get; }

        /// <summary>The document's <c>replaced</c>.</summary>
        public long Replaced { get; }

        /// <summary>The document's <c>removed</c>.</summary>
        public long Removed { get; }

        /// <summary>The document's <c>renamed</c>.</summary>
        public long Renamed { get; }

        /// <summary>The document's <c>linked</c>.</summary>
        public long Linked { get; }

        /// <summary>The document's <c>directories</c>.</summary>
        public long Directories { get; }

        /// <summary>The document's <c>properties</c>.</summary>
        public long Properties { get; }
    }
}
