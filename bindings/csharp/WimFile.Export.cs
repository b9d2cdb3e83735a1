using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Writes images as a new file; all of them where none is named.</summary>
        /// <param name="destination">The new file.</param>
        /// <param name="indexes">The images in order, from 1; null or empty for all.</param>
        /// <param name="options">How it is written.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public ExportReport Export(
            string destination, int[] indexes = null, ExportOptions options = null, IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.ExportOptions native = (options ?? new ExportOptions()).For(memory);
                uint[] numbers = Indexes(indexes);
                uint status = NativeMethods.ww_wim_export(
                    handle, numbers.Length == 0 ? null : numbers, (UIntPtr)numbers.Length, Utf8.Bytes(destination),
                    ref native, ref call.Progress, out IntPtr json, out IntPtr error);
                return new ExportReport(call.Document(status, json, error));
            }
        }

        private static uint[] Indexes(int[] indexes)
        {
            return Array.ConvertAll(indexes ?? new int[0], index => checked((uint)index));
        }
    }
}
