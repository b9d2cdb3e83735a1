using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Puts what a prestaged file holds on a distribution point.</summary>
        /// <param name="path">The file.</param>
        /// <param name="point">The distribution point.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public PrestagedContent ImportPrestaged(
            string path, string point, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_site_prestage_import(
                handle, Utf8.Bytes(path), Utf8.Bytes(point), ref call.Progress, out IntPtr json,
                out IntPtr error);
            return new PrestagedContent(call.Document(status, json, error));
        }
    }
}
