using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Sets what an image is called, and whether it boots. Open the file again afterwards.</summary>
        /// <param name="index">The image, from 1.</param>
        /// <param name="properties">What it is called from now on.</param>
        /// <param name="options">How it is written.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public CommitReport SetProperties(
            int index, ImageProperties properties, CommitOptions options = null, IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.CommitOptions native = (options ?? new CommitOptions()).For(memory);
                Native.ImageProperties asked = properties.For(memory);
                uint status = NativeMethods.ww_wim_set(
                    handle, checked((uint)index), ref asked, ref native, ref call.Progress, out IntPtr json,
                    out IntPtr error);
                return new CommitReport(call.Document(status, json, error));
            }
        }
    }
}
