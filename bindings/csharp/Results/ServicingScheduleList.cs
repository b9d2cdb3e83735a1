// Made by records.py from docs/schema/site-schedule-list.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-schedule-list.v1</c>.</summary>
    public sealed class ServicingScheduleList
    {
        internal ServicingScheduleList(Json json)
        {
            Schedules = json["schedules"].List(item => (item.IsNull ? null : new ServicingSchedule(item)));
        }

        /// <summary>The schedules, the oldest first.</summary>
        public IReadOnlyList<ServicingSchedule> Schedules { get; }
    }
}
