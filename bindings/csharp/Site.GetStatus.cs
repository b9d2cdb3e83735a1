using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>What is known of updates and a package's published version.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="index">Only this index, from 1; 0 for all.</param>
        public IReadOnlyList<UpdateStatus> GetStatus(string package, int index = 0)
        {
            uint status = NativeMethods.ww_site_status(
                handle, Utf8.Bytes(package), checked((uint)index), out IntPtr json, out IntPtr error);
            return new UpdateStatusList(Call.PlainDocument(status, json, error)).Updates;
        }
    }
}
