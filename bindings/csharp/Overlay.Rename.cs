using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Moves a file or folder to a path where nothing is.</summary>
        public void Rename(string path, string newPath)
        {
            uint status = NativeMethods.ww_overlay_rename(handle, Utf8.Bytes(path), Utf8.Bytes(newPath), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
