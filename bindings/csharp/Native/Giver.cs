using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Wimwright.Native
{
    /// <summary>A stream that gives contents to the library.</summary>
    internal sealed class Giver
    {
        private readonly Stream stream;
        private byte[] buffer = new byte[0];
        private ExceptionDispatchInfo thrown;

        internal readonly NativeMethods.Read Read;

        internal Giver(Stream stream)
        {
            this.stream = stream ?? throw new ArgumentNullException(nameof(stream));
            Read = Give;
        }

        internal void Check(uint status, IntPtr error)
        {
            GC.KeepAlive(Read);
            WimwrightException failure = status == 0 ? null : WimwrightException.Take(status, error, null);
            thrown?.Throw();
            if (failure != null)
            {
                throw failure;
            }
        }

        private long Give(IntPtr data, UIntPtr size, IntPtr user)
        {
            try
            {
                int length = checked((int)size);
                if (buffer.Length < length)
                {
                    buffer = new byte[length];
                }
                int given = stream.Read(buffer, 0, length);
                Marshal.Copy(buffer, 0, data, given);
                return given;
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
                return -1;
            }
        }
    }
}
