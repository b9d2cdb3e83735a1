// Made by records.py from docs/schema/site-update-import.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-update-import.v1</c>.</summary>
    public sealed class UpdateImportReport
    {
        internal UpdateImportReport(Json json)
        {
            Imported = json["imported"].List(item => (item.IsNull ? null : new ImportedUpdate(item)));
            Present = json["present"].List(item => (item.IsNull ? null : new ImportedUpdate(item)));
            Failed = json["failed"].List(item => (item.IsNull ? null : new UpdateImportFailure(item)));
        }

        /// <summary>The updates that are new in the site.</summary>
        public IReadOnlyList<ImportedUpdate> Imported { get; }

        /// <summary>The updates that were there already.</summary>
        public IReadOnlyList<ImportedUpdate> Present { get; }

        /// <summary>Files that are no updates, or none that can be read.</summary>
        public IReadOnlyList<UpdateImportFailure> Failed { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class UpdateImportFailure
    {
        internal UpdateImportFailure(Json json)
        {
            Path = json["path"].Text;
            Kind = json["kind"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>The file.</summary>
        public string Path { get; }

        /// <summary>The kind of the error.</summary>
        public string Kind { get; }

        /// <summary>Why, in a sentence.</summary>
        public string Reason { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ImportedUpdate
    {
        internal ImportedUpdate(Json json)
        {
            Id = json["id"].Number.GetValueOrDefault();
            File = json["file"].Text;
            Size = json["size"].Number.GetValueOrDefault();
            Sha256 = json["sha256"].Text;
            Kb = json["kb"].Text;
            Title = json["title"].Text;
            Kind = json["kind"].Text;
            Architecture = json["architecture"].Text;
            ReleaseType = json["release_type"].Text;
            Class = json["class"].Text;
            Version = json["version"].Text;
            Created = json["created"].Text;
            Signature = json["signature"].Text;
            SignatureReason = json["signature_reason"].Text;
            Imported = json["imported"].Text;
            Identities = json["identities"].List(item => item.Text);
            Supersedes = json["supersedes"].List(item => item.Number.GetValueOrDefault());
            SupersededBy = json["superseded_by"].List(item => item.Number.GetValueOrDefault());
        }

        /// <summary>Its number in the site.</summary>
        public long Id { get; }

        /// <summary>The file's name.</summary>
        public string File { get; }

        /// <summary>Bytes.</summary>
        public long Size { get; }

        /// <summary>Digest of the file.</summary>
        public string Sha256 { get; }

        /// <summary>The knowledge-base article, where a package names one.</summary>
        public string Kb { get; }

        /// <summary>One line for people.</summary>
        public string Title { get; }

        /// <summary>What kind of container it is.</summary>
        public string Kind { get; }

        /// <summary>Processor architecture.</summary>
        public string Architecture { get; }

        /// <summary>Update, Security Update, .</summary>
        public string ReleaseType { get; }

        /// <summary>Servicing_stack, cumulative, dotnet or update.</summary>
        public string Class { get; }

        /// <summary>Version of its first package.</summary>
        public string Version { get; }

        /// <summary>When the package was made, as it says.</summary>
        public string Created { get; }

        /// <summary>How its signature stood at import: microsoft, valid, unknown, unsigned or broken; not checked, where an earlier version imported it.</summary>
        public string Signature { get; }

        /// <summary>Why, in a sentence.</summary>
        public string SignatureReason { get; }

        /// <summary>When it was imported.</summary>
        public string Imported { get; }

        /// <summary>The identities of its packages.</summary>
        public IReadOnlyList<string> Identities { get; }

        /// <summary>Numbers of imported updates that this one supersedes.</summary>
        public IReadOnlyList<long> Supersedes { get; }

        /// <summary>Numbers of imported updates that supersede this one.</summary>
        public IReadOnlyList<long> SupersededBy { get; }
    }
}
