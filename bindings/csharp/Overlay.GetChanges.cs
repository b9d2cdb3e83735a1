using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Overlay
    {
        /// <summary>How many things were changed so far.</summary>
        public OverlayChanges GetChanges()
        {
            uint status = NativeMethods.ww_overlay_changes(handle, out IntPtr json, out IntPtr error);
            return new OverlayChanges(Call.PlainDocument(status, json, error));
        }
    }
}
