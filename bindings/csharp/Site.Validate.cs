using System;
using System.Collections.Generic;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Hashes a package's content on distribution points again. What is wrong is in the report, not thrown.</summary>
        /// <param name="package">The package's name or number.</param>
        /// <param name="points">The points' names; null for those that have the package.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public IReadOnlyList<ContentValidation> Validate(
            string package, IReadOnlyCollection<string> points = null, IProgress<ProgressEvent> progress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                uint status = NativeMethods.ww_site_validate(
                    handle, Utf8.Bytes(package), List(points, memory), Count(points), ref call.Progress,
                    out IntPtr json, out IntPtr error);
                return new ContentValidationList(call.Report(status, json, error)).Validations;
            }
        }
    }
}
