using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Compares a package's source with what was added, and the library's copies with their digests. What differs is in the report, not thrown.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public UpgradePackageCheck CheckPackage(
            string package, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_site_package_check(
                handle, Utf8.Bytes(package), ref call.Progress, out IntPtr json, out IntPtr error);
            return new UpgradePackageCheck(call.Report(status, json, error));
        }
    }
}
