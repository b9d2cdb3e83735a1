using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Wimwright.Native
{
    /// <summary>One call of the library: its progress, its cancel, and what becomes of its result.</summary>
    internal sealed class Call
    {
        private readonly IProgress<ProgressEvent> receiver;
        private readonly CancellationToken cancel;
        private readonly NativeMethods.Report report;
        private ExceptionDispatchInfo thrown;

        internal Progress Progress;

        internal Call(IProgress<ProgressEvent> receiver, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            this.receiver = receiver;
            this.cancel = cancel;
            Progress.StructSize = Memory.Size<Progress>();
            if (receiver != null || cancel.CanBeCanceled)
            {
                report = Report;
                Progress.Report = Marshal.GetFunctionPointerForDelegate(report);
            }
        }

        /// <summary>The document; any failure is thrown.</summary>
        internal Json Document(uint status, IntPtr json, IntPtr error)
        {
            string text = Utf8.Take(json);
            Check(status, error, text);
            return Json.Parse(text);
        }

        /// <summary>The document where the work came to its end, whatever it found; a failure without one is thrown.</summary>
        internal Json Report(uint status, IntPtr json, IntPtr error)
        {
            string text = Utf8.Take(json);
            if (text == null)
            {
                Check(status, error, null);
            }
            NativeMethods.ww_error_free(error);
            return Json.Parse(text);
        }

        internal void Check(uint status, IntPtr error, string report = null)
        {
            GC.KeepAlive(this.report);
            WimwrightException failure = status == 0 ? null : WimwrightException.Take(status, error, report);
            thrown?.Throw();
            if (failure != null && failure.Kind == ErrorKind.Cancelled && cancel.IsCancellationRequested)
            {
                throw new OperationCanceledException(failure.Message, failure, cancel);
            }
            if (failure != null)
            {
                throw failure;
            }
        }

        /// <summary>A result without progress.</summary>
        internal static void Plain(uint status, IntPtr error)
        {
            if (status != 0)
            {
                throw WimwrightException.Take(status, error, null);
            }
        }

        /// <summary>A document without progress.</summary>
        internal static Json PlainDocument(uint status, IntPtr json, IntPtr error)
        {
            string text = Utf8.Take(json);
            Plain(status, error);
            return Json.Parse(text);
        }

        private int Report(IntPtr data, IntPtr user)
        {
            // Nothing may be thrown through the library: it waits until the call has come back.
            try
            {
                receiver?.Report(ProgressEvent.From(data));
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
                return 1;
            }
            return cancel.IsCancellationRequested ? 1 : 0;
        }
    }
}
