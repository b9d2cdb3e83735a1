using System;
using Wimwright.Native;

namespace Wimwright
{
    /// <summary>The native library.</summary>
    public static class Library
    {
        /// <summary>Its version, for example <c>0.1.0</c>.</summary>
        public static string Version => Utf8.Text(NativeMethods.ww_version());

        /// <summary>Fails where the native library has another ABI than this assembly was written for.</summary>
        public static void Check()
        {
            uint version = NativeMethods.ww_abi_version();
            if (version != NativeMethods.AbiVersion)
            {
                throw new NotSupportedException(
                    $"the native library has ABI {version}, this assembly needs {NativeMethods.AbiVersion}");
            }
        }
    }
}
