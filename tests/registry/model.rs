//! What a hive says, as plain maps: by our reading and by the exports of other tools.

use crate::common::{run, tool};
use std::collections::BTreeMap;
use std::path::Path;
use wimwright::registry::Hive;

/// Values by name: the type and the data.
pub type Values = BTreeMap<String, (u32, Vec<u8>)>;
/// Keys by path, the root being the empty one.
pub type Tree = BTreeMap<String, Values>;

/// What we read.
pub fn ours(hive: &Hive) -> Tree {
    let mut tree = Tree::new();
    for key in hive.walk() {
        let key = key.unwrap();
        let values = tree.entry(key.path()).or_default();
        for value in key.values().unwrap() {
            values.insert(value.name().to_string(), (value.kind().0, value.data().unwrap().into_owned()));
        }
    }
    tree
}

/// What `hivexregedit --export` prints.
pub fn hivex(hive: &Path) -> Option<Tree> {
    let program = tool("hivexregedit")?;
    let mut command = std::process::Command::new(program);
    // Perl prints bytes unless it is told that the output is UTF-8.
    let out = command.env("PERL_UNICODE", "S").arg("--export").arg(hive).arg("\\").output().unwrap();
    assert!(out.status.success(), "{}: {}", hive.display(), String::from_utf8_lossy(&out.stderr));
    Some(parse(&String::from_utf8(out.stdout).unwrap(), "\\"))
}

/// What `reged -x` writes: the names of keys, and the values whose data it prints as bytes or numbers.
pub fn reged(hive: &Path, folder: &Path) -> Option<Tree> {
    let program = tool("reged")?;
    let export = folder.join("export.reg");
    // It reports trouble in words and not by its status; a missing key then fails the comparison.
    let args = ["-x".as_ref(), hive.as_os_str(), "HIVE".as_ref(), "\\".as_ref(), export.as_os_str()];
    let out = std::process::Command::new(program).args(args).output().unwrap();
    assert!(export.is_file(), "{}", String::from_utf8_lossy(&out.stdout));
    let text = std::fs::read(&export).unwrap();
    let text = String::from_utf8_lossy(&text).replace('\r', "").replace("\\\n  ", "");
    let prefix = text.lines().find_map(|l| l.strip_prefix('[')).unwrap().trim_end_matches(']').to_owned();
    Some(parse(&text, &prefix))
}

/// hivexsh can open the hive and list its root.
pub fn hivexsh_opens(hive: &Path) {
    if let Some(program) = tool("hivexsh") {
        let script = hive.with_extension("hivexsh");
        std::fs::write(&script, "ls\nlsval\nquit\n").unwrap();
        run(program, ["-f".as_ref(), script.as_os_str(), hive.as_os_str()]);
    }
}

fn parse(text: &str, prefix: &str) -> Tree {
    let mut tree = Tree::new();
    let mut path = String::new();
    for line in text.lines() {
        if let Some(key) = line.strip_prefix('[') {
            let key = key.strip_suffix(']').unwrap().strip_prefix(prefix).unwrap();
            key.trim_start_matches('\\').clone_into(&mut path);
            tree.entry(path.clone()).or_default();
        } else if let Some((name, rest)) = name_of(line)
            && let Some(value) = data_of(rest)
        {
            tree.get_mut(&path).unwrap().insert(name, value);
        }
    }
    tree
}

fn name_of(line: &str) -> Option<(String, &str)> {
    if let Some(rest) = line.strip_prefix("@=") {
        return Some((String::new(), rest));
    }
    let mut name = String::new();
    let mut letters = line.strip_prefix('"')?.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((name, line[1 + at + 1..].strip_prefix('=')?)),
            '\\' => name.push(letters.next()?.1),
            _ => name.push(letter),
        }
    }
    None
}

/// The type and the data; nothing for what is not printed as bytes, or wrongly.
fn data_of(text: &str) -> Option<(u32, Vec<u8>)> {
    if let Some(number) = text.strip_prefix("dword:") {
        return Some((4, u32::from_str_radix(number, 16).ok()?.to_le_bytes().to_vec()));
    }
    let (kind, bytes) = text.strip_prefix("hex")?.split_once(':')?;
    let kind = match kind.strip_prefix('(') {
        Some(kind) => u32::from_str_radix(kind.strip_suffix(')')?, 16).ok()?,
        None => 3,
    };
    let bytes = bytes.split(',').filter(|b| !b.is_empty());
    let bytes = bytes.map(|b| u8::from_str_radix(b, 16).ok());
    Some((kind, bytes.collect::<Option<Vec<u8>>>()?))
}
