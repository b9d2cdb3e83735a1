using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>Sets the self-relative security descriptor; null or empty takes it away.</summary>
        public void SetSecurity(string path, byte[] descriptor)
        {
            uint status = NativeMethods.ww_overlay_set_security(
                handle, Utf8.Bytes(path), descriptor, (UIntPtr)(descriptor == null ? 0 : descriptor.Length), out IntPtr error);
            Call.Plain(status, error);
        }
    }
}
