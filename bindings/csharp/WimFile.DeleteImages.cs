using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Takes images out; those behind them move up. Open the file again afterwards.</summary>
        /// <param name="indexes">The images, from 1.</param>
        /// <param name="options">How it is written.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public CommitReport DeleteImages(
            int[] indexes, CommitOptions options = null, IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.CommitOptions native = (options ?? new CommitOptions()).For(memory);
                uint[] numbers = Indexes(indexes);
                uint status = NativeMethods.ww_wim_delete(
                    handle, numbers.Length == 0 ? null : numbers, (UIntPtr)numbers.Length, ref native, ref call.Progress,
                    out IntPtr json, out IntPtr error);
                return new CommitReport(call.Document(status, json, error));
            }
        }
    }
}
