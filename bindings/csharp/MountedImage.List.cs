using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class MountedImage
    {
        /// <summary>The mounts of this user.</summary>
        /// <param name="cleanUp">Clean up what crashes left; changes stay in their folders.</param>
        public static IReadOnlyList<MountInfo> List(bool cleanUp = false)
        {
            Library.Check();
            uint status = NativeMethods.ww_mounts(cleanUp ? 1u : 0u, out IntPtr json, out IntPtr error);
            return new MountList(Call.PlainDocument(status, json, error)).Mounts;
        }
    }
}
