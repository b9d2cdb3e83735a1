using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>What the file and its images are.</summary>
        public ImageFileInfo GetInfo()
        {
            uint status = NativeMethods.ww_wim_info(handle, out IntPtr json, out IntPtr error);
            return new ImageFileInfo(Call.PlainDocument(status, json, error));
        }
    }
}
