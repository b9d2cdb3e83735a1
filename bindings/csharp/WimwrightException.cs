using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>What went wrong in a call of the library.</summary>
    public sealed class WimwrightException : Exception
    {
        private WimwrightException(ErrorKind kind, string message, int hresult, string path, string report)
            : base(message)
        {
            Kind = kind;
            HResult = hresult;
            Path = path;
            Report = report;
        }

        /// <summary>What went wrong, to branch on.</summary>
        public ErrorKind Kind { get; }

        /// <summary>The file or entry concerned; null when none is known.</summary>
        public string Path { get; }

        /// <summary>The JSON report of work that went on to its end all the same; null where there is none.</summary>
        public string Report { get; }

        internal static WimwrightException Take(uint status, IntPtr error, string report)
        {
            try
            {
                string message = Utf8.Text(NativeMethods.ww_error_message(error)) ?? "the call failed";
                int hresult = unchecked((int)NativeMethods.ww_error_hresult(error));
                string path = Utf8.Text(NativeMethods.ww_error_path(error));
                return new WimwrightException((ErrorKind)status, message, hresult, path, report);
            }
            finally
            {
                NativeMethods.ww_error_free(error);
            }
        }
    }
}
