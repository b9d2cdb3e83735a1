using System;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class ServicingSession
    {
        /// <summary>The receipt of the last commit.</summary>
        public Receipt GetReceipt()
        {
            uint status = NativeMethods.ww_session_receipt(handle, out IntPtr json, out IntPtr error);
            return new Receipt(Call.PlainDocument(status, json, error));
        }

        /// <summary>The receipt of the last commit, as its JSON document.</summary>
        public string GetReceiptJson()
        {
            uint status = NativeMethods.ww_session_receipt(handle, out IntPtr json, out IntPtr error);
            string text = Utf8.Take(json);
            Call.Plain(status, error);
            return text;
        }
    }
}
