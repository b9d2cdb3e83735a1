// Made by records.py from docs/schema/site-package-list.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-package-list.v1</c>.</summary>
    public sealed class UpgradePackageList
    {
        internal UpgradePackageList(Json json)
        {
            Packages = json["packages"].List(item => (item.IsNull ? null : new UpgradePackage(item)));
        }

        /// <summary>The packages.</summary>
        public IReadOnlyList<UpgradePackage> Packages { get; }
    }
}
