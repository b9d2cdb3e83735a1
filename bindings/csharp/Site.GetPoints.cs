using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Every distribution point.</summary>
        public IReadOnlyList<DistributionPoint> GetPoints()
        {
            uint status = NativeMethods.ww_site_point_list(handle, out IntPtr json, out IntPtr error);
            return new DistributionPointList(Call.PlainDocument(status, json, error)).Points;
        }
    }
}
