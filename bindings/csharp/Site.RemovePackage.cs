using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Removes a package and what only it uses.</summary>
        /// <param name="package">The package's name or number.</param>
        public SiteRemoval RemovePackage(string package)
        {
            uint status = NativeMethods.ww_site_package_remove(
                handle, Utf8.Bytes(package), out IntPtr json, out IntPtr error);
            return new SiteRemoval(Call.PlainDocument(status, json, error));
        }
    }
}
