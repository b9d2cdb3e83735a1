using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public static partial class UpdatePackage
    {
        /// <summary>Writes every file that an update delivers below a folder, rebuilt and checked.</summary>
        /// <param name="source">The update file.</param>
        /// <param name="destination">The folder.</param>
        /// <param name="keepDeltas">Write deltas and other intermediate members too.</param>
        /// <param name="dictionary">A <c>wcp.dll</c>; with it, compressed manifests are written as plain XML.</param>
        /// <param name="dryRun">Rebuild and check everything, and write nothing.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        /// <exception cref="WimwrightException">
        /// A file failed; where the work came to its end, its report is in <see cref="WimwrightException.Report"/>.
        /// </exception>
        public static UnpackReport Unpack(
            string source, string destination, bool keepDeltas = false, string dictionary = null, bool dryRun = false,
            IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            Library.Check();
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                var options = default(Native.UnpackOptions);
                options.StructSize = Memory.Size<Native.UnpackOptions>();
                options.KeepDeltas = keepDeltas ? 1u : 0u;
                options.DecodeManifests = dictionary == null ? 0u : 1u;
                options.Dictionary = memory.Text(dictionary);
                options.DryRun = dryRun ? 1u : 0u;
                uint status = NativeMethods.ww_update_unpack(
                    Utf8.Bytes(source), Utf8.Bytes(destination), ref options, ref call.Progress, out IntPtr json,
                    out IntPtr error);
                return new UnpackReport(call.Document(status, json, error));
            }
        }
    }
}
