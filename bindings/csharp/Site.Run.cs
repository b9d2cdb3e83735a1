using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Resumes what was interrupted and runs what is due. Each run says itself how it ended.</summary>
        /// <param name="mode">What is done.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public IReadOnlyList<ServicingRun> Run(
            RunMode mode = RunMode.Due, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_site_run(
                handle, (uint)mode, ref call.Progress, out IntPtr json, out IntPtr error);
            return new ServicingRunList(call.Report(status, json, error)).Runs;
        }
    }
}
