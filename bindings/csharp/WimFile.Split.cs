using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Splits the file into files of at most <paramref name="partSize"/> bytes.</summary>
        /// <param name="first">The first of them; beside it, its name with 2, 3, ... added.</param>
        /// <param name="partSize">The most that each takes.</param>
        /// <param name="replace">Replace parts that exist.</param>
        /// <param name="integrity">Whether they have integrity tables.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public SplitReport Split(
            string first, long partSize, bool replace = false, Choice integrity = Choice.Keep,
            IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            var options = default(Native.SplitOptions);
            options.StructSize = Memory.Size<Native.SplitOptions>();
            options.Integrity = (uint)integrity;
            options.Replace = replace ? 1u : 0u;
            uint status = NativeMethods.ww_wim_split(
                handle, Utf8.Bytes(first), checked((ulong)partSize), ref options, ref call.Progress, out IntPtr json,
                out IntPtr error);
            return new SplitReport(call.Document(status, json, error));
        }
    }
}
