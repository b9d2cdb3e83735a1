using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>
    /// An image file (a WIM, an ESD or the first part of a split set), open for reading. Any number of threads may use it.
    /// </summary>
    public sealed partial class WimFile : IDisposable
    {
        private readonly WimHandle handle;

        private WimFile(IntPtr handle)
        {
            this.handle = new WimHandle(handle);
        }

        /// <summary>Opens the image file at <paramref name="path"/>.</summary>
        /// <exception cref="WimwrightException">It does not exist or is no image file.</exception>
        public static WimFile Open(string path)
        {
            Library.Check();
            uint status = NativeMethods.ww_wim_open(Utf8.Bytes(path), out IntPtr wim, out IntPtr error);
            Call.Plain(status, error);
            return new WimFile(wim);
        }

        /// <summary>How many images it holds; they are numbered from 1.</summary>
        public int ImageCount => checked((int)NativeMethods.ww_wim_image_count(handle));

        /// <summary>Closes the file. Overlays of it stay what they are.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
