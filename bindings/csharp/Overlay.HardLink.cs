using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Gives a file another name.</summary>
        public void HardLink(string path, string newPath)
        {
            uint status = NativeMethods.ww_overlay_hard_link(handle, Utf8.Bytes(path), Utf8.Bytes(newPath), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
