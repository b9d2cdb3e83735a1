using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Adds a file, or replaces its contents; folders on the way are made.</summary>
        public void Put(string path, byte[] contents, string streamName = null)
        {
            uint status = NativeMethods.ww_overlay_put_bytes(
                handle, Utf8.Bytes(path), Utf8.Bytes(streamName), contents, (UIntPtr)contents.Length, out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
