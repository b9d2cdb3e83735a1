using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class WimFile
    {
        /// <summary>Compares an image of this file with one of another: files, links, descriptors, keys and values.</summary>
        /// <param name="index">The image of this file, from 1.</param>
        /// <param name="after">The other file; it may be this one.</param>
        /// <param name="afterIndex">The image of the other file, from 1.</param>
        /// <param name="paths">Only what lies at or below these; null for everything.</param>
        /// <param name="times">Times of files and keys count too.</param>
        /// <param name="skipRegistry">Compare hives as files.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public ImageDifferences Compare(
            int index, WimFile after, int afterIndex, IReadOnlyCollection<string> paths = null, bool times = false,
            bool skipRegistry = false, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                var options = default(Native.DiffOptions);
                options.StructSize = Memory.Size<Native.DiffOptions>();
                options.Paths = memory.Texts(paths);
                options.PathCount = (UIntPtr)(paths == null ? 0 : paths.Count);
                options.Times = times ? 1u : 0u;
                options.SkipRegistry = skipRegistry ? 1u : 0u;
                uint status = NativeMethods.ww_wim_diff(
                    handle, checked((uint)index), after.handle, checked((uint)afterIndex), ref options,
                    ref call.Progress, out IntPtr json, out IntPtr error);
                return new ImageDifferences(call.Report(status, json, error));
            }
        }
    }
}
