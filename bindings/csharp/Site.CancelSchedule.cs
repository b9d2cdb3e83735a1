using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Cancels a schedule; a run of it that is going on, in whatever process, is asked to stop.</summary>
        /// <param name="schedule">Its number.</param>
        public ServicingSchedule CancelSchedule(long schedule)
        {
            uint status = NativeMethods.ww_site_schedule_cancel(
                handle, checked((ulong)schedule), out IntPtr json, out IntPtr error);
            return new ServicingSchedule(Call.PlainDocument(status, json, error));
        }
    }
}
