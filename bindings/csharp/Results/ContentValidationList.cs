// Made by records.py from docs/schema/site-validate.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-validate.v1</c>.</summary>
    public sealed class ContentValidationList
    {
        internal ContentValidationList(Json json)
        {
            Validations = json["validations"].List(item => (item.IsNull ? null : new ContentValidation(item)));
        }

        /// <summary>An entry for each point.</summary>
        public IReadOnlyList<ContentValidation> Validations { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ContentValidation
    {
        internal ContentValidation(Json json)
        {
            Point = json["point"].Text;
            Package = json["package"].Text;
            Version = json["version"].Number;
            Published = json["published"].Number.GetValueOrDefault();
            Blobs = json["blobs"].Number.GetValueOrDefault();
            Bytes = json["bytes"].Number.GetValueOrDefault();
            Problems = json["problems"].List(item => (item.IsNull ? null : new ContentValidationProblem(item)));
        }

        /// <summary>The distribution point.</summary>
        public string Point { get; }

        /// <summary>The package.</summary>
        public string Package { get; }

        /// <summary>The version that is there; null where no list says so.</summary>
        public long? Version { get; }

        /// <summary>The version that is published in the site.</summary>
        public long Published { get; }

        /// <summary>Contents that were hashed.</summary>
        public long Blobs { get; }

        /// <summary>Their bytes.</summary>
        public long Bytes { get; }

        /// <summary>What is wrong, file by file.</summary>
        public IReadOnlyList<ContentValidationProblem> Problems { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ContentValidationProblem
    {
        internal ContentValidationProblem(Json json)
        {
            Path = json["path"].Text;
            Sha256 = json["sha256"].Text;
            Kind = json["kind"].Text;
            Reason = json["reason"].Text;
        }

        /// <summary>Path in the package, or the list's key.</summary>
        public string Path { get; }

        /// <summary>The digest that it is to have.</summary>
        public string Sha256 { get; }

        /// <summary>The kind of the error.</summary>
        public string Kind { get; }

        /// <summary>What is wrong, in a sentence.</summary>
        public string Reason { get; }
    }
}
