// Made by records.py from docs/schema/site-status.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-status.v1</c>.</summary>
    public sealed class UpdateStatusList
    {
        internal UpdateStatusList(Json json)
        {
            Package = json["package"].Text;
            Version = json["version"].Number.GetValueOrDefault();
            Updates = json["updates"].List(item => (item.IsNull ? null : new UpdateStatus(item)));
        }

        /// <summary>The package's name.</summary>
        public string Package { get; }

        /// <summary>The published version of its content.</summary>
        public long Version { get; }

        /// <summary>An entry for each update and index.</summary>
        public IReadOnlyList<UpdateStatus> Updates { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateStatus
    {
        internal UpdateStatus(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Update = json["update"].Number.GetValueOrDefault();
            File = json["file"].Text;
            Kb = json["kb"].Text;
            Status = json["status"].Number.GetValueOrDefault();
            Decision = json["decision"].Text;
            Reason = json["reason"].Text;
            Hresult = json["hresult"].Text;
            FoundAtImport = json["found_at_import"].Flag.GetValueOrDefault();
            Applied = json["applied"].Text;
            Run = json["run"].Number;
        }

        /// <summary>The index, from 1.</summary>
        public long Index { get; }

        /// <summary>The update's number.</summary>
        public long Update { get; }

        /// <summary>Its file.</summary>
        public string File { get; }

        /// <summary>Its article.</summary>
        public string Kb { get; }

        /// <summary>The documented number, 0 to 5.</summary>
        public long Status { get; }

        /// <summary>The decision in a word, as wright plan names it.</summary>
        public string Decision { get; }

        /// <summary>Why, in a sentence.</summary>
        public string Reason { get; }

        /// <summary>The HRESULT of a refusal or failure, 0x...; null where there was none.</summary>
        public string Hresult { get; }

        /// <summary>Whether the index had it when the package was added.</summary>
        public bool FoundAtImport { get; }

        /// <summary>When a servicing run laid it in.</summary>
        public string Applied { get; }

        /// <summary>That run.</summary>
        public long? Run { get; }
    }
}
