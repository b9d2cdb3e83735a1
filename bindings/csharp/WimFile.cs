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
        /// <param name="path">The image file; of a split set its first part.</param>
        /// <param name="options">Where else its contents and parts are.</param>
        /// <exception cref="WimwrightException">It does not exist or is no image file.</exception>
        public static WimFile Open(string path, OpenOptions options = null)
        {
            Library.Check();
            using (var memory = new Memory())
            {
                Native.OpenOptions native = (options ?? new OpenOptions()).For(memory);
                uint status = NativeMethods.ww_wim_open_with(
                    Utf8.Bytes(path), ref native, out IntPtr wim, out IntPtr error);
                Call.Plain(status, error);
                return new WimFile(wim);
            }
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
