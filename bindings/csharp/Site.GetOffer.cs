using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Which imported updates a package can use, index by index, and why not the others.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public UpdateOffer GetOffer(
            string package, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_site_offer(
                handle, Utf8.Bytes(package), ref call.Progress, out IntPtr json, out IntPtr error);
            return new UpdateOffer(call.Document(status, json, error));
        }
    }
}
