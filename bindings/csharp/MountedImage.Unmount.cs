using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class MountedImage
    {
        /// <summary>Unmounts what any process of this user has mounted on a folder, or ends what a crash left of it.</summary>
        /// <param name="directory">The folder.</param>
        /// <param name="ending">What becomes of the changes.</param>
        /// <param name="options">How a commit writes them.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public static UnmountReport Unmount(
            string directory, MountEnding ending, CommitOptions options = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            Library.Check();
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.CommitOptions native = (options ?? new CommitOptions()).For(memory);
                uint status = NativeMethods.ww_unmount(
                    Utf8.Bytes(directory), (uint)ending, ref native, ref call.Progress, out IntPtr json, out IntPtr error);
                return new UnmountReport(call.Document(status, json, error));
            }
        }
    }
}
