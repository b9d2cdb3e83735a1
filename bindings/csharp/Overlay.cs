using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>
    /// One image and the changes made to it, kept in memory until <see cref="Commit(CommitOptions, IProgress{ProgressEvent},
    /// System.Threading.CancellationToken)"/>. One call at a time.
    /// </summary>
    public sealed partial class Overlay : IDisposable
    {
        private readonly OverlayHandle handle;

        internal Overlay(IntPtr handle)
        {
            this.handle = new OverlayHandle(handle);
        }

        /// <summary>Closes it; what was not committed was never written.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
