// Made by records.py from docs/schema/plan.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.plan.v1</c>.</summary>
    public sealed class ServicingPlan
    {
        internal ServicingPlan(Json json)
        {
            Image = json["image"].Text;
            Indexes = json["indexes"].List(item => (item.IsNull ? null : new ServicingPlanIndex(item)));
            Decisions = json["decisions"].List(item => (item.IsNull ? null : new ServicingPlanDecision(item)));
        }

        /// <summary>The image file.</summary>
        public string Image { get; }

        /// <summary>The document's <c>indexes</c>.</summary>
        public IReadOnlyList<ServicingPlanIndex> Indexes { get; }

        /// <summary>The document's <c>decisions</c>.</summary>
        public IReadOnlyList<ServicingPlanDecision> Decisions { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ServicingPlanDecision
    {
        internal ServicingPlanDecision(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Update = json["update"].Text;
            Package = json["package"].Text;
            Status = json["status"].Text;
            Reason = json["reason"].Text;
            Kind = json["kind"].Text;
            Hresult = json["hresult"].Text;
            UpdateStatus = json["update_status"].Number.GetValueOrDefault();
            Forced = json["forced"].Flag.GetValueOrDefault();
        }

        /// <summary>The image.</summary>
        public long Index { get; }

        /// <summary>The update's file.</summary>
        public string Update { get; }

        /// <summary>The package's identity.</summary>
        public string Package { get; }

        /// <summary>Applicable, not_applicable, installed, staged (the index has it staged, so nothing is left to do at level stage), superseded, undecided (cannot be told, so it is left out unless forced) or failed (the update cannot be decoded, verified, laid or registered, or it applies and the index may not be written).</summary>
        public string Status { get; }

        /// <summary>Why, in a sentence.</summary>
        public string Reason { get; }

        /// <summary>Of a refusal or failure.</summary>
        public string Kind { get; }

        /// <summary>Else null.</summary>
        public string Hresult { get; }

        /// <summary>0 unknown (it failed), 1 not required, 2 installed, 3 applicable (also staged: what is staged is still to be installed), 4 the check is not supported.</summary>
        public long UpdateStatus { get; }

        /// <summary>Whether it is undecided and counted as applicable all the same, as --force-undecided asks.</summary>
        public bool Forced { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ServicingPlanIndex
    {
        internal ServicingPlanIndex(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Edition = json["edition"].Text;
            Architecture = json["architecture"].Text;
            Version = json["version"].Text;
            Refusal = json["refusal"].Text;
        }

        /// <summary>The chosen images.</summary>
        public long Index { get; }

        /// <summary>The chosen images.</summary>
        public string Name { get; }

        /// <summary>The chosen images.</summary>
        public string Edition { get; }

        /// <summary>The chosen images.</summary>
        public string Architecture { get; }

        /// <summary>The chosen images.</summary>
        public string Version { get; }

        /// <summary>Why the index may not be written, with every sign of pending operations; null where it may.</summary>
        public string Refusal { get; }
    }
}
