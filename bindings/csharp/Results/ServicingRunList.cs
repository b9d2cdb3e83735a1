// Made by records.py from docs/schema/site-run.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-run.v1</c>.</summary>
    public sealed class ServicingRunList
    {
        internal ServicingRunList(Json json)
        {
            Runs = json["runs"].List(item => (item.IsNull ? null : new ServicingRun(item)));
        }

        /// <summary>The runs.</summary>
        public IReadOnlyList<ServicingRun> Runs { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ServicingRun
    {
        internal ServicingRun(Json json)
        {
            Id = json["id"].Number.GetValueOrDefault();
            Package = json["package"].Number.GetValueOrDefault();
            PackageName = json["package_name"].Text;
            Schedule = json["schedule"].Number;
            Started = json["started"].Text;
            Finished = json["finished"].Text;
            Status = json["status"].Number.GetValueOrDefault();
            Phase = json["phase"].Text;
            Attempts = json["attempts"].Number.GetValueOrDefault();
            FromVersion = json["from_version"].Number.GetValueOrDefault();
            ToVersion = json["to_version"].Number;
            FailedUpdate = json["failed_update"].Text;
            ErrorCode = json["error_code"].Text;
            Message = json["message"].Text;
            Owner = json["owner"].Text;
            Level = json["level"].Text;
            Receipt = json["receipt"].Text;
            Updates = json["updates"].List(item => (item.IsNull ? null : new ServicingRunUpdate(item)));
            Superseded = json["superseded"].List(item => (item.IsNull ? null : new SupersededUpdate(item)));
            TakenBack = json["taken_back"].List(item => item.Number.GetValueOrDefault());
        }

        /// <summary>Its number in the site.</summary>
        public long Id { get; }

        /// <summary>The package's number.</summary>
        public long Package { get; }

        /// <summary>The package's name at that time.</summary>
        public string PackageName { get; }

        /// <summary>The schedule that it was for.</summary>
        public long? Schedule { get; }

        /// <summary>When it began.</summary>
        public string Started { get; }

        /// <summary>When it ended.</summary>
        public string Finished { get; }

        /// <summary>How it stands.</summary>
        public long Status { get; }

        /// <summary>What it was doing last.</summary>
        public string Phase { get; }

        /// <summary>How often it was begun: 1, and one more each time it was resumed.</summary>
        public long Attempts { get; }

        /// <summary>The version that it began with.</summary>
        public long FromVersion { get; }

        /// <summary>The version that it published.</summary>
        public long? ToVersion { get; }

        /// <summary>The update that failed first.</summary>
        public string FailedUpdate { get; }

        /// <summary>The HRESULT that it ended with, 0x...; 0 for success.</summary>
        public string ErrorCode { get; }

        /// <summary>What it ended with, in a sentence.</summary>
        public string Message { get; }

        /// <summary>The process that ran it last, host:id.</summary>
        public string Owner { get; }

        /// <summary>The level of service.</summary>
        public string Level { get; }

        /// <summary>The receipt's file in the site.</summary>
        public string Receipt { get; }

        /// <summary>What was done with each update and index.</summary>
        public IReadOnlyList<ServicingRunUpdate> Updates { get; }

        /// <summary>Updates in the image that newer ones supersede, where the schedule asks to take such out.</summary>
        public IReadOnlyList<SupersededUpdate> Superseded { get; }

        /// <summary>Earlier runs whose work was taken back for that; what of it is not superseded was laid in again.</summary>
        public IReadOnlyList<long> TakenBack { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class SupersededUpdate
    {
        internal SupersededUpdate(Json json)
        {
            Update = json["update"].Number.GetValueOrDefault();
            File = json["file"].Text;
            Kb = json["kb"].Text;
            Indexes = json["indexes"].List(item => item.Number.GetValueOrDefault());
            SupersededBy = json["superseded_by"].List(item => item.Number.GetValueOrDefault());
            Removed = json["removed"].Flag.GetValueOrDefault();
            Reason = json["reason"].Text;
        }

        /// <summary>The update's number.</summary>
        public long Update { get; }

        /// <summary>Its file.</summary>
        public string File { get; }

        /// <summary>Its article.</summary>
        public string Kb { get; }

        /// <summary>The indexes that it was in.</summary>
        public IReadOnlyList<long> Indexes { get; }

        /// <summary>The updates in the image that supersede it, by number.</summary>
        public IReadOnlyList<long> SupersededBy { get; }

        /// <summary>Whether it was taken out.</summary>
        public bool Removed { get; }

        /// <summary>How, or why not, in a sentence.</summary>
        public string Reason { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class ServicingRunUpdate
    {
        internal ServicingRunUpdate(Json json)
        {
            Index = json["index"].Number.GetValueOrDefault();
            Update = json["update"].Number.GetValueOrDefault();
            File = json["file"].Text;
            Kb = json["kb"].Text;
            Identity = json["identity"].Text;
            Status = json["status"].Number.GetValueOrDefault();
            Decision = json["decision"].Text;
            Reason = json["reason"].Text;
            Hresult = json["hresult"].Text;
        }

        /// <summary>The index, from 1.</summary>
        public long Index { get; }

        /// <summary>The update's number.</summary>
        public long Update { get; }

        /// <summary>Its file.</summary>
        public string File { get; }

        /// <summary>Its article.</summary>
        public string Kb { get; }

        /// <summary>The package's identity.</summary>
        public string Identity { get; }

        /// <summary>The documented number, 0 to 5.</summary>
        public long Status { get; }

        /// <summary>The decision in a word.</summary>
        public string Decision { get; }

        /// <summary>Why, in a sentence.</summary>
        public string Reason { get; }

        /// <summary>The HRESULT of a refusal or failure, 0x.</summary>
        public string Hresult { get; }
    }
}
