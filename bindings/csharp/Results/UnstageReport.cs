// Made by records.py from docs/schema/unstage.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.unstage.v1</c>.</summary>
    public sealed class UnstageReport
    {
        internal UnstageReport(Json json)
        {
            Image = json["image"].Text;
            Output = json["output"].Text;
            Written = json["written"].Flag.GetValueOrDefault();
            Indexes = json["indexes"].List(item => (item.IsNull ? null : new UnstageReportIndex(item)));
            Commit = json["commit"].IsNull ? null : new UnstageReportCommit(json["commit"]);
            After = json["after"].IsNull ? null : new UnstageReportAfter(json["after"]);
        }

        /// <summary>The image that was read.</summary>
        public string Image { get; }

        /// <summary>The one that was written (the same in place).</summary>
        public string Output { get; }

        /// <summary>Whether it was.</summary>
        public bool Written { get; }

        /// <summary>The document's <c>indexes</c>.</summary>
        public IReadOnlyList<UnstageReportIndex> Indexes { get; }

        /// <summary>The document's <c>commit</c>.</summary>
        public UnstageReportCommit Commit { get; }

        /// <summary>The document's <c>after</c>.</summary>
        public UnstageReportAfter After { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UnstageReportAfter
    {
        internal UnstageReportAfter(Json json)
        {
            Size = json["size"].Number.GetValueOrDefault();
            Sha256 = json["sha256"].Text;
        }

        /// <summary>The image that was written.</summary>
        public long Size { get; }

        /// <summary>After is null when none was.</summary>
        public string Sha256 { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UnstageReportCommit
    {
        internal UnstageReportCommit(Json json)
        {
            AppendedBytes = json["appended_bytes"].Number.GetValueOrDefault();
            NewBlobs = json["new_blobs"].Number.GetValueOrDefault();
            DeduplicatedBlobs = json["deduplicated_blobs"].Number.GetValueOrDefault();
        }

        /// <summary>What was written; commit is null when nothing was.</summary>
        public long AppendedBytes { get; }

        /// <summary>What was written; commit is null when nothing was.</summary>
        public long NewBlobs { get; }

        /// <summary>What was written; commit is null when nothing was.</summary>
        public long DeduplicatedBlobs { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UnstageReportIndex
    {
        internal UnstageReportIndex(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Files = json["files"].Number.GetValueOrDefault();
            Folders = json["folders"].Number.GetValueOrDefault();
            FoldersLeft = json["folders_left"].List(item => item.Text);
            Packages = json["packages"].List(item => item.Text);
            Hives = json["hives"].List(item => item.Text);
        }

        /// <summary>The image.</summary>
        public long Index { get; }

        /// <summary>How many files were taken out.</summary>
        public long Files { get; }

        /// <summary>And folders that had been made for them.</summary>
        public long Folders { get; }

        /// <summary>Such folders that are left, because something else lies in them.</summary>
        public IReadOnlyList<string> FoldersLeft { get; }

        /// <summary>The packages whose registration was taken back.</summary>
        public IReadOnlyList<string> Packages { get; }

        /// <summary>The hives that were brought back to what they said.</summary>
        public IReadOnlyList<string> Hives { get; }
    }
}
