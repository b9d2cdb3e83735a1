using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>What lies in a folder as the changes make it.</summary>
        public Listing List(string path = "", bool recursive = false)
        {
            uint status = NativeMethods.ww_overlay_list(
                handle, Utf8.Bytes(path), recursive ? 1u : 0u, out IntPtr json, out IntPtr error);
            return new Listing(Call.PlainDocument(status, json, error));
        }
    }
}
