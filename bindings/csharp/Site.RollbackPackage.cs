using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Publishes an older version of a package's content again.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="version">This version; 0 for the one before the published one.</param>
        public UpgradePackageDetails RollbackPackage(string package, int version = 0)
        {
            uint status = NativeMethods.ww_site_package_rollback(
                handle, Utf8.Bytes(package), checked((uint)version), out IntPtr json, out IntPtr error);
            return new UpgradePackageDetails(Call.PlainDocument(status, json, error));
        }
    }
}
