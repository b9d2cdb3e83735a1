using System;
using Wimwright.Native;

namespace Wimwright
{
    public static partial class UpdatePackage
    {
        /// <summary>What an update file is. Nothing is rebuilt or written.</summary>
        public static UpdateInfo Inspect(string path)
        {
            Library.Check();
            uint status = NativeMethods.ww_update_inspect(Utf8.Bytes(path), out IntPtr json, out IntPtr error);
            return new UpdateInfo(Call.PlainDocument(status, json, error));
        }
    }
}
