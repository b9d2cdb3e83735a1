using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Sets the time that new and replaced files get from now on; null for the time of each call.</summary>
        public void SetClock(DateTime? time)
        {
            uint status = NativeMethods.ww_overlay_set_clock(handle, Time(time), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
