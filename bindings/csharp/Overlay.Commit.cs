using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Writes the changes. Open the file again afterwards.</summary>
        /// <param name="options">How they are written; null for in place.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public CommitReport Commit(
            CommitOptions options = null, IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            return Commit(new[] { this }, options, progress, cancel);
        }

        /// <summary>Writes the changes of many overlays of one file at once.</summary>
        /// <param name="overlays">The overlays.</param>
        /// <param name="options">How they are written; null for in place.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public static CommitReport Commit(
            IReadOnlyList<Overlay> overlays, CommitOptions options = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            var held = new List<OverlayHandle>();
            using (var memory = new Memory())
            {
                try
                {
                    var pointers = new IntPtr[overlays.Count];
                    for (int at = 0; at < pointers.Length; at++)
                    {
                        bool taken = false;
                        overlays[at].handle.DangerousAddRef(ref taken);
                        held.Add(overlays[at].handle);
                        pointers[at] = overlays[at].handle.DangerousGetHandle();
                    }
                    Native.CommitOptions native = (options ?? new CommitOptions()).For(memory);
                    uint status = NativeMethods.ww_overlay_commit(
                        pointers, (UIntPtr)pointers.Length, ref native, ref call.Progress, out IntPtr json,
                        out IntPtr error);
                    return new CommitReport(call.Document(status, json, error));
                }
                finally
                {
                    held.ForEach(overlay => overlay.DangerousRelease());
                }
            }
        }
    }
}
