using System;
using System.IO;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Writes the contents of a file as the changes make it to a stream.</summary>
        public void Read(string path, Stream destination, string streamName = null)
        {
            var contents = new Contents(destination);
            uint status = NativeMethods.ww_overlay_read(
                handle, Utf8.Bytes(path), Utf8.Bytes(streamName), contents.Write, IntPtr.Zero, out IntPtr error);
            contents.Check(status, error);
        }
    }
}
