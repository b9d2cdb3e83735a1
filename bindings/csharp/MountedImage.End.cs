using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class MountedImage
    {
        /// <summary>Unmounts it.</summary>
        /// <param name="ending">What becomes of the changes.</param>
        /// <param name="options">How a commit writes them.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        /// <exception cref="WimwrightException">Of the kind Busy while something uses the folder: it stays as it is.</exception>
        public UnmountReport End(
            MountEnding ending, CommitOptions options = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.CommitOptions native = (options ?? new CommitOptions()).For(memory);
                uint status = NativeMethods.ww_mount_end(
                    handle, (uint)ending, ref native, ref call.Progress, out IntPtr json, out IntPtr error);
                return new UnmountReport(call.Document(status, json, error));
            }
        }
    }
}
