using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Sets the 8.3 name; null takes it away.</summary>
        public void SetShortName(string path, string shortName)
        {
            uint status = NativeMethods.ww_overlay_set_short_name(
                handle, Utf8.Bytes(path), Utf8.Bytes(shortName), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
