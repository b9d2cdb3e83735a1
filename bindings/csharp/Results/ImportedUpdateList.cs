// Made by records.py from docs/schema/site-update-list.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-update-list.v1</c>.</summary>
    public sealed class ImportedUpdateList
    {
        internal ImportedUpdateList(Json json)
        {
            Updates = json["updates"].List(item => (item.IsNull ? null : new ImportedUpdate(item)));
        }

        /// <summary>The updates.</summary>
        public IReadOnlyList<ImportedUpdate> Updates { get; }
    }
}
