using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Hashes every content of the library again. What is wrong is in the report, not thrown.</summary>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public SiteVerifyReport Verify(
            IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_site_verify(
                handle, ref call.Progress, out IntPtr json, out IntPtr error);
            return new SiteVerifyReport(call.Report(status, json, error));
        }
    }
}
