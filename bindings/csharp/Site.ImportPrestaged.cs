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
        /// <param name="verifyKey">
        /// The file of a public key: the call fails unless its private half signed the file. Null asks for no signature.
        /// </param>
        public PrestagedContent ImportPrestaged(
            string path, string point, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken), string verifyKey = null)
        {
            var call = new Call(progress, cancel);
            IntPtr json, error;
            uint status = verifyKey == null
                ? NativeMethods.ww_site_prestage_import(
                    handle, Utf8.Bytes(path), Utf8.Bytes(point), ref call.Progress, out json, out error)
                : NativeMethods.ww_site_prestage_import_signed(
                    handle, Utf8.Bytes(path), Utf8.Bytes(point), Utf8.Bytes(verifyKey), ref call.Progress, out json,
                    out error);
            return new PrestagedContent(call.Document(status, json, error));
        }
    }
}
