using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Opens an image for changes that are kept in memory until they are committed.</summary>
        /// <param name="index">The image, from 1.</param>
        public Overlay OpenOverlay(int index)
        {
            uint status = NativeMethods.ww_overlay_open(
                handle, checked((uint)index), out IntPtr overlay, out IntPtr error);
            Call.Plain(status, error);
            return new Overlay(overlay);
        }
    }
}
