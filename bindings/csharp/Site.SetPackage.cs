using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Changes a package; what is null or 0 stays as it is.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="name">A new name.</param>
        /// <param name="version">A new version.</param>
        /// <param name="comment">A new comment.</param>
        /// <param name="source">Another source folder.</param>
        /// <param name="keep">How many versions of its content are kept.</param>
        public UpgradePackageDetails SetPackage(
            string package, string name = null, string version = null, string comment = null, string source = null,
            int keep = 0)
        {
            using (var memory = new Memory())
            {
                var options = default(SiteSetOptions);
                options.StructSize = Memory.Size<SiteSetOptions>();
                options.Name = memory.TextOrEmpty(name);
                options.Version = memory.TextOrEmpty(version);
                options.Comment = memory.TextOrEmpty(comment);
                options.Source = memory.Text(source);
                options.Keep = checked((uint)keep);
                uint status = NativeMethods.ww_site_package_set(
                    handle, Utf8.Bytes(package), ref options, out IntPtr json, out IntPtr error);
                return new UpgradePackageDetails(Call.PlainDocument(status, json, error));
            }
        }
    }
}
