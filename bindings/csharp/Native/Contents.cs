using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Wimwright.Native
{
    /// <summary>A stream that takes contents from the library.</summary>
    internal sealed class Contents
    {
        private readonly Stream stream;
        private byte[] buffer = new byte[0];
        private ExceptionDispatchInfo thrown;

        internal readonly NativeMethods.Write Write;

        internal Contents(Stream stream)
        {
            this.stream = stream ?? throw new ArgumentNullException(nameof(stream));
            Write = Take;
        }

        internal void Check(uint status, IntPtr error)
        {
            GC.KeepAlive(Write);
            WimwrightException failure = status == 0 ? null : WimwrightException.Take(status, error, null);
            thrown?.Throw();
            if (failure != null)
            {
                throw failure;
            }
        }

        private int Take(IntPtr data, UIntPtr size, IntPtr user)
        {
            try
            {
                int length = checked((int)size);
                if (buffer.Length < length)
                {
                    buffer = new byte[length];
                }
                Marshal.Copy(data, buffer, 0, length);
                stream.Write(buffer, 0, length);
                return 0;
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
                return 1;
            }
        }
    }
}
