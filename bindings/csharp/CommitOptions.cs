using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>How changes are written: in place unless there is an output.</summary>
    public sealed class CommitOptions
    {
        /// <summary>The file to write; null changes the file in place.</summary>
        public string Output { get; set; }

        /// <summary>The time of modification that changed images get; null for now.</summary>
        public DateTime? Timestamp { get; set; }

        /// <summary>The compressor's level for new contents; 0 takes a fast one.</summary>
        public int CompressionLevel { get; set; }

        /// <summary>Threads to use; 0 for one for each core.</summary>
        public int Threads { get; set; }

        /// <summary>Whether there is an integrity table afterwards.</summary>
        public Choice Integrity { get; set; }

        internal Native.CommitOptions For(Memory memory)
        {
            return new Native.CommitOptions
            {
                StructSize = Memory.Size<Native.CommitOptions>(),
                Output = memory.Text(Output),
                Timestamp = Timestamp == null ? 0ul : checked((ulong)Timestamp.Value.ToFileTimeUtc()),
                CompressionLevel = checked((uint)CompressionLevel),
                Threads = checked((uint)Threads),
                Integrity = (uint)Integrity,
            };
        }
    }
}
