using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Every upgrade package.</summary>
        public IReadOnlyList<UpgradePackage> GetPackages()
        {
            uint status = NativeMethods.ww_site_package_list(handle, out IntPtr json, out IntPtr error);
            return new UpgradePackageList(Call.PlainDocument(status, json, error)).Packages;
        }
    }
}
