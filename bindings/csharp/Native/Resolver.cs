#if NET5_0_OR_GREATER
using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Wimwright.Native
{
    /// <summary>Finds the native library in <c>runtimes/RID/native</c> below the assembly where it is not beside it.</summary>
    internal static class Resolver
    {
        internal static void Register()
        {
            NativeLibrary.SetDllImportResolver(typeof(Resolver).Assembly, Find);
        }

        private static IntPtr Find(string name, Assembly assembly, DllImportSearchPath? path)
        {
            if (name != NativeMethods.Library)
            {
                return IntPtr.Zero;
            }
            bool windows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);
            bool mac = RuntimeInformation.IsOSPlatform(OSPlatform.OSX);
            string rid = (windows ? "win-" : mac ? "osx-" : "linux-")
                + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            string file = windows ? "wimwright.dll" : mac ? "libwimwright.dylib" : "libwimwright.so";
            string place = Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "native", file);
            return File.Exists(place) ? NativeLibrary.Load(place) : IntPtr.Zero;
        }
    }
}
#endif
