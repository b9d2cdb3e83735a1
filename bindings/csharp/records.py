#!/usr/bin/env python3
"""Makes Results/*.cs, the typed records, from the JSON Schemas in docs/schema.

usage: bindings/csharp/records.py [--check]     --check: writes nothing, fails where a file is out of date
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE.parent.parent / "docs" / "schema"
# Documents that have the fields of another one.
SAME = {
    "append": "capture", "optimize": "export", "set": "commit", "delete": "commit", "site-init": "site-info",
    "site-package-add": "site-package-show", "site-package-reload": "site-package-show",
    "site-package-set": "site-package-show", "site-package-rollback": "site-package-show",
    "site-update-remove": "site-package-remove", "site-schedule-cancel": "site-schedule-add",
    "site-history": "site-run", "site-dp-add": "site-dp-list", "site-dp-remove": "site-dp-list",
    "site-distribute": "site-dp-status", "site-redistribute": "site-dp-status", "site-withdraw": "site-dp-status",
    "site-prestage-import": "site-prestage-export",
}
# Documents that only the command prints, or calls that the assembly does not wrap.
NOT_HERE = {"cat", "error", "metadata", "mount"}
NAMES = {
    "info": "ImageFileInfo", "ls": "Listing", "verify": "VerifyReport", "extract": "ExtractReport",
    "capture": "CaptureReport", "unstage": "UnstageReport", "media-refresh": "MediaRefreshReport",
    "export": "ExportReport", "split": "SplitReport", "commit": "CommitReport", "changes": "OverlayChanges",
    "inspect": "UpdateInfo", "unpack": "UnpackReport", "packages": "ImagePackages", "plan": "ServicingPlan",
    "receipt": "Receipt", "diff": "ImageDifferences", "mounts": "MountList", "unmount": "UnmountReport",
    "site-info": "SiteInfo", "site-verify": "SiteVerifyReport", "site-report": "SiteReport",
    "site-package-show": "UpgradePackageDetails", "site-package-list": "UpgradePackageList",
    "site-package-check": "UpgradePackageCheck", "site-package-remove": "SiteRemoval",
    "site-update-import": "UpdateImportReport", "site-update-list": "ImportedUpdateList", "site-offer": "UpdateOffer",
    "site-status": "UpdateStatusList", "site-schedule-add": "ServicingSchedule",
    "site-schedule-list": "ServicingScheduleList", "site-run": "ServicingRunList",
    "site-dp-list": "DistributionPointList", "site-dp-status": "ContentDistributionList",
    "site-validate": "ContentValidationList", "site-prestage-export": "PrestagedContent",
}
# Parts of documents that have a name of their own, some in several documents: the first by name declares them.
ITEMS = {
    ("media-refresh", "target"): "MediaRefreshUpdate", ("media-refresh", "checkpoint"): "MediaRefreshUpdate",
    ("media-refresh", "servicing_stack"): "MediaRefreshUpdate", ("media-refresh", "safe_os"): "MediaRefreshUpdate",
    ("media-refresh", "setup"): "MediaRefreshUpdate", ("media-refresh", "dotnet"): "MediaRefreshUpdate",
    ("media-refresh", "image"): "MediaRefreshImage", ("media-refresh", "cumulative"): "MediaRefreshCumulative",
    ("media-refresh", "iso"): "MediaRefreshIso", ("media-refresh", "unchanged"): "MediaRefreshUnchanged",
    ("media-refresh", "changed_item"): "MediaRefreshFile", ("media-refresh", "kept_item"): "MediaRefreshKeptFile",
    ("media-refresh", "winre"): "MediaRefreshWinre",
    ("capture", "special_item"): "CaptureRemark", ("capture", "forbidden_item"): "CaptureRemark",
    ("mounts", "mount"): "MountInfo", ("unmount", "committed"): "CommitReport",
    ("site-offer", "package"): "UpgradePackage", ("site-package-list", "package"): "UpgradePackage",
    ("site-offer", "index"): "UpgradePackageIndex", ("site-package-show", "index"): "UpgradePackageIndex",
    ("site-offer", "update"): "OfferedUpdate", ("site-package-show", "version"): "UpgradePackageVersion",
    ("site-package-show", "installed_item"): "UpgradePackageFound",
    ("site-update-import", "imported_item"): "ImportedUpdate", ("site-update-import", "present_item"): "ImportedUpdate",
    ("site-update-import", "failed_item"): "UpdateImportFailure", ("site-update-list", "update"): "ImportedUpdate",
    ("site-schedule-list", "schedule"): "ServicingSchedule", ("site-run", "run"): "ServicingRun",
    ("site-dp-list", "point"): "DistributionPoint", ("site-dp-status", "distribution"): "ContentDistribution",
    ("site-validate", "validation"): "ContentValidation", ("site-status", "update"): "UpdateStatus",
    ("site-run", "superseded_item"): "SupersededUpdate",
}
made, declared = {}, set()


def pascal(name):
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_.\-]", name))


def singular(name):
    for end, new in (("ies", "y"), ("indexes", "index"), ("sses", "ss"), ("ches", "ch"), ("s", "")):
        if name.endswith(end) and not name.endswith("ss"):
            return name[: -len(end)] + new
    return name + "_item"


def summary(text, indent):
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"`([^`]+)`", r"<c>\1</c>", text)
    text = text[:1].upper() + text[1:]
    return f"{indent}/// <summary>{text.rstrip('.')}.</summary>\n"


class Maker:
    def __init__(self, title, schema):
        self.title, self.schema, self.classes = title, schema, []

    def resolve(self, node):
        while "$ref" in node:
            target = self.schema
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = {**target, **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def type_of(self, node, name, outer, depth=0):
        """The C# type of a node, and what reads it from a `Json` (`@` in its place)."""
        node = self.resolve(node)
        if "anyOf" in node:
            rest = [self.resolve(n) for n in node["anyOf"]]
            rest = [n for n in rest if n.get("type") != "null"]
            if len(rest) != 1:
                raise SystemExit(f"{self.title}: {name}: more than one kind of value")
            return self.type_of(rest[0], name, outer, depth)
        kinds = node.get("type", "string")
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        nullable = "null" in kinds
        kinds = {k for k in kinds if k != "null"}
        if kinds <= {"string", "integer"} and "string" in kinds:
            return "string", "@.Text"
        if kinds == {"integer"}:
            return ("long?", "@.Number") if nullable else ("long", "@.Number.GetValueOrDefault()")
        if kinds == {"boolean"}:
            return ("bool?", "@.Flag") if nullable else ("bool", "@.Flag.GetValueOrDefault()")
        if kinds == {"array"}:
            inner, read = self.type_of(node["items"], singular(name), outer, depth + 1)
            item = f"item{depth or ''}"
            return f"IReadOnlyList<{inner}>", f"@.List({item} => {read.replace('@', item)})"
        if kinds == {"object"} and "properties" in node:
            type_name = ITEMS.get((self.title, name), outer + pascal(name))
            self.make(type_name, node)
            return type_name, f"(@.IsNull ? null : new {type_name}(@))"
        if kinds == {"object"}:
            return "IReadOnlyDictionary<string, string>", "@.Map"
        raise SystemExit(f"{self.title}: {name}: {node}")

    def make(self, type_name, node, head=None):
        fields = [name for name in node["properties"] if name != "schema"]
        if made.setdefault(type_name, fields) != fields:
            raise SystemExit(f"{self.title}: {type_name} has other fields elsewhere")
        if type_name in declared:
            return
        declared.add(type_name)
        lines, reads = [], []
        for name, inner in node["properties"].items():
            if name == "schema":
                continue
            cs, read = self.type_of(inner, name, type_name)
            text = inner.get("description") or self.resolve(inner).get("description") or f"The document's `{name}`"
            lines.append(f"{summary(text, '        ')}        public {cs} {pascal(name)} {{ get; }}\n")
            place = f'json["{name}"]'
            read = read[1:-1] if read.startswith("(") else read
            reads.append(f"            {pascal(name)} = {read.replace('@', place)};\n")
        doc = head or node.get("description") or "A part of it"
        self.classes.append(
            summary(doc, "    ") + f"    public sealed class {type_name}\n    {{\n"
            f"        internal {type_name}(Json json)\n        {{\n" + "".join(reads) + "        }\n\n"
            + "\n".join(lines) + "    }\n")


def record(name):
    schema = json.loads((SCHEMAS / f"{name}.v1.json").read_text())
    maker = Maker(name, schema)
    maker.make(NAMES[name], schema, f"The document `wimwright.{name}.v1`")
    body = "\n".join(reversed(maker.classes))
    return (f"// Made by records.py from docs/schema/{name}.v1.json. Do not edit.\n"
            "using System.Collections.Generic;\n\nnamespace Wimwright\n{\n" + body + "}\n")


def main():
    check, bad = "--check" in sys.argv, []
    for path in sorted(SCHEMAS.glob("*.v1.json")):
        name = path.name.split(".")[0]
        if name in SAME or name in NOT_HERE:
            continue
        if name not in NAMES:
            sys.exit(f"{name}: no record is made of it")
        out, text = HERE / "Results" / f"{NAMES[name]}.cs", record(name)
        if check:
            if not out.exists() or out.read_text() != text:
                bad.append(out.name)
        else:
            out.write_text(text)
    if bad:
        sys.exit(f"out of date, run bindings/csharp/records.py: {', '.join(bad)}")


if __name__ == "__main__":
    main()
