using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Adds a folder as an image to the file. Open it again afterwards.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="options">What is taken, and how it is written.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public CaptureReport Append(
            string folder, CaptureOptions options = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.CaptureOptions native = (options ?? new CaptureOptions()).For(memory);
                uint status = NativeMethods.ww_wim_append(
                    handle, Utf8.Bytes(folder), ref native, ref call.Progress, out IntPtr json, out IntPtr error);
                return new CaptureReport(call.Document(status, json, error));
            }
        }
    }
}
