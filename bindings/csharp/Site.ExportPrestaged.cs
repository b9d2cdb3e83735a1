using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Writes the published versions of packages into one file.</summary>
        /// <param name="packages">Names or numbers.</param>
        /// <param name="path">The file.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        /// <param name="signKey">The file of a private key (Ed25519, PEM) to sign it with; null for no signature.</param>
        public PrestagedContent ExportPrestaged(
            IReadOnlyCollection<string> packages, string path, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken), string signKey = null)
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                IntPtr json, error;
                uint status = signKey == null
                    ? NativeMethods.ww_site_prestage_export(
                        handle, List(packages, memory), Count(packages), Utf8.Bytes(path), ref call.Progress,
                        out json, out error)
                    : NativeMethods.ww_site_prestage_export_signed(
                        handle, List(packages, memory), Count(packages), Utf8.Bytes(path), Utf8.Bytes(signKey),
                        ref call.Progress, out json, out error);
                return new PrestagedContent(call.Document(status, json, error));
            }
        }
    }
}
