// Made by records.py from docs/schema/info.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.info.v1</c>.</summary>
    public sealed class ImageFileInfo
    {
        internal ImageFileInfo(Json json)
        {
            Path = json["path"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Guid = json["guid"].Text;
            FormatVersion = json["format_version"].Number.GetValueOrDefault();
            Compression = json["compression"].Text;
            ChunkSize = json["chunk_size"].Number.GetValueOrDefault();
            Solid = json["solid"].Flag.GetValueOrDefault();
            Pipable = json["pipable"].Flag.GetValueOrDefault();
            Parts = json["parts"].Number.GetValueOrDefault();
            BootIndex = json["boot_index"].Number.GetValueOrDefault();
            Integrity = json["integrity"].Flag.GetValueOrDefault();
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Images = json["images"].List(item => (item.IsNull ? null : new ImageFileInfoImage(item)));
        }

        /// <summary>The file.</summary>
        public string Path { get; }

        /// <summary>Of a split set the first part, and the bytes of all parts.</summary>
        public long Size { get; }

        /// <summary>The file's GUID, 32 digits.</summary>
        public string Guid { get; }

        /// <summary>The WIM format's version: 68864 (0x10d00), or 3584 (0xe00) with solid resources.</summary>
        public long FormatVersion { get; }

        /// <summary>None, xpress, lzx or lzms.</summary>
        public string Compression { get; }

        /// <summary>Bytes of a chunk.</summary>
        public long ChunkSize { get; }

        /// <summary>Whether there are solid resources.</summary>
        public bool Solid { get; }

        /// <summary>Whether it can be read from a pipe.</summary>
        public bool Pipable { get; }

        /// <summary>Parts of the split set.</summary>
        public long Parts { get; }

        /// <summary>The image that boots, 0 for none.</summary>
        public long BootIndex { get; }

        /// <summary>Whether it has an integrity table.</summary>
        public bool Integrity { get; }

        /// <summary>Distinct contents.</summary>
        public long Blobs { get; }

        /// <summary>The document's <c>images</c>.</summary>
        public IReadOnlyList<ImageFileInfoImage> Images { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImageFileInfoImage
    {
        internal ImageFileInfoImage(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Description = json["description"].Text;
            DisplayName = json["display_name"].Text;
            DisplayDescription = json["display_description"].Text;
            Flags = json["flags"].Text;
            Directories = json["directories"].Number.GetValueOrDefault();
            Files = json["files"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            HardLinkBytes = json["hard_link_bytes"].Number.GetValueOrDefault();
            Created = json["created"].Text;
            Modified = json["modified"].Text;
            Architecture = json["architecture"].Text;
            Version = json["version"].Text;
            Branch = json["branch"].Text;
            ProductName = json["product_name"].Text;
            Edition = json["edition"].Text;
            InstallationType = json["installation_type"].Text;
            ProductType = json["product_type"].Text;
            ProductSuite = json["product_suite"].Text;
            Languages = json["languages"].List(item => item.Text);
            DefaultLanguage = json["default_language"].Text;
            SystemRoot = json["system_root"].Text;
        }

        /// <summary>The image.</summary>
        public long Index { get; }

        /// <summary>From 1.</summary>
        public string Name { get; }

        /// <summary>As the XML data has them.</summary>
        public string Description { get; }

        /// <summary>As the XML data has them.</summary>
        public string DisplayName { get; }

        /// <summary>As the XML data has them.</summary>
        public string DisplayDescription { get; }

        /// <summary>As the XML data has them.</summary>
        public string Flags { get; }

        /// <summary>Counts and bytes as the XML data has them: each name of a hard-link group counts.</summary>
        public long Directories { get; }

        /// <summary>Counts and bytes as the XML data has them: each name of a hard-link group counts.</summary>
        public long Files { get; }

        /// <summary>Counts and bytes as the XML data has them: each name of a hard-link group counts.</summary>
        public long Bytes { get; }

        /// <summary>Counts and bytes as the XML data has them: each name of a hard-link group counts.</summary>
        public long HardLinkBytes { get; }

        /// <summary>When the image was captured and changed last.</summary>
        public string Created { get; }

        /// <summary>When the image was captured and changed last.</summary>
        public string Modified { get; }

        /// <summary>X86, arm, ia64, amd64, arm64, else Windows' number for it.</summary>
        public string Architecture { get; }

        /// <summary>Four numbers.</summary>
        public string Version { get; }

        /// <summary>The build's branch.</summary>
        public string Branch { get; }

        /// <summary>As the XML data has them: Professional, Client, .</summary>
        public string ProductName { get; }

        /// <summary>As the XML data has them: Professional, Client, .</summary>
        public string Edition { get; }

        /// <summary>As the XML data has them: Professional, Client, .</summary>
        public string InstallationType { get; }

        /// <summary>As the XML data has them: Professional, Client, .</summary>
        public string ProductType { get; }

        /// <summary>As the XML data has them: Professional, Client, .</summary>
        public string ProductSuite { get; }

        /// <summary>As in en-US.</summary>
        public IReadOnlyList<string> Languages { get; }

        /// <summary>As in en-US.</summary>
        public string DefaultLanguage { get; }

        /// <summary>The folder of Windows.</summary>
        public string SystemRoot { get; }
    }
}
