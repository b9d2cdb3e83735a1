using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Wimwright.Native
{
    /// <summary>Text both ways. A lone surrogate goes as its three bytes (WTF-8), so every name in an image can be said.</summary>
    internal static class Utf8
    {
        /// <summary>NUL-terminated UTF-8; null for null.</summary>
        internal static byte[] Bytes(string text)
        {
            if (text == null)
            {
                return null;
            }
            if (text.IndexOf('\0') >= 0)
            {
                throw new ArgumentException("the text holds a NUL", nameof(text));
            }
            var bytes = new List<byte>(text.Length + 1);
            for (int at = 0; at < text.Length; at++)
            {
                if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
                {
                    bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at++, 2)));
                }
                else if (char.IsSurrogate(text[at]))
                {
                    bytes.Add(0xED);
                    bytes.Add((byte)(0x80 | ((text[at] >> 6) & 0x3F)));
                    bytes.Add((byte)(0x80 | (text[at] & 0x3F)));
                }
                else
                {
                    bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, 1)));
                }
            }
            bytes.Add(0);
            return bytes.ToArray();
        }

        /// <summary>The text at a pointer that the library keeps.</summary>
        internal static string Text(IntPtr pointer)
        {
            if (pointer == IntPtr.Zero)
            {
                return null;
            }
            int length = 0;
            while (Marshal.ReadByte(pointer, length) != 0)
            {
                length++;
            }
            var bytes = new byte[length];
            Marshal.Copy(pointer, bytes, 0, length);
            return Encoding.UTF8.GetString(bytes);
        }

        /// <summary>The text at a pointer that is ours now.</summary>
        internal static string Take(IntPtr pointer)
        {
            try
            {
                return Text(pointer);
            }
            finally
            {
                NativeMethods.ww_string_free(pointer);
            }
        }
    }
}
