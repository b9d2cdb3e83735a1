using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>One property of an image by its path in the XML data, for example <c>WINDOWS/VERSION/BUILD</c>.</summary>
        /// <exception cref="WimwrightException">There is no such image or property.</exception>
        public string GetProperty(int index, string name)
        {
            uint status = NativeMethods.ww_wim_property(
                handle, checked((uint)index), Utf8.Bytes(name), out IntPtr value, out IntPtr error);
            string text = Utf8.Take(value);
            Call.Plain(status, error);
            return text;
        }
    }
}
