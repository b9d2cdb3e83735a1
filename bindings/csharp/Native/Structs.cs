// Made by native.py from include/wimwright.h. Do not edit.
using System;
using System.Runtime.InteropServices;

namespace Wimwright.Native
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr References;
        internal UIntPtr ReferenceCount;
        internal IntPtr Parts;
        internal UIntPtr PartCount;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct VerifyOptions
    {
        internal UIntPtr StructSize;
        internal uint Threads;
        internal uint SkipIntegrity;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct EventData
    {
        internal UIntPtr StructSize;
        internal IntPtr Item;
        internal ulong FilesDone;
        internal ulong FilesTotal;
        internal ulong BytesDone;
        internal ulong BytesTotal;
        internal uint Phase;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Progress
    {
        internal UIntPtr StructSize;
        internal IntPtr Report;
        internal IntPtr User;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ExtractOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Paths;
        internal UIntPtr PathCount;
        internal uint Threads;
        internal uint Overwrite;
        internal IntPtr Metadata;
        internal uint Xattrs;
        internal uint DryRun;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ExportOptions
    {
        internal UIntPtr StructSize;
        internal uint Compression;
        internal uint CompressionLevel;
        internal uint ChunkSize;
        internal uint Solid;
        internal uint Integrity;
        internal uint Recompress;
        internal uint Replace;
        internal uint Threads;
        internal IntPtr Guid;
        internal IntPtr Name;
        internal IntPtr Description;
        internal uint Append;
        internal uint Reserved;
        internal IntPtr DeltaFrom;
        internal UIntPtr DeltaCount;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct SplitOptions
    {
        internal UIntPtr StructSize;
        internal uint Integrity;
        internal uint Replace;
        internal IntPtr Guid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CommitOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Output;
        internal ulong Timestamp;
        internal uint CompressionLevel;
        internal uint Threads;
        internal uint Integrity;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ImageProperties
    {
        internal UIntPtr StructSize;
        internal IntPtr Name;
        internal IntPtr Description;
        internal IntPtr Edition;
        internal IntPtr DisplayName;
        internal IntPtr DisplayDescription;
        internal uint Boot;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct DiffOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Paths;
        internal UIntPtr PathCount;
        internal uint Times;
        internal uint SkipRegistry;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CaptureOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Properties;
        internal IntPtr Packing;
        internal IntPtr Config;
        internal IntPtr Metadata;
        internal ulong Timestamp;
        internal uint NoExclusions;
        internal uint FixLinks;
        internal uint Reproducible;
        internal uint DryRun;
        internal uint Xattrs;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MountOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Overlay;
        internal uint ReadWrite;
        internal uint AllowOther;
        internal uint Threads;
        internal uint Reserved;
        internal IntPtr References;
        internal UIntPtr ReferenceCount;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct UnstageOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Output;
        internal IntPtr Temporary;
        internal IntPtr Indexes;
        internal UIntPtr IndexCount;
        internal uint DryRun;
        internal uint Reserved;
        internal IntPtr References;
        internal UIntPtr ReferenceCount;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct UnpackOptions
    {
        internal UIntPtr StructSize;
        internal uint KeepDeltas;
        internal uint DecodeManifests;
        internal IntPtr Dictionary;
        internal uint DryRun;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct SessionOptions
    {
        internal UIntPtr StructSize;
        internal uint Level;
        internal uint ContinueOnError;
        internal IntPtr Output;
        internal IntPtr Temporary;
        internal IntPtr Indexes;
        internal UIntPtr IndexCount;
        internal uint CompressionLevel;
        internal uint DryRun;
        internal uint Threads;
        internal uint ForceUndecided;
        internal uint AcceptPartial;
        internal uint Delivery;
        internal IntPtr References;
        internal UIntPtr ReferenceCount;
        internal IntPtr Receipt;
        internal uint AllowBrokenSignature;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct RefreshOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Cumulative;
        internal IntPtr SafeOs;
        internal IntPtr Setup;
        internal IntPtr Dotnet;
        internal IntPtr Indexes;
        internal UIntPtr IndexCount;
        internal IntPtr Receipts;
        internal IntPtr Iso;
        internal IntPtr Label;
        internal uint Level;
        internal uint ContinueOnError;
        internal uint AcceptPartial;
        internal uint ForceUndecided;
        internal uint DryRun;
        internal uint NoHardLinks;
        internal uint AllowBrokenSignature;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct SiteAddOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Name;
        internal IntPtr Version;
        internal IntPtr Comment;
        internal uint Index;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct SiteSetOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Name;
        internal IntPtr Version;
        internal IntPtr Comment;
        internal IntPtr Source;
        internal uint Keep;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ScheduleOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Updates;
        internal UIntPtr UpdateCount;
        internal IntPtr At;
        internal IntPtr Cron;
        internal IntPtr Zone;
        internal uint Selection;
        internal uint Level;
        internal uint ContinueOnError;
        internal uint UpdateDistributionPoints;
        internal uint RemoveSuperseded;
        internal uint AcceptPartial;
        internal uint ForceUndecided;
        internal uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PointOptions
    {
        internal UIntPtr StructSize;
        internal IntPtr Name;
        internal IntPtr Url;
        internal IntPtr Endpoint;
        internal IntPtr Region;
        internal IntPtr Credentials;
        internal uint AllowHttp;
        internal uint Reserved;
    }
}
