using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>How packages stand on the distribution points.</summary>
        /// <param name="package">Only this package; null for all.</param>
        public IReadOnlyList<ContentDistribution> GetDistributions(string package = null)
        {
            uint status = NativeMethods.ww_site_point_status(
                handle, Utf8.Bytes(package), out IntPtr json, out IntPtr error);
            return new ContentDistributionList(Call.PlainDocument(status, json, error)).Distributions;
        }
    }
}
