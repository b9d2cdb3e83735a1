using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Decodes and hashes everything. What is wrong with the file is in the report's problems, not thrown.</summary>
        /// <param name="skipIntegrity">Do not check the integrity table.</param>
        /// <param name="threads">Threads to use; 0 for one for each core.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public VerifyReport Verify(
            bool skipIntegrity = false, int threads = 0, IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            var options = default(Native.VerifyOptions);
            options.StructSize = Memory.Size<Native.VerifyOptions>();
            options.Threads = checked((uint)threads);
            options.SkipIntegrity = skipIntegrity ? 1u : 0u;
            uint status = NativeMethods.ww_wim_verify(
                handle, ref options, ref call.Progress, out IntPtr json, out IntPtr error);
            return new VerifyReport(call.Report(status, json, error));
        }
    }
}
