using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>How a new image file is written. The defaults keep everything as it is in the source.</summary>
    public sealed class ExportOptions
    {
        /// <summary>How contents are compressed.</summary>
        public Compression Compression { get; set; }

        /// <summary>20 fast, 50 wimlib's default, 100 thorough; 0 for the default.</summary>
        public int CompressionLevel { get; set; }

        /// <summary>Bytes of a chunk; 0 for the default.</summary>
        public int ChunkSize { get; set; }

        /// <summary>Pack the contents together, as in an ESD.</summary>
        public bool Solid { get; set; }

        /// <summary>Whether there is an integrity table.</summary>
        public Choice Integrity { get; set; }

        /// <summary>Compress even what is stored the same way already.</summary>
        public bool Recompress { get; set; }

        /// <summary>Replace the destination where it exists.</summary>
        public bool Replace { get; set; }

        /// <summary>Threads to use; 0 for one for each core.</summary>
        public int Threads { get; set; }

        /// <summary>What the new file is named; null for a random name.</summary>
        public Guid? Guid { get; set; }

        internal Native.ExportOptions For(Memory memory)
        {
            return new Native.ExportOptions
            {
                StructSize = Memory.Size<Native.ExportOptions>(),
                Compression = (uint)Compression,
                CompressionLevel = checked((uint)CompressionLevel),
                ChunkSize = checked((uint)ChunkSize),
                Solid = Solid ? 1u : 0u,
                Integrity = (uint)Integrity,
                Recompress = Recompress ? 1u : 0u,
                Replace = Replace ? 1u : 0u,
                Threads = checked((uint)Threads),
                Guid = memory.Guid(Guid),
            };
        }
    }
}
