using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>How a session services an image.</summary>
    public sealed class SessionOptions
    {
        /// <summary>How far packages are serviced.</summary>
        public ServicingLevel Level { get; set; } = ServicingLevel.Stage;

        /// <summary>Leave out an update that fails and go on with the others.</summary>
        public bool ContinueOnError { get; set; }

        /// <summary>The file to write; null changes the image in place.</summary>
        public string Output { get; set; }

        /// <summary>The folder for contents that do not fit in memory; null for the system's own.</summary>
        public string Temporary { get; set; }

        /// <summary>The images to service, from 1; null for all.</summary>
        public int[] Indexes { get; set; }

        /// <summary>The compressor's level for new contents; 0 takes a fast one.</summary>
        public int CompressionLevel { get; set; }

        /// <summary>Decode, verify and plan, but write nothing.</summary>
        public bool DryRun { get; set; }

        /// <summary>Threads to use; 0 for one for each core.</summary>
        public int Threads { get; set; }

        /// <summary>Lay in what cannot be decided to apply or not, instead of leaving it out.</summary>
        public bool ForceUndecided { get; set; }

        /// <summary>At level install, carry out what can be also of a package that asks for more.</summary>
        public bool AcceptPartial { get; set; }

        /// <summary>At level deliver, what makes Windows install the update.</summary>
        public Delivery Delivery { get; set; } = Delivery.ByForm;

        /// <summary>Image files that a delta WIM takes its other contents from; null for none.</summary>
        public IReadOnlyCollection<string> References { get; set; }

        /// <summary>A file that the commit writes the receipt to, whole or not at all; null for none.</summary>
        public string ReceiptPath { get; set; }

        /// <summary>Take updates also whose signature is broken.</summary>
        public bool AllowBrokenSignature { get; set; }

        internal Native.SessionOptions For(Memory memory)
        {
            uint[] indexes = Indexes == null ? null : Array.ConvertAll(Indexes, index => checked((uint)index));
            return new Native.SessionOptions
            {
                StructSize = Memory.Size<Native.SessionOptions>(),
                Level = (uint)Level,
                ContinueOnError = ContinueOnError ? 1u : 0u,
                Output = memory.Text(Output),
                Temporary = memory.Text(Temporary),
                Indexes = memory.Numbers(indexes),
                IndexCount = (UIntPtr)(indexes == null ? 0 : indexes.Length),
                CompressionLevel = checked((uint)CompressionLevel),
                DryRun = DryRun ? 1u : 0u,
                Threads = checked((uint)Threads),
                ForceUndecided = ForceUndecided ? 1u : 0u,
                AcceptPartial = AcceptPartial ? 1u : 0u,
                Delivery = (uint)Delivery,
                References = memory.Texts(References),
                ReferenceCount = Memory.Count(References),
                Receipt = memory.Text(ReceiptPath),
                AllowBrokenSignature = AllowBrokenSignature ? 1u : 0u,
            };
        }
    }
}
