using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class ServicingSession
    {
        /// <summary>Takes out of an image file again what a run staged.</summary>
        /// <param name="path">The image file.</param>
        /// <param name="receipt">The run's receipt: the JSON document itself, as <see cref="GetReceiptJson"/> gives it.</param>
        /// <param name="options">Which images, and where the result is written.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public static UnstageReport Unstage(
            string path, string receipt, UnstageOptions options = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            Library.Check();
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.UnstageOptions native = (options ?? new UnstageOptions()).For(memory);
                uint status = NativeMethods.ww_unstage(
                    Utf8.Bytes(path), Utf8.Bytes(receipt), ref native, ref call.Progress, out IntPtr json,
                    out IntPtr error);
                return new UnstageReport(call.Document(status, json, error));
            }
        }
    }
}
