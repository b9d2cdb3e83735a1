using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>A package: images, versions, and with <paramref name="installed"/> what its images had installed at import.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="installed">List every package that its images had installed.</param>
        public UpgradePackageDetails GetPackage(string package, bool installed = false)
        {
            uint status = NativeMethods.ww_site_package_show(
                handle, Utf8.Bytes(package), installed ? 1u : 0u, out IntPtr json, out IntPtr error);
            return new UpgradePackageDetails(Call.PlainDocument(status, json, error));
        }
    }
}
