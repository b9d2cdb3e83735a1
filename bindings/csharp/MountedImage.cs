using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>
    /// An image that this process has mounted on a folder and serves (Linux). When the process ends, changes stay in their
    /// overlay folder.
    /// </summary>
    public sealed partial class MountedImage : IDisposable
    {
        private readonly MountHandle handle;

        private MountedImage(IntPtr handle)
        {
            this.handle = new MountHandle(handle);
        }

        /// <summary>Unmounts it where it is mounted still; changes are kept in their folder.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
