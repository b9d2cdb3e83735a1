using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class MountedImage
    {
        /// <summary>Mounts an image on a folder.</summary>
        /// <param name="path">The image file.</param>
        /// <param name="index">The image, from 1.</param>
        /// <param name="directory">The folder to mount on.</param>
        /// <param name="readWrite">Whether the image can be changed.</param>
        /// <param name="overlay">The folder that takes the changes, a new or empty one; null for one of the user's own.</param>
        /// <param name="threads">Threads to use; 0 for one more than there are cores.</param>
        /// <param name="allowOther">Whether other users may look into it too.</param>
        /// <param name="references">Image files that a delta WIM takes its other contents from; null for none.</param>
        /// <exception cref="WimwrightException">
        /// Of the kind NotAvailable on other systems than Linux: overlays and extracting do without a mount.
        /// </exception>
        public static MountedImage Open(
            string path, int index, string directory, bool readWrite = false, string overlay = null, int threads = 0,
            bool allowOther = false, IReadOnlyCollection<string> references = null)
        {
            Library.Check();
            using (var memory = new Memory())
            {
                var options = default(MountOptions);
                options.StructSize = Memory.Size<MountOptions>();
                options.Overlay = memory.Text(overlay);
                options.ReadWrite = readWrite ? 1u : 0u;
                options.Threads = checked((uint)threads);
                options.AllowOther = allowOther ? 1u : 0u;
                options.References = memory.Texts(references);
                options.ReferenceCount = Memory.Count(references);
                uint status = NativeMethods.ww_mount_open(
                    Utf8.Bytes(path), checked((uint)index), Utf8.Bytes(directory), ref options, out IntPtr mount,
                    out IntPtr error);
                Call.Plain(status, error);
                return new MountedImage(mount);
            }
        }
    }
}
