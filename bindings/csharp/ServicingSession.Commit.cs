using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class ServicingSession
    {
        /// <summary>Lays everything that applies into every chosen image and writes the file once. Gives the receipt.</summary>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        /// <exception cref="WimwrightException">
        /// Nothing applied, or something failed; the image is as it was, and <see cref="GetReceipt"/> says why.
        /// </exception>
        public Receipt Commit(IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_session_commit(handle, ref call.Progress, out IntPtr error);
            call.Check(status, error);
            return GetReceipt();
        }
    }
}
