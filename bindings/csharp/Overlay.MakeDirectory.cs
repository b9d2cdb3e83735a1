using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Makes a folder, and those on the way.</summary>
        public void MakeDirectory(string path)
        {
            uint status = NativeMethods.ww_overlay_mkdir(handle, Utf8.Bytes(path), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
