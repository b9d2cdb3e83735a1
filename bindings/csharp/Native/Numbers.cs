// Made by native.py from include/wimwright.h. Do not edit.
namespace Wimwright
{
    /// <summary>What a call came to. The same numbers as the library's error kinds.</summary>
    public enum ErrorKind
    {
        /// <summary>Success.</summary>
        Ok = 0,

        /// <summary>A caller's argument makes no sense.</summary>
        InvalidArgument = 1,

        /// <summary>A file, image, entry or member that was asked for does not exist.</summary>
        NotFound = 2,

        /// <summary>Something is in the way of what was to be created.</summary>
        AlreadyExists = 3,

        /// <summary>The operating system reported an error that has no number of its own here.</summary>
        Io = 4,

        /// <summary>The disk or quota is full.</summary>
        NoSpace = 5,

        /// <summary>The operating system denied access.</summary>
        PermissionDenied = 6,

        /// <summary>The bytes do not follow their format.</summary>
        Malformed = 7,

        /// <summary>The data ends before the format says it should.</summary>
        Truncated = 8,

        /// <summary>A container's own checksum does not match its bytes.</summary>
        ChecksumMismatch = 9,

        /// <summary>Data does not have the digest that is declared for it.</summary>
        HashMismatch = 10,

        /// <summary>The format is known by name and not handled.</summary>
        Unsupported = 11,

        /// <summary>A size, count or depth from a file is over the library's limits.</summary>
        LimitExceeded = 12,

        /// <summary>The progress callback asked to stop.</summary>
        Cancelled = 13,

        /// <summary>Nothing of the update applies to the image.</summary>
        NotApplicable = 14,

        /// <summary>The update is for another processor architecture.</summary>
        ArchitectureMismatch = 15,

        /// <summary>The update is for another version of Windows.</summary>
        VersionMismatch = 16,

        /// <summary>The image has pending operations and may not be written.</summary>
        Pending = 17,

        /// <summary>Another process holds the file for writing, or another call is at work on the session.</summary>
        Busy = 18,

        /// <summary>A file that the package promises is not in it.</summary>
        MissingPayload = 19,

        /// <summary>A name would leave the destination.</summary>
        UnsafePath = 20,

        /// <summary>A defect of the library, caught before it could do harm.</summary>
        Internal = 21,

        /// <summary>A level or function that this version names but does not offer yet.</summary>
        NotAvailable = 22,

        /// <summary>Windows marked the image as one that cannot be serviced.</summary>
        Unserviceable = 23,
    }

    /// <summary>What long work is doing.</summary>
    public enum Phase
    {
        /// <summary>Reading headers and metadata.</summary>
        Open = 1,

        /// <summary>Re-hashing blobs.</summary>
        Verify = 2,

        /// <summary>Writing files to a folder.</summary>
        Extract = 3,

        /// <summary>Decoding cabinets.</summary>
        Unpack = 4,

        /// <summary>Working out what applies.</summary>
        Plan = 5,

        /// <summary>Laying payload into indexes.</summary>
        Stage = 6,

        /// <summary>Compressing and writing blobs.</summary>
        Write = 7,

        /// <summary>Hashing whole files.</summary>
        Hash = 8,

        /// <summary>Copying the image to its output.</summary>
        Copy = 9,

        /// <summary>Rebuilding files from deltas.</summary>
        Rebuild = 10,

        /// <summary>Comparing two images.</summary>
        Compare = 11,
    }

    /// <summary>How far packages are serviced.</summary>
    public enum ServicingLevel
    {
        /// <summary>Payload, manifests, packages and catalogs are laid into the component store.</summary>
        Stage = 0,

        /// <summary>The update itself is placed in the image, with what makes Windows install it.</summary>
        Deliver = 1,

        /// <summary>Best effort: also winners, hard links and registry keys; a package is installed whole or stays staged.</summary>
        Install = 2,
    }

    /// <summary>How contents are compressed in a new file.</summary>
    public enum Compression
    {
        /// <summary>As in the source.</summary>
        Keep = 0,

        /// <summary>Stored as they are.</summary>
        None = 1,

        /// <summary>XPRESS: fast, larger.</summary>
        Xpress = 2,

        /// <summary>LZX: what install.wim has.</summary>
        Lzx = 3,

        /// <summary>LZMS: what an ESD has.</summary>
        Lzms = 4,
    }

    /// <summary>Yes, no, or as it is.</summary>
    public enum Choice
    {
        /// <summary>As it is.</summary>
        Keep = 0,

        /// <summary>Yes.</summary>
        Yes = 1,

        /// <summary>No.</summary>
        No = 2,
    }

    /// <summary>What becomes of the changes of a mount.</summary>
    public enum MountEnding
    {
        /// <summary>They stay in their folder, to be committed or discarded later. What read-only mounts end with.</summary>
        Keep = 0,

        /// <summary>They are committed to the image file.</summary>
        Commit = 1,

        /// <summary>They are thrown away.</summary>
        Discard = 2,
    }

    /// <summary>What makes Windows install what level deliver places in an image.</summary>
    public enum Delivery
    {
        /// <summary>An answer file for a package (.cab), SetupComplete.cmd for an MSU.</summary>
        ByForm = 0,

        /// <summary>An answer file for the pass offlineServicing. It takes packages only.</summary>
        AnswerFile = 1,

        /// <summary>SetupComplete.cmd, which Windows Setup runs at its end.</summary>
        SetupComplete = 2,

        /// <summary>Both.</summary>
        Both = 3,
    }

    /// <summary>Which updates a schedule takes.</summary>
    public enum UpdateSelection
    {
        /// <summary>Those that are named, in this order.</summary>
        Updates = 0,

        /// <summary>All that are offered when it runs.</summary>
        AllApplicable = 1,

        /// <summary>The newest cumulative update that is offered when it runs.</summary>
        LatestCumulative = 2,
    }

    /// <summary>What a run over a site does.</summary>
    public enum RunMode
    {
        /// <summary>Resume what was interrupted, then run every schedule that is due.</summary>
        Due = 0,

        /// <summary>Resume what was interrupted.</summary>
        Resume = 1,

        /// <summary>Give up what was interrupted; what was published stays.</summary>
        Discard = 2,
    }
}
