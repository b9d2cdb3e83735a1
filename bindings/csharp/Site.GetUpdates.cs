using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>The updates of the library.</summary>
        /// <param name="package">Only what is offered to this package; null for all.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public IReadOnlyList<ImportedUpdate> GetUpdates(
            string package = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_site_update_list(
                handle, Utf8.Bytes(package), ref call.Progress, out IntPtr json, out IntPtr error);
            return new ImportedUpdateList(call.Document(status, json, error)).Updates;
        }
    }
}
