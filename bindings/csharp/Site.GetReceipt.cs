using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>The receipt of a run, as it was written.</summary>
        /// <param name="run">The run's number.</param>
        public Receipt GetReceipt(long run)
        {
            uint status = NativeMethods.ww_site_receipt(
                handle, checked((ulong)run), out IntPtr json, out IntPtr error);
            return new Receipt(Call.PlainDocument(status, json, error));
        }
    }
}
