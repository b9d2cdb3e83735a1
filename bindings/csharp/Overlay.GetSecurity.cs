using System;
using System.IO;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>The self-relative security descriptor of an entry; null where it has none.</summary>
        public byte[] GetSecurity(string path)
        {
            using (var destination = new MemoryStream())
            {
                var contents = new Contents(destination);
                uint status = NativeMethods.ww_overlay_security(
                    handle, Utf8.Bytes(path), contents.Write, IntPtr.Zero, out IntPtr error);
                contents.Check(status, error);
                return destination.Length == 0 ? null : destination.ToArray();
            }
        }
    }
}
