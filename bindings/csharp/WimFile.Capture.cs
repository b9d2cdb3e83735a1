using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Makes a folder the first image of a new image file.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="destination">The new file.</param>
        /// <param name="options">What is taken, and how it is written.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public static CaptureReport Capture(
            string folder, string destination, CaptureOptions options = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            Library.Check();
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.CaptureOptions native = (options ?? new CaptureOptions()).For(memory);
                uint status = NativeMethods.ww_capture(
                    Utf8.Bytes(folder), Utf8.Bytes(destination), ref native, ref call.Progress, out IntPtr json,
                    out IntPtr error);
                return new CaptureReport(call.Document(status, json, error));
            }
        }
    }
}
