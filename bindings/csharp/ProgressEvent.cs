using System;
using System.Runtime.InteropServices;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>One report of progress. Totals are 0 while unknown.</summary>
    public sealed class ProgressEvent
    {
        private ProgressEvent(EventData data)
        {
            Phase = (Phase)data.Phase;
            Item = Utf8.Text(data.Item);
            FilesDone = data.FilesDone;
            FilesTotal = data.FilesTotal;
            BytesDone = data.BytesDone;
            BytesTotal = data.BytesTotal;
        }

        /// <summary>What is being done. Later versions may add some.</summary>
        public Phase Phase { get; }

        /// <summary>The file or entry that was worked on; null when none is known.</summary>
        public string Item { get; }

        /// <summary>Files or entries done.</summary>
        public ulong FilesDone { get; }

        /// <summary>Files or entries in all.</summary>
        public ulong FilesTotal { get; }

        /// <summary>Bytes done, uncompressed.</summary>
        public ulong BytesDone { get; }

        /// <summary>Bytes in all, uncompressed.</summary>
        public ulong BytesTotal { get; }

        internal static ProgressEvent From(IntPtr data)
        {
            return new ProgressEvent((EventData)Marshal.PtrToStructure(data, typeof(EventData)));
        }
    }
}
