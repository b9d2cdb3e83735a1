using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>What a medium is brought up to date with, and how. An update that is null is not given.</summary>
    public sealed class RefreshOptions
    {
        /// <summary>The cumulative update, or a folder that holds it with its checkpoints and nothing else.</summary>
        public string Cumulative { get; set; }

        /// <summary>The Safe OS Dynamic Update, for Windows RE.</summary>
        public string SafeOs { get; set; }

        /// <summary>The Setup Dynamic Update, for the medium's <c>sources</c>.</summary>
        public string Setup { get; set; }

        /// <summary>The cumulative update of .NET.</summary>
        public string DotNet { get; set; }

        /// <summary>The images of the install image to service, from 1; null for all.</summary>
        public int[] Indexes { get; set; }

        /// <summary>How far packages are serviced: Stage or Install.</summary>
        public ServicingLevel Level { get; set; } = ServicingLevel.Stage;

        /// <summary>Leave out what fails and go on with the rest.</summary>
        public bool ContinueOnError { get; set; }

        /// <summary>At level install, carry out what can be also of a package that asks for more.</summary>
        public bool AcceptPartial { get; set; }

        /// <summary>Lay in what cannot be decided to apply or not, instead of leaving it out.</summary>
        public bool ForceUndecided { get; set; }

        /// <summary>Find out what would be done and write nothing.</summary>
        public bool DryRun { get; set; }

        /// <summary>Copy files that stay as they are instead of making hard links of the medium's own.</summary>
        public bool NoHardLinks { get; set; }

        /// <summary>Take updates also whose signature is broken.</summary>
        public bool AllowBrokenSignature { get; set; }

        /// <summary>The folder that receives the receipts; null for one beside the new tree.</summary>
        public string Receipts { get; set; }

        /// <summary>An ISO image to make of the new tree, with the program xorriso; null for none.</summary>
        public string Iso { get; set; }

        /// <summary>The ISO image's volume label; null for a general one.</summary>
        public string Label { get; set; }

        internal Native.RefreshOptions For(Memory memory)
        {
            uint[] indexes = Indexes == null ? null : Array.ConvertAll(Indexes, index => checked((uint)index));
            return new Native.RefreshOptions
            {
                StructSize = Memory.Size<Native.RefreshOptions>(),
                Cumulative = memory.Text(Cumulative),
                SafeOs = memory.Text(SafeOs),
                Setup = memory.Text(Setup),
                Dotnet = memory.Text(DotNet),
                Indexes = memory.Numbers(indexes),
                IndexCount = (UIntPtr)(indexes == null ? 0 : indexes.Length),
                Receipts = memory.Text(Receipts),
                Iso = memory.Text(Iso),
                Label = memory.Text(Label),
                Level = (uint)Level,
                ContinueOnError = ContinueOnError ? 1u : 0u,
                AcceptPartial = AcceptPartial ? 1u : 0u,
                ForceUndecided = ForceUndecided ? 1u : 0u,
                DryRun = DryRun ? 1u : 0u,
                NoHardLinks = NoHardLinks ? 1u : 0u,
                AllowBrokenSignature = AllowBrokenSignature ? 1u : 0u,
            };
        }
    }
}
