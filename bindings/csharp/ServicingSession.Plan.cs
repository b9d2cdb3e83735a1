using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class ServicingSession
    {
        /// <summary>What would be done to each image, and why. Writes nothing.</summary>
        public ServicingPlan Plan()
        {
            uint status = NativeMethods.ww_session_plan(handle, out IntPtr json, out IntPtr error);
            return new ServicingPlan(Call.PlainDocument(status, json, error));
        }
    }
}
