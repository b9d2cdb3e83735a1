using System;
using System.Collections.Generic;
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

        /// <summary>What the image is called in the destination, where it is one alone; null as in the source.</summary>
        public string Name { get; set; }

        /// <summary>Its description there; null as in the source.</summary>
        public string Description { get; set; }

        /// <summary>Add the images to a destination that exists.</summary>
        public bool Append { get; set; }

        /// <summary>
        /// Image files whose contents are left out: the new file is a delta, opened with them as
        /// <see cref="OpenOptions.References"/>; null for none.
        /// </summary>
        public IReadOnlyCollection<string> DeltaFrom { get; set; }

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
                Name = memory.TextOrEmpty(Name),
                Description = memory.TextOrEmpty(Description),
                Append = Append ? 1u : 0u,
                DeltaFrom = memory.Texts(DeltaFrom),
                DeltaCount = Memory.Count(DeltaFrom),
            };
        }
    }
}
