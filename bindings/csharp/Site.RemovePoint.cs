using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Removes a distribution point's record. Gives those that are left.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="abandon">Also while packages are there, which stay there as they are.</param>
        public IReadOnlyList<DistributionPoint> RemovePoint(string name, bool abandon = false)
        {
            uint status = NativeMethods.ww_site_point_remove(
                handle, Utf8.Bytes(name), abandon ? 1u : 0u, out IntPtr json, out IntPtr error);
            return new DistributionPointList(Call.PlainDocument(status, json, error)).Points;
        }
    }
}
