using Wimwright.Native;

namespace Wimwright
{
    /// <summary>What an image is called, and whether it boots. Null leaves a value as it is.</summary>
    public sealed class ImageProperties
    {
        /// <summary>Its name, which no other image of the file may have.</summary>
        public string Name { get; set; }

        /// <summary>Its description.</summary>
        public string Description { get; set; }

        /// <summary>Its edition, for example <c>Professional</c>.</summary>
        public string Edition { get; set; }

        /// <summary>Its name for people, where it differs.</summary>
        public string DisplayName { get; set; }

        /// <summary>Its description for people, where it differs.</summary>
        public string DisplayDescription { get; set; }

        /// <summary>Whether it is the image that boots.</summary>
        public Choice Boot { get; set; }

        internal Native.ImageProperties For(Memory memory)
        {
            return new Native.ImageProperties
            {
                StructSize = Memory.Size<Native.ImageProperties>(),
                Name = memory.TextOrEmpty(Name),
                Description = memory.TextOrEmpty(Description),
                Edition = memory.TextOrEmpty(Edition),
                DisplayName = memory.TextOrEmpty(DisplayName),
                DisplayDescription = memory.TextOrEmpty(DisplayDescription),
                Boot = (uint)Boot,
            };
        }
    }
}
