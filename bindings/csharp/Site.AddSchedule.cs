using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Adds a schedule for a package.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="options">Which updates, and when.</param>
        public ServicingSchedule AddSchedule(string package, ScheduleOptions options)
        {
            using (var memory = new Memory())
            {
                Native.ScheduleOptions native = options.For(memory);
                uint status = NativeMethods.ww_site_schedule_add(
                    handle, Utf8.Bytes(package), ref native, out IntPtr json, out IntPtr error);
                return new ServicingSchedule(Call.PlainDocument(status, json, error));
            }
        }
    }
}
