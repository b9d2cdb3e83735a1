using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>What an update of the library is, as it was found when it was imported.</summary>
        /// <param name="update">Its number, KB, file name or SHA-256.</param>
        public UpdateInfo GetInspection(string update)
        {
            uint status = NativeMethods.ww_site_update_inspection(
                handle, Utf8.Bytes(update), out IntPtr json, out IntPtr error);
            return new UpdateInfo(Call.PlainDocument(status, json, error));
        }
    }
}
