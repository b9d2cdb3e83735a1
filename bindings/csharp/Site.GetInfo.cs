using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>What the site is and holds.</summary>
        public SiteInfo GetInfo()
        {
            uint status = NativeMethods.ww_site_info(handle, out IntPtr json, out IntPtr error);
            return new SiteInfo(Call.PlainDocument(status, json, error));
        }
    }
}
