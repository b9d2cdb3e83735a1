using System;
using System.IO;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Writes the contents of a file of an image, or of one of its named streams, to a stream.</summary>
        public void Read(int index, string path, Stream destination, string streamName = null)
        {
            var contents = new Contents(destination);
            uint status = NativeMethods.ww_wim_read(
                handle, checked((uint)index), Utf8.Bytes(path), Utf8.Bytes(streamName), contents.Write, IntPtr.Zero,
                out IntPtr error);
            contents.Check(status, error);
        }

        /// <summary>The contents of a file of an image, or of one of its named streams.</summary>
        public byte[] Read(int index, string path, string streamName = null)
        {
            using (var memory = new MemoryStream())
            {
                Read(index, path, memory, streamName);
                return memory.ToArray();
            }
        }
    }
}
