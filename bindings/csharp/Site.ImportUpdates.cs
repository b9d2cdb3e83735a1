using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Takes updates into the library; of a folder, every one below it. Files that could not be read are in the report, not thrown.</summary>
        /// <param name="paths">Files (.msu, .cab) and folders.</param>
        /// <param name="allowBrokenSignature">Take updates also whose signature is broken.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public UpdateImportReport ImportUpdates(
            IReadOnlyCollection<string> paths, bool allowBrokenSignature = false,
            IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                uint status = NativeMethods.ww_site_update_import(
                    handle, List(paths, memory), Count(paths), allowBrokenSignature ? 1u : 0u, ref call.Progress,
                    out IntPtr json, out IntPtr error);
                return new UpdateImportReport(call.Report(status, json, error));
            }
        }
    }
}
