using System;
using System.IO;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Opens the image file that a stream gives from here to its end, as one that comes through a pipe.</summary>
        /// <param name="stream">The stream. What comes is kept in a temporary file that goes with the handle.</param>
        /// <param name="name">What messages call it.</param>
        /// <param name="options">How it is opened.</param>
        public static WimFile OpenPipe(Stream stream, string name, OpenOptions options = null)
        {
            Library.Check();
            using (var memory = new Memory())
            {
                Native.OpenOptions native = (options ?? new OpenOptions()).For(memory);
                var giver = new Giver(stream);
                uint status = NativeMethods.ww_wim_open_pipe(
                    giver.Read, IntPtr.Zero, Utf8.Bytes(name), ref native, out IntPtr wim, out IntPtr error);
                giver.Check(status, error);
                return new WimFile(wim);
            }
        }
    }
}
