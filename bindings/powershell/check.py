#!/usr/bin/env python3
"""Checks the PowerShell module without PowerShell.

Each file is parsed in full (with the PyPI packages tree-sitter and tree-sitter-pwsh, where they are installed); each
file of Public holds one command of its own name with help, an example and a description of every parameter; whatever it
calls of the assembly exists there, with arguments of these names. The assembly's own signatures are made from the header
(bindings/csharp/native.py), so they agree with it.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
MODULE, CSHARP = HERE / "Wimwright", HERE.parent / "csharp"
wrong = []


def complain(path, what):
    wrong.append(f"{path.relative_to(HERE)}: {what}")


def parse(files):
    try:
        import tree_sitter
        import tree_sitter_pwsh
    except ImportError:
        print("skipped: the parser (pip install tree-sitter tree-sitter-pwsh)")
        return
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
    for path in files:
        def walk(node):
            if node.type == "ERROR" or node.is_missing:
                complain(path, f"line {node.start_point[0] + 1}: cannot be parsed")
            elif node.has_error:
                for child in node.children:
                    walk(child)
        walk(parser.parse(path.read_bytes()).root_node)
    # What cannot fail shows nothing.
    if not parser.parse(b"function Broken { param( [string $x ) ").root_node.has_error:
        wrong.append("the parser takes anything")
    print(f"{len(files)} files parsed")


def members():
    """The assembly's public methods as class -> name -> parameters, and the properties of its classes."""
    methods, properties = {}, {}
    for path in CSHARP.rglob("*.cs"):
        text = path.read_text()
        for match in re.finditer(r"public (?:static |sealed |partial |abstract )*class (\w+)", text):
            body = text[match.end():]
            end = re.search(r"\n    (?:public|internal) [^\n]*class ", body)
            body = body[: end.start()] if end else body
            own = methods.setdefault(match.group(1), {})
            for m in re.finditer(r"public (?:static )?[\w<>\[\], .?]+ (\w+)\(([^)]*(?:\([^)]*\))?[^)]*)\)\s*\{", body):
                names = [re.sub(r"=.*", "", p).split()[-1] for p in split(m.group(2)) if p.strip()]
                own.setdefault(m.group(1), []).append(names)
            props = properties.setdefault(match.group(1), set())
            props.update(re.findall(r"public (?:static )?[\w<>\[\], .?]+ (\w+)\s*(?:\{ get|=>)", body))
    return methods, properties


def split(text):
    depth, out, at = 0, [""], 0
    for c in text:
        depth += (c in "<([") - (c in ">)]")
        if c == "," and depth == 0:
            out.append("")
        else:
            out[-1] += c
    return out


CLASSES = {
    "$session": "ServicingSession", "$wim": "WimFile", "([Wimwright.UpdatePackage])": "UpdatePackage", "$opened": "Site",
    "([Wimwright.Media])": "Media", "([Wimwright.WimFile])": "WimFile",
    "([Wimwright.ServicingSession])": "ServicingSession",
    "([Wimwright.Site])": "Site", "$mounted": "MountedImage", "([Wimwright.MountedImage])": "MountedImage",
}


def command(path, methods, properties):
    text = path.read_text()
    name = path.stem
    functions = re.findall(r"^function ([\w-]+)", text, re.M)
    if functions != [name]:
        complain(path, f"holds {functions}, not one command of its own name")
    for section in (".SYNOPSIS", ".DESCRIPTION", ".EXAMPLE"):
        if section not in text:
            complain(path, f"has no {section}")
    head = text[text.index("param("): text.index("process {")]
    declared = set(re.findall(r"^        \[[\w.\[\]]+\] \$(\w+)", head, re.M))
    described = set(re.findall(r"^\.PARAMETER (\w+)", text, re.M))
    if declared != described:
        complain(path, f"parameters and their help differ: {declared ^ described}")
    if re.match(r"(Add|Remove|Set|Export|Expand|Optimize|Split|New|Import|Update|Restore|Start|Stop|Mount|Dismount)-", name) and "ShouldProcess(" not in text:
        complain(path, "changes something and does not ask ShouldProcess")
    for cls, method in re.findall(r"\[Wimwright\.(\w+)\]::(\w+)\(", text):
        if method not in methods.get(cls, {}):
            complain(path, f"calls {cls}.{method}, which is not there")
    for variable, method in re.findall(r"(\$wim|\$session|\$opened|\$mounted)\.(\w+)\(", text):
        if method != "Dispose" and method not in methods[CLASSES[variable]]:
            complain(path, f"calls {CLASSES[variable]}.{method}, which is not there")
    calls = re.compile(r"Invoke-WwWork (\$\w+|\(\[[\w.]+\]\)) '(\w+)' (\$arguments|@\{.*?\})")
    for call in calls.finditer(text):
        target, method, given = call.groups()
        cls = CLASSES[target]
        names = set(re.findall(r"(?:^|[{;]|\n)\s*(\w+) = ", given))
        if given == "$arguments":
            # The table that was made last before the call, and what was put into it since.
            before = text[text.rindex("$arguments = @{", 0, call.start()): call.start()]
            table = re.match(r"\$arguments = @\{(.*?)\n?\s*\}\n", before, re.S)
            names = set(re.findall(r"(?:^|[;\n])\s*(\w+)\s*= ", table.group(1)))
            names |= set(re.findall(r"\$arguments\.(\w+) =", before[table.end():]))
        if not any(names <= set(parameters) for parameters in methods.get(cls, {}).get(method, [])):
            complain(path, f"gives {cls}.{method} arguments that it does not have: {sorted(names)}")
    for cls, table in re.findall(r"New-Object Wimwright\.(\w+) -Property @\{(.*?)\}", text, re.S):
        for field in re.findall(r"(\w+)\s*= ", table):
            if field not in properties.get(cls, ()):
                complain(path, f"sets {cls}.{field}, which is not there")
    return name


def main():
    methods, properties = members()
    files = sorted(HERE.rglob("*.ps1")) + sorted(HERE.rglob("*.psm1")) + sorted(HERE.rglob("*.psd1"))
    parse(files)
    names = {command(path, methods, properties) for path in sorted((MODULE / "Public").glob("*.ps1"))}
    listed = set(re.findall(r"^        '(\w+-\w+)'", (MODULE / "Wimwright.psd1").read_text(), re.M))
    if names != listed:
        wrong.append(f"Wimwright.psd1 does not export what is there: {names ^ listed}")
    views = xml.etree.ElementTree.parse(MODULE / "Wimwright.Format.ps1xml")
    for view in views.iter("View"):
        cls = view.findtext("Name").split(".")[-1]
        for column in view.iter("PropertyName"):
            if column.text not in properties.get(cls, ()):
                wrong.append(f"Wimwright.Format.ps1xml: {cls} has no {column.text}")
    print(f"{len(names)} commands checked")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
