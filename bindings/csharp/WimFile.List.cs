using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>What lies in a folder of an image; of a file, the file itself.</summary>
        /// <param name="index">The image, from 1.</param>
        /// <param name="path">From the root, with <c>\</c> or <c>/</c> between names; empty for the root.</param>
        /// <param name="recursive">Everything below it too.</param>
        public Listing List(int index, string path = "", bool recursive = false)
        {
            uint status = NativeMethods.ww_wim_list(
                handle, checked((uint)index), Utf8.Bytes(path), recursive ? 1u : 0u, out IntPtr json, out IntPtr error);
            return new Listing(Call.PlainDocument(status, json, error));
        }
    }
}
