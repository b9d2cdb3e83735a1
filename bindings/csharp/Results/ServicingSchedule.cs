// Made by records.py from docs/schema/site-schedule-add.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-schedule-add.v1</c>.</summary>
    public sealed class ServicingSchedule
    {
        internal ServicingSchedule(Json json)
        {
            Id = json["id"].Number.GetValueOrDefault();
            Package = json["package"].Number.GetValueOrDefault();
            PackageName = json["package_name"].Text;
            Created = json["created"].Text;
            Selection = json["selection"].Text;
            Updates = json["updates"].List(item => item.Number.GetValueOrDefault());
            Rule = json["rule"].Text;
            Zone = json["zone"].Text;
            Next = json["next"].Text;
            Action = json["action"].Number.GetValueOrDefault();
            ContinueOnError = json["continue_on_error"].Flag.GetValueOrDefault();
            UpdateDistributionPoints = json["update_distribution_points"].Flag.GetValueOrDefault();
            RemoveSuperseded = json["remove_superseded"].Flag.GetValueOrDefault();
            Level = json["level"].Text;
            AcceptPartial = json["accept_partial"].Flag.GetValueOrDefault();
            ForceUndecided = json["force_undecided"].Flag.GetValueOrDefault();
            State = json["state"].Number.GetValueOrDefault();
            LastRun = json["last_run"].Text;
        }

        /// <summary>Its number in the site.</summary>
        public long Id { get; }

        /// <summary>The package's number.</summary>
        public long Package { get; }

        /// <summary>The package's name.</summary>
        public string PackageName { get; }

        /// <summary>When it was made.</summary>
        public string Created { get; }

        /// <summary>Updates, all_applicable or latest_cumulative.</summary>
        public string Selection { get; }

        /// <summary>The updates that were chosen by number.</summary>
        public IReadOnlyList<long> Updates { get; }

        /// <summary>Now, at TIME or cron EXPRESSION.</summary>
        public string Rule { get; }

        /// <summary>The time zone that the rule is in.</summary>
        public string Zone { get; }

        /// <summary>When it is due next, UTC.</summary>
        public string Next { get; }

        /// <summary>What it is to do.</summary>
        public long Action { get; }

        /// <summary>Whether an update that fails is left out and the others go on.</summary>
        public bool ContinueOnError { get; }

        /// <summary>Whether the distribution points that have the package get the new version.</summary>
        public bool UpdateDistributionPoints { get; }

        /// <summary>Whether updates that a newer one supersedes are taken out of the image.</summary>
        public bool RemoveSuperseded { get; }

        /// <summary>The level of service.</summary>
        public string Level { get; }

        /// <summary>Whether packages are installed also where not all that they ask for can be carried out.</summary>
        public bool AcceptPartial { get; }

        /// <summary>Whether updates are laid in also where it cannot be told whether they apply.</summary>
        public bool ForceUndecided { get; }

        /// <summary>How far it is.</summary>
        public long State { get; }

        /// <summary>When its last run began.</summary>
        public string LastRun { get; }
    }
}
