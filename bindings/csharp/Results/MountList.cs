// Made by records.py from docs/schema/mounts.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.mounts.v1</c>.</summary>
    public sealed class MountList
    {
        internal MountList(Json json)
        {
            Mounts = json["mounts"].List(item => (item.IsNull ? null : new MountInfo(item)));
        }

        /// <summary>The mounts, the oldest first.</summary>
        public IReadOnlyList<MountInfo> Mounts { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class MountInfo
    {
        internal MountInfo(Json json)
        {
            Wim = json["wim"].Text;
            Index = json["index"].Number.GetValueOrDefault();
            Dir = json["dir"].Text;
            Mode = json["mode"].Text;
            State = json["state"].Text;
            Pid = json["pid"].Number.GetValueOrDefault();
            Overlay = json["overlay"].Text;
        }

        /// <summary>The image file.</summary>
        public string Wim { get; }

        /// <summary>The image.</summary>
        public long Index { get; }

        /// <summary>The folder it is mounted on.</summary>
        public string Dir { get; }

        /// <summary>Ro or rw.</summary>
        public string Mode { get; }

        /// <summary>Mounted, committing, recoverable (its process is gone, its changes wait) or stale (gone, no changes).</summary>
        public string State { get; }

        /// <summary>The process that serves it or did.</summary>
        public long Pid { get; }

        /// <summary>The folder that holds its changes.</summary>
        public string Overlay { get; }
    }
}
