using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Takes a file or folder away, with everything below it.</summary>
        public void Remove(string path)
        {
            uint status = NativeMethods.ww_overlay_remove(handle, Utf8.Bytes(path), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
