using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Every schedule, the oldest first.</summary>
        public IReadOnlyList<ServicingSchedule> GetSchedules()
        {
            uint status = NativeMethods.ww_site_schedule_list(handle, out IntPtr json, out IntPtr error);
            return new ServicingScheduleList(Call.PlainDocument(status, json, error)).Schedules;
        }
    }
}
