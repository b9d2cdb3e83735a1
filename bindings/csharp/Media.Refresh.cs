using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public static partial class Media
    {
        /// <summary>Brings a medium up to date, into a new folder: Dynamic Update. The medium is only read.</summary>
        /// <param name="medium">The folder that <c>setup.exe</c> lies in.</param>
        /// <param name="output">The new folder. Nothing is there before all of it is.</param>
        /// <param name="options">What it is brought up to date with, and how.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        /// <exception cref="WimwrightException">
        /// Of the kind NotApplicable where nothing would change. What was left out under
        /// <see cref="RefreshOptions.ContinueOnError"/> comes with its report in <see cref="WimwrightException.Report"/>.
        /// </exception>
        public static MediaRefreshReport Refresh(
            string medium, string output, RefreshOptions options, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            Library.Check();
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                Native.RefreshOptions native = (options ?? new RefreshOptions()).For(memory);
                uint status = NativeMethods.ww_media_refresh(
                    Utf8.Bytes(medium), Utf8.Bytes(output), ref native, ref call.Progress, out IntPtr json,
                    out IntPtr error);
                return new MediaRefreshReport(call.Document(status, json, error));
            }
        }
    }
}
