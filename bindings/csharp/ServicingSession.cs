using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>A servicing run over one image file: add updates, plan, commit. One call at a time.</summary>
    public sealed partial class ServicingSession : IDisposable
    {
        private readonly SessionHandle handle;

        private ServicingSession(IntPtr handle)
        {
            this.handle = new SessionHandle(handle);
        }

        /// <summary>Opens an image file for servicing. Nothing is written before the commit.</summary>
        public static ServicingSession Open(string path, SessionOptions options = null)
        {
            Library.Check();
            using (var memory = new Memory())
            {
                Native.SessionOptions native = (options ?? new SessionOptions()).For(memory);
                uint status = NativeMethods.ww_session_open(
                    Utf8.Bytes(path), ref native, out IntPtr session, out IntPtr error);
                Call.Plain(status, error);
                return new ServicingSession(session);
            }
        }

        /// <summary>Closes it; what was not committed was never written.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
