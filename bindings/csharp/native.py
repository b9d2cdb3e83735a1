#!/usr/bin/env python3
"""Makes Native/NativeMethods.cs and Native/Structs.cs from include/wimwright.h, so that each signature is the header's.

usage: bindings/csharp/native.py [--check]     --check: writes nothing, fails where a file is out of date
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADER = HERE.parent.parent / "include" / "wimwright.h"
TYPES = {
    "uint32_t": "uint", "uint64_t": "ulong", "size_t": "UIntPtr", "const char *": "byte[]", "const void *": "byte[]",
    "void *": "IntPtr", "char *": "IntPtr", "char **": "out IntPtr", "ww_error **": "out IntPtr",
    "ww_wim **": "out IntPtr", "ww_overlay **": "out IntPtr", "ww_session **": "out IntPtr",
    "ww_wim *": "IntPtr", "ww_overlay *": "IntPtr", "ww_session *": "IntPtr", "ww_error *": "IntPtr",
    "const ww_error *": "IntPtr", "const ww_wim *": "WimHandle", "const ww_overlay *": "OverlayHandle",
    "const ww_session *": "SessionHandle", "const ww_overlay *const *": "IntPtr[]", "const uint32_t *": "uint[]",
    "const char *const *": "IntPtr[]", "ww_write": "Write", "ww_read": "Read", "ww_mount **": "out IntPtr", "ww_mount *": "IntPtr", "const ww_mount *": "MountHandle",
    "ww_site **": "out IntPtr", "ww_site *": "IntPtr", "const ww_site *": "SiteHandle",
}
RESULTS = {"uint32_t": "uint", "void": "void", "const char *": "IntPtr"}
FIELDS = {"uint32_t": "uint", "uint64_t": "ulong", "size_t": "UIntPtr"}
IMPORT = "        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]\n"
HEAD = """// Made by native.py from include/wimwright.h. Do not edit.
using System;
using System.Runtime.InteropServices;

namespace Wimwright.Native
{
"""


def pascal(name):
    return "".join(part.capitalize() for part in name.split("_"))


def struct_name(c):
    return {"ww_event": "EventData"}.get(c, pascal(c[3:]))


def split_type(text):
    """`const char *path` as its type and its name."""
    kind, name = re.match(r"(.*?)(\w+)$", " ".join(text.split())).groups()
    return re.sub(r"\s*(\*)\s*", r" \1", kind.strip()).replace("* *", "**").replace("*const", "*const "), name


def tidy(kind):
    return re.sub(r"\s+", " ", kind).replace("* const", "*const").strip()


def parameter(text):
    kind, name = split_type(text)
    kind = tidy(kind)
    option = re.fullmatch(r"const (ww_(?:\w+_options|progress|image_properties)) \*", kind)
    name = {"out": "output"}.get(name, re.sub(r"_(\w)", lambda m: m.group(1).upper(), name))
    return f"{'ref ' + struct_name(option.group(1)) if option else TYPES[kind]} {name}"


def methods(header):
    out = []
    for result, name, arguments in re.findall(r"WW_API\s+([^(;]+?)(ww_\w+)\(([^;]*?)\);", header, re.S):
        arguments = [a.strip() for a in arguments.split(",")]
        parameters = [] if arguments == ["void"] else [parameter(a) for a in arguments]
        head = f"        internal static extern {RESULTS[result.strip()]} {name}("
        text = head + ", ".join(parameters) + ");"
        if len(text) > 118:
            lines, line = [], "           "
            for at, p in enumerate(parameters):
                piece = p + (");" if at == len(parameters) - 1 else ",")
                if len(line) + len(piece) > 116:
                    lines.append(line)
                    line = "           "
                line += " " + piece
            text = "\n".join([head] + lines + [line])
        out.append(IMPORT + text + "\n")
    version = re.search(r"#define WW_ABI_VERSION (\d+)", header).group(1)
    return (HEAD + "    /// <summary>The functions of <c>wimwright.h</c>. Text goes in as NUL-terminated UTF-8.</summary>\n"
            "    internal static class NativeMethods\n    {\n"
            "        /// <summary><c>wimwright.dll</c>, <c>libwimwright.so</c> or <c>libwimwright.dylib</c>.</summary>\n"
            '        internal const string Library = "wimwright";\n\n'
            "        /// <summary>The version of the ABI that this was made from.</summary>\n"
            f"        internal const uint AbiVersion = {version};\n\n"
            "#if NET5_0_OR_GREATER\n        static NativeMethods()\n        {\n            Resolver.Register();\n        }\n"
            "#endif\n\n"
            "        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]\n"
            "        internal delegate int Report(IntPtr data, IntPtr user);\n\n"
            "        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]\n"
            "        internal delegate int Write(IntPtr data, UIntPtr size, IntPtr user);\n\n"
            "        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]\n"
            "        internal delegate long Read(IntPtr data, UIntPtr size, IntPtr user);\n\n"
            + "\n".join(out) + "    }\n}\n")


def structs(header):
    out = []
    for body, name in re.findall(r"typedef struct \{(.*?)\} (ww_\w+);", header, re.S):
        fields = []
        for line in filter(None, (" ".join(part.split()) for part in body.split(";"))):
            function = re.match(r"int \(\*(\w+)\)", line)
            kind, field = ("", function.group(1)) if function else split_type(line)
            fields.append(f"        internal {FIELDS.get(tidy(kind), 'IntPtr')} {pascal(field)};\n")
        out.append("    [StructLayout(LayoutKind.Sequential)]\n"
                   f"    internal struct {struct_name(name)}\n    {{\n{''.join(fields)}    }}\n")
    return HEAD + "\n".join(out) + "}\n"


def enums(header):
    """The numbers, as the public enumerations of the assembly."""
    names = {"status": "ErrorKind", "phase": "Phase", "level": "ServicingLevel", "compression": "Compression",
             "choice": "Choice", "ending": "MountEnding", "delivery": "Delivery", "selection": "UpdateSelection", "run_mode": "RunMode"}
    out = []
    for name, body in re.findall(r"(?:/\*\*[^/]*?\*/\n)?enum ww_(\w+)\n.*?\{\n(.*?)\n\};", header, re.S):
        doc = re.search(r"/\*\*\n((?: \*[^/]*\n)+) \*/\nenum ww_" + name + r"\n", header).group(1)
        doc = " ".join(line.strip(" *") for line in doc.strip().split("\n")).replace("`", "")
        items = re.findall(r"/\*\*\n(.*?)\*/\s*(WW_\w+) = (\d+)", body, re.S)
        lines = []
        for text, item, number in items:
            text = " ".join(line.strip(" *") for line in text.strip().split("\n")).strip().replace("`", "")
            item = pascal(item[len(f"WW_{name.upper()}_"):].lower())
            lines.append(f"        /// <summary>{text}</summary>\n        {item} = {number},\n")
        out.append(f"    /// <summary>{doc}</summary>\n    public enum {names[name]}\n    {{\n" + "\n".join(lines) + "    }\n")
    return ("// Made by native.py from include/wimwright.h. Do not edit.\nnamespace Wimwright\n{\n" + "\n".join(out) + "}\n")


def main():
    text = HEADER.read_text()
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    files = {"NativeMethods.cs": methods(bare), "Structs.cs": structs(bare), "Numbers.cs": enums(text)}
    if "--check" in sys.argv:
        bad = [n for n, t in files.items() if not (HERE / "Native" / n).exists() or (HERE / "Native" / n).read_text() != t]
        if bad:
            sys.exit(f"out of date, run bindings/csharp/native.py: {', '.join(bad)}")
        return
    for name, made in files.items():
        (HERE / "Native" / name).write_text(made)


if __name__ == "__main__":
    main()
