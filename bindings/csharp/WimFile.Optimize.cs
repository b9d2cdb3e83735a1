using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Makes the file anew without what no image uses. Open it again afterwards.</summary>
        /// <param name="options">How it is written.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public ExportReport Optimize(
            ExportOptions options = null, IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.ExportOptions native = (options ?? new ExportOptions()).For(memory);
                uint status = NativeMethods.ww_wim_optimize(
                    handle, ref native, ref call.Progress, out IntPtr json, out IntPtr error);
                return new ExportReport(call.Document(status, json, error));
            }
        }
    }
}
