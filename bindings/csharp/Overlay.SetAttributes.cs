using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Sets the attributes; whether it is a folder or a reparse point does not change.</summary>
        public void SetAttributes(string path, System.IO.FileAttributes attributes)
        {
            uint status = NativeMethods.ww_overlay_set_attributes(
                handle, Utf8.Bytes(path), unchecked((uint)attributes), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
