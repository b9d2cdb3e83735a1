using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Removes an update that no schedule names.</summary>
        /// <param name="update">Its number, KB, file name or SHA-256.</param>
        public SiteRemoval RemoveUpdate(string update)
        {
            uint status = NativeMethods.ww_site_update_remove(
                handle, Utf8.Bytes(update), out IntPtr json, out IntPtr error);
            return new SiteRemoval(Call.PlainDocument(status, json, error));
        }
    }
}
