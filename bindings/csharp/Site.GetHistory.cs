using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>The runs of a package, the newest first; also of one that was removed, by its name.</summary>
        /// <param name="package">The package's name or number.</param>
        public IReadOnlyList<ServicingRun> GetHistory(string package)
        {
            uint status = NativeMethods.ww_site_history(
                handle, Utf8.Bytes(package), out IntPtr json, out IntPtr error);
            return new ServicingRunList(Call.PlainDocument(status, json, error)).Runs;
        }
    }
}
