using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Wimwright.Native
{
    /// <summary>Unmanaged memory for the strings and lists that an options struct points to.</summary>
    internal sealed class Memory : IDisposable
    {
        private readonly List<IntPtr> blocks = new List<IntPtr>();

        internal static UIntPtr Size<T>()
        {
            return (UIntPtr)Marshal.SizeOf(typeof(T));
        }

        internal IntPtr Text(string text)
        {
            return string.IsNullOrEmpty(text) ? IntPtr.Zero : Block(Utf8.Bytes(text));
        }

        internal IntPtr TextOrEmpty(string text)
        {
            return text == null ? IntPtr.Zero : Block(Utf8.Bytes(text));
        }

        internal IntPtr Guid(Guid? guid)
        {
            return guid == null ? IntPtr.Zero : Block(guid.Value.ToByteArray());
        }

        internal IntPtr Numbers(uint[] numbers)
        {
            if (numbers == null || numbers.Length == 0)
            {
                return IntPtr.Zero;
            }
            var bytes = new byte[numbers.Length * sizeof(uint)];
            Buffer.BlockCopy(numbers, 0, bytes, 0, bytes.Length);
            return Block(bytes);
        }

        internal IntPtr Texts(IReadOnlyCollection<string> texts)
        {
            if (texts == null || texts.Count == 0)
            {
                return IntPtr.Zero;
            }
            IntPtr list = Allocate(texts.Count * IntPtr.Size);
            int at = 0;
            foreach (string text in texts)
            {
                Marshal.WriteIntPtr(list, at++ * IntPtr.Size, TextOrEmpty(text));
            }
            return list;
        }

        internal static UIntPtr Count(IReadOnlyCollection<string> texts)
        {
            return (UIntPtr)(texts == null ? 0 : texts.Count);
        }

        /// <summary>A struct that another points to.</summary>
        internal IntPtr Struct<T>(T value)
            where T : struct
        {
            IntPtr block = Allocate(Marshal.SizeOf(typeof(T)));
            Marshal.StructureToPtr(value, block, false);
            return block;
        }

        public void Dispose()
        {
            blocks.ForEach(Marshal.FreeHGlobal);
            blocks.Clear();
        }

        private IntPtr Block(byte[] bytes)
        {
            IntPtr block = Allocate(bytes.Length);
            Marshal.Copy(bytes, 0, block, bytes.Length);
            return block;
        }

        private IntPtr Allocate(int size)
        {
            IntPtr block = Marshal.AllocHGlobal(size);
            blocks.Add(block);
            return block;
        }
    }
}
