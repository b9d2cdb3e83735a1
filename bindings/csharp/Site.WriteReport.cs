using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Writes a page for the browser: packages, indexes and updates, runs, distribution points.</summary>
        /// <param name="path">The HTML file.</param>
        public SiteReport WriteReport(string path)
        {
            uint status = NativeMethods.ww_site_report(handle, Utf8.Bytes(path), out IntPtr json, out IntPtr error);
            return new SiteReport(Call.PlainDocument(status, json, error));
        }
    }
}
