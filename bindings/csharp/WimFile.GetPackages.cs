using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>The packages of an image, how far each is installed, and whether the image may be serviced.</summary>
        /// <param name="index">The image, from 1.</param>
        /// <param name="all">Superseded and absent packages too.</param>
        public ImagePackages GetPackages(int index, bool all = false)
        {
            uint status = NativeMethods.ww_wim_packages(
                handle, checked((uint)index), all ? 1u : 0u, out IntPtr json, out IntPtr error);
            return new ImagePackages(Call.PlainDocument(status, json, error));
        }
    }
}
