using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class ServicingSession
    {
        /// <summary>Decodes, rebuilds and verifies an update file, or every one in a folder.</summary>
        /// <param name="path">The file or folder.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public void AddUpdate(
            string path, IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            uint status = NativeMethods.ww_session_add_update(
                handle, Utf8.Bytes(path), ref call.Progress, out IntPtr error);
            call.Check(status, error);
        }
    }
}
