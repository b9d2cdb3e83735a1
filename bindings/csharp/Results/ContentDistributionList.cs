// Made by records.py from docs/schema/site-dp-status.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-dp-status.v1</c>.</summary>
    public sealed class ContentDistributionList
    {
        internal ContentDistributionList(Json json)
        {
            Distributions = json["distributions"].List(item => (item.IsNull ? null : new ContentDistribution(item)));
        }

        /// <summary>An entry for each package and point.</summary>
        public IReadOnlyList<ContentDistribution> Distributions { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ContentDistribution
    {
        internal ContentDistribution(Json json)
        {
            Point = json["point"].Text;
            Package = json["package"].Number.GetValueOrDefault();
            PackageName = json["package_name"].Text;
            Version = json["version"].Number;
            Published = json["published"].Number.GetValueOrDefault();
            State = json["state"].Number.GetValueOrDefault();
            Changed = json["changed"].Text;
            Error = json["error"].Text;
            Validated = json["validated"].Text;
        }

        /// <summary>The point's name.</summary>
        public string Point { get; }

        /// <summary>The package's number.</summary>
        public long Package { get; }

        /// <summary>The package's name.</summary>
        public string PackageName { get; }

        /// <summary>The version that is there.</summary>
        public long? Version { get; }

        /// <summary>The version that is published in the site.</summary>
        public long Published { get; }

        /// <summary>The documented number, 0 to 8.</summary>
        public long State { get; }

        /// <summary>When the state changed last.</summary>
        public string Changed { get; }

        /// <summary>What went wrong last.</summary>
        public string Error { get; }

        /// <summary>When its content was last validated and found whole.</summary>
        public string Validated { get; }
    }
}
