using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>When a package is serviced, and with what. With neither a time nor an expression it is due at once.</summary>
    public sealed class ScheduleOptions
    {
        /// <summary>Which updates.</summary>
        public UpdateSelection Selection { get; set; }

        /// <summary>Updates by number, KB or file name, in the order to apply; for a selection of updates.</summary>
        public IReadOnlyCollection<string> Updates { get; set; }

        /// <summary>A time, as in 2026-11-24 02:00.</summary>
        public string At { get; set; }

        /// <summary>A cron expression, as in 0 3 * * TUE#2.</summary>
        public string Cron { get; set; }

        /// <summary>The zone of the time or expression, as in Europe/Berlin or UTC; null for this machine's.</summary>
        public string Zone { get; set; }

        /// <summary>How far packages are serviced.</summary>
        public ServicingLevel Level { get; set; }

        /// <summary>Leave out an update that fails and go on with the others.</summary>
        public bool ContinueOnError { get; set; }

        /// <summary>Send the new version to the distribution points that have the package.</summary>
        public bool UpdateDistributionPoints { get; set; }

        /// <summary>Take out of the image what earlier runs staged and newer updates supersede.</summary>
        public bool RemoveSuperseded { get; set; }

        /// <summary>At level install, carry out what can be also of a package that asks for more.</summary>
        public bool AcceptPartial { get; set; }

        /// <summary>Lay updates in also where it cannot be told whether they apply.</summary>
        public bool ForceUndecided { get; set; }

        internal Native.ScheduleOptions For(Memory memory)
        {
            return new Native.ScheduleOptions
            {
                StructSize = Memory.Size<Native.ScheduleOptions>(),
                Updates = memory.Texts(Updates),
                UpdateCount = (UIntPtr)(Updates?.Count ?? 0),
                At = memory.Text(At),
                Cron = memory.Text(Cron),
                Zone = memory.Text(Zone),
                Selection = (uint)Selection,
                Level = (uint)Level,
                ContinueOnError = ContinueOnError ? 1u : 0u,
                UpdateDistributionPoints = UpdateDistributionPoints ? 1u : 0u,
                RemoveSuperseded = RemoveSuperseded ? 1u : 0u,
                AcceptPartial = AcceptPartial ? 1u : 0u,
                ForceUndecided = ForceUndecided ? 1u : 0u,
            };
        }
    }
}
