using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Adds a file, or replaces its contents, with those of a file on disk, which is read when the overlay is committed.</summary>
        public void PutFile(string path, string file, string streamName = null)
        {
            uint status = NativeMethods.ww_overlay_put_file(
                handle, Utf8.Bytes(path), Utf8.Bytes(streamName), Utf8.Bytes(file), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
