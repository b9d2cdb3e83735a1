using System;
using System.Collections.Generic;
using System.Linq;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>
    /// Upgrade packages: the folder that keeps them, with updates, schedules, servicing runs and distribution points. Any
    /// number of threads may use it at once, and any number of processes the folder.
    /// </summary>
    public sealed partial class Site : IDisposable
    {
        private readonly SiteHandle handle;

        private Site(IntPtr handle)
        {
            this.handle = new SiteHandle(handle);
        }

        /// <summary>Makes a site in a folder, which must be empty or not be there yet, and opens it.</summary>
        public static Site Create(string path)
        {
            Library.Check();
            uint status = NativeMethods.ww_site_init(Utf8.Bytes(path), out IntPtr site, out IntPtr error);
            Call.Plain(status, error);
            return new Site(site);
        }

        /// <summary>Opens the site in a folder.</summary>
        public static Site Open(string path)
        {
            Library.Check();
            uint status = NativeMethods.ww_site_open(Utf8.Bytes(path), out IntPtr site, out IntPtr error);
            Call.Plain(status, error);
            return new Site(site);
        }

        /// <summary>Closes it.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        private static IntPtr[] List(IReadOnlyCollection<string> texts, Memory memory)
        {
            return texts?.Select(memory.TextOrEmpty).ToArray();
        }

        private static UIntPtr Count(IReadOnlyCollection<string> texts)
        {
            return (UIntPtr)(texts?.Count ?? 0);
        }
    }
}
