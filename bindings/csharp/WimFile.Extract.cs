using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Writes the files of an image below a folder, which is made where it is missing.</summary>
        /// <param name="index">The image, from 1.</param>
        /// <param name="destination">The folder.</param>
        /// <param name="paths">Files and folders of the image; null for all of it.</param>
        /// <param name="overwrite">Replace files that exist.</param>
        /// <param name="threads">Threads to use; 0 for one for each core.</param>
        /// <param name="metadata">A file that keeps what a folder cannot hold, for a capture to take it back; null for none.</param>
        /// <param name="extendedAttributes">Give files Linux' extended attributes that the image holds; on Linux only.</param>
        /// <param name="dryRun">Check everything and write nothing.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        /// <exception cref="WimwrightException">
        /// Something could not be written; where the work came to its end, its report is in
        /// <see cref="WimwrightException.Report"/>.
        /// </exception>
        public ExtractReport Extract(
            int index, string destination, IReadOnlyCollection<string> paths = null, bool overwrite = false,
            int threads = 0, string metadata = null, bool extendedAttributes = false, bool dryRun = false,
            IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                var options = default(Native.ExtractOptions);
                options.StructSize = Memory.Size<Native.ExtractOptions>();
                options.Paths = memory.Texts(paths);
                options.PathCount = Memory.Count(paths);
                options.Threads = checked((uint)threads);
                options.Overwrite = overwrite ? 1u : 0u;
                options.Metadata = memory.Text(metadata);
                options.Xattrs = extendedAttributes ? 1u : 0u;
                options.DryRun = dryRun ? 1u : 0u;
                uint status = NativeMethods.ww_wim_extract(
                    handle, checked((uint)index), Utf8.Bytes(destination), ref options, ref call.Progress,
                    out IntPtr json, out IntPtr error);
                return new ExtractReport(call.Document(status, json, error));
            }
        }
    }
}
