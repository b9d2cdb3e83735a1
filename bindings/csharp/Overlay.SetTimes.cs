using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Sets times; null leaves one as it is.</summary>
        public void SetTimes(string path, DateTime? created, DateTime? accessed, DateTime? written)
        {
            uint status = NativeMethods.ww_overlay_set_times(
                handle, Utf8.Bytes(path), Time(created), Time(accessed), Time(written), out IntPtr error);
            Call.Plain(status, error);
        }

        private static ulong Time(DateTime? time)
        {
            return time == null ? 0ul : checked((ulong)time.Value.ToFileTimeUtc());
        }
    }
}
