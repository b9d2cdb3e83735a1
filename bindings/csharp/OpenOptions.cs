using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>How an image file is opened.</summary>
    public sealed class OpenOptions
    {
        /// <summary>
        /// Image files that contents are taken from which the file does not hold, as a delta WIM leaves them out; <c>*</c> and
        /// <c>?</c> in a file's name stand for all that match.
        /// </summary>
        public IReadOnlyCollection<string> References { get; set; }

        /// <summary>The other parts of a split set; null to find them beside the first by its name.</summary>
        public IReadOnlyCollection<string> Parts { get; set; }

        internal Native.OpenOptions For(Memory memory)
        {
            return new Native.OpenOptions
            {
                StructSize = Memory.Size<Native.OpenOptions>(),
                References = memory.Texts(References),
                ReferenceCount = Memory.Count(References),
                Parts = memory.Texts(Parts),
                PartCount = Memory.Count(Parts),
            };
        }
    }
}
