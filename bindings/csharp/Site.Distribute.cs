using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Sends a package's published version to distribution points: what they lack.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="points">The points' names; null for those that have the package.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        /// <exception cref="WimwrightException">
        /// A point failed; the others were tried all the same, and how all stand is in
        /// <see cref="WimwrightException.Report"/>.
        /// </exception>
        public IReadOnlyList<ContentDistribution> Distribute(
            string package, IReadOnlyCollection<string> points = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                uint status = NativeMethods.ww_site_distribute(
                    handle, Utf8.Bytes(package), List(points, memory), Count(points), ref call.Progress,
                    out IntPtr json, out IntPtr error);
                return new ContentDistributionList(call.Document(status, json, error)).Distributions;
            }
        }
    }
}
