using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class MountedImage
    {
        /// <summary>Whether it is mounted still; someone else may have unmounted it.</summary>
        public bool IsMounted => !handle.IsClosed && NativeMethods.ww_mount_is_mounted(handle) != 0;

        /// <summary>Waits until someone else unmounts it. What was changed is kept in its folder.</summary>
        /// <exception cref="WimwrightException">Of the kind Busy while another call is at work on it.</exception>
        public void Wait()
        {
            Call.Plain(NativeMethods.ww_mount_wait(handle, out IntPtr error), error);
        }
    }
}
