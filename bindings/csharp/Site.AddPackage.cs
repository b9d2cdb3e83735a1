using System;
using System.Threading;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Adds a folder of Windows Setup's files as an upgrade package; the folder is only read.</summary>
        /// <param name="source">The folder that setup.exe lies in.</param>
        /// <param name="name">Its name, at most 50 characters.</param>
        /// <param name="version">Its version, free text.</param>
        /// <param name="comment">A comment.</param>
        /// <param name="index">The only index of its image to take, from 1; 0 for all.</param>
        /// <param name="progress">Told how far the work is, on the thread that made this call.</param>
        /// <param name="cancel">Ends the work with an <see cref="OperationCanceledException"/>.</param>
        public UpgradePackageDetails AddPackage(
            string source, string name, string version = null, string comment = null, int index = 0,
            IProgress<ProgressEvent> progress = null, CancellationToken cancel = default(CancellationToken))
        {
            var call = new Call(progress, cancel);
            using (var memory = new Memory())
            {
                var options = default(SiteAddOptions);
                options.StructSize = Memory.Size<SiteAddOptions>();
                options.Name = memory.Text(name);
                options.Version = memory.Text(version);
                options.Comment = memory.Text(comment);
                options.Index = checked((uint)index);
                uint status = NativeMethods.ww_site_package_add(
                    handle, Utf8.Bytes(source), ref options, ref call.Progress, out IntPtr json,
                    out IntPtr error);
                return new UpgradePackageDetails(call.Document(status, json, error));
            }
        }
    }
}
