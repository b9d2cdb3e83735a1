using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>What a capture takes from a folder, and how it is written.</summary>
    public sealed class CaptureOptions
    {
        /// <summary>What the image is called, and whether it boots; without a name it has the folder's.</summary>
        public ImageProperties Properties { get; set; }

        /// <summary>How contents are stored, and whether a file that exists is replaced.</summary>
        public ExportOptions Packing { get; set; }

        /// <summary>A configuration (exclusion list) in the format of DISM; null for Windows' own list.</summary>
        public string Config { get; set; }

        /// <summary>Leave nothing out.</summary>
        public bool NoExclusions { get; set; }

        /// <summary>The metadata file that an extraction made of the folder; null for none.</summary>
        public string Metadata { get; set; }

        /// <summary>When it is captured; null for now.</summary>
        public DateTime? Timestamp { get; set; }

        /// <summary>Whether absolute links into the folder count from the image's root.</summary>
        public Choice FixLinks { get; set; }

        /// <summary>The same folder gives the same bytes.</summary>
        public bool Reproducible { get; set; }

        /// <summary>Take Linux' extended attributes along; on Linux only.</summary>
        public bool ExtendedAttributes { get; set; }

        /// <summary>Look at the folder and write nothing.</summary>
        public bool DryRun { get; set; }

        internal Native.CaptureOptions For(Memory memory)
        {
            return new Native.CaptureOptions
            {
                StructSize = Memory.Size<Native.CaptureOptions>(),
                Properties = Properties == null ? IntPtr.Zero : memory.Struct(Properties.For(memory)),
                Packing = Packing == null ? IntPtr.Zero : memory.Struct(Packing.For(memory)),
                Config = memory.Text(Config),
                Metadata = memory.Text(Metadata),
                Timestamp = Timestamp == null ? 0ul : checked((ulong)Timestamp.Value.ToFileTimeUtc()),
                NoExclusions = NoExclusions ? 1u : 0u,
                FixLinks = (uint)FixLinks,
                Reproducible = Reproducible ? 1u : 0u,
                DryRun = DryRun ? 1u : 0u,
                Xattrs = ExtendedAttributes ? 1u : 0u,
            };
        }
    }
}
