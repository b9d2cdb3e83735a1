using System;
using Microsoft.Win32.SafeHandles;

namespace Wimwright.Native
{
    /// <summary>An open image file. Children keep what they need, so handles may be released in any order.</summary>
    internal sealed class WimHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        internal WimHandle(IntPtr handle)
            : base(true)
        {
            SetHandle(handle);
        }

        protected override bool ReleaseHandle()
        {
            NativeMethods.ww_wim_close(handle);
            return true;
        }
    }

    /// <summary>An overlay.</summary>
    internal sealed class OverlayHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        internal OverlayHandle(IntPtr handle)
            : base(true)
        {
            SetHandle(handle);
        }

        protected override bool ReleaseHandle()
        {
            NativeMethods.ww_overlay_close(handle);
            return true;
        }
    }

    /// <summary>A servicing session.</summary>
    internal sealed class SessionHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        internal SessionHandle(IntPtr handle)
            : base(true)
        {
            SetHandle(handle);
        }

        protected override bool ReleaseHandle()
        {
            NativeMethods.ww_session_close(handle);
            return true;
        }
    }

    /// <summary>A mounted image.</summary>
    internal sealed class MountHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        internal MountHandle(IntPtr handle)
            : base(true)
        {
            SetHandle(handle);
        }

        protected override bool ReleaseHandle()
        {
            NativeMethods.ww_mount_close(handle);
            return true;
        }
    }

    /// <summary>A site.</summary>
    internal sealed class SiteHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        internal SiteHandle(IntPtr handle)
            : base(true)
        {
            SetHandle(handle);
        }

        protected override bool ReleaseHandle()
        {
            NativeMethods.ww_site_close(handle);
            return true;
        }
    }
}
