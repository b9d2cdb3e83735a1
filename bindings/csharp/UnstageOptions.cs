using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>How what a run staged is taken out: in place unless there is an output.</summary>
    public sealed class UnstageOptions
    {
        /// <summary>The file to write; null changes the image in place.</summary>
        public string Output { get; set; }

        /// <summary>The folder for contents that do not fit in memory; null for the system's own.</summary>
        public string Temporary { get; set; }

        /// <summary>The images, from 1; null for all that the receipt names.</summary>
        public int[] Indexes { get; set; }

        /// <summary>Check everything and write nothing.</summary>
        public bool DryRun { get; set; }

        /// <summary>Image files that a delta WIM takes its other contents from; null for none.</summary>
        public IReadOnlyCollection<string> References { get; set; }

        internal Native.UnstageOptions For(Memory memory)
        {
            uint[] indexes = Indexes == null ? null : Array.ConvertAll(Indexes, index => checked((uint)index));
            return new Native.UnstageOptions
            {
                StructSize = Memory.Size<Native.UnstageOptions>(),
                Output = memory.Text(Output),
                Temporary = memory.Text(Temporary),
                Indexes = memory.Numbers(indexes),
                IndexCount = (UIntPtr)(indexes == null ? 0 : indexes.Length),
                DryRun = DryRun ? 1u : 0u,
                References = memory.Texts(References),
                ReferenceCount = Memory.Count(References),
            };
        }
    }
}
