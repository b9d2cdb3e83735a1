//! What differs between two images by wimlib's own listing of them, told as `wright diff` tells it.

use crate::common::run;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What wimlib says of an entry, a text for each thing that is compared.
type Entry = BTreeMap<&'static str, String>;

/// Paths in lower case, with the change, and each thing that differs.
pub type Differences = BTreeMap<String, (&'static str, BTreeSet<&'static str>)>;

/// `wimlib-imagex dir --detailed`, by path without case.
fn entries(wim: &Path, index: u32) -> BTreeMap<String, Entry> {
    let index = index.to_string();
    let out = run("wimlib-imagex", ["dir".as_ref(), wim.as_os_str(), index.as_ref(), "--detailed".as_ref()]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let mut all = BTreeMap::new();
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut in_group = Vec::new();
    for block in text.split("----------------------------------------------------------------------------\n")
    {
        let mut entry = Entry::new();
        let mut stream = "contents".to_owned();
        let (mut path, mut group, mut count) = (String::new(), String::new(), 1);
        let mut named: BTreeMap<String, String> = BTreeMap::new();
        for line in block.lines() {
            let stripped = line.trim();
            if stripped == "Unnamed data stream:" {
                "contents".clone_into(&mut stream);
            } else if let Some(name) = stripped.strip_prefix("Named data stream \"") {
                stream = format!("streams {}", name.trim_end_matches("\":"));
            } else if stripped == "Reparse point stream:" {
                "reparse".clone_into(&mut stream);
            }
            let Some((field, value)) = line.split_once('=') else { continue };
            let value = value.trim().trim_matches('"').to_owned();
            match field.trim() {
                "Full Path" => path = value,
                "Short Name" => _ = entry.insert("short_name", value),
                "Attributes" => _ = entry.insert("attributes", value),
                "Security Descriptor" => _ = entry.insert("security", value),
                "Creation Time" | "Last Write Time" | "Last Access Time" => {
                    entry.entry("times").or_default().push_str(&value);
                }
                "Link Group ID" => group = value,
                "Link Count" => count = value.parse().unwrap(),
                "Reparse Tag" => entry.entry("reparse").or_default().push_str(&value),
                "Hash" if value.trim_start_matches("0x").bytes().any(|b| b != b'0') => {
                    _ = named.insert(stream.clone(), value);
                }
                _ => {}
            }
        }
        if path.is_empty() {
            continue;
        }
        for (stream, hash) in named {
            let what =
                ["streams", "reparse", "contents"].into_iter().find(|w| stream.starts_with(w)).unwrap();
            let told = entry.entry(what).or_default();
            told.extend([stream.as_str(), " ", &hash, " "]);
        }
        let folded = path.to_lowercase().replace('/', "\\");
        entry.insert("name", path.rsplit('/').next().unwrap().to_owned());
        if count > 1 {
            groups.entry(group.clone()).or_default().insert(folded.clone());
            in_group.push((folded.clone(), group));
        }
        assert!(all.insert(folded, entry).is_none(), "{path} is listed twice");
    }
    for (path, group) in in_group {
        let names = groups[&group].iter().cloned().collect::<Vec<_>>();
        all.get_mut(&path).unwrap().insert("links", names.join("|"));
    }
    all
}

pub fn differences(before: (&Path, u32), after: (&Path, u32), times: bool) -> Differences {
    let (a, b) = (entries(before.0, before.1), entries(after.0, after.1));
    let mut out = Differences::new();
    for path in a.keys().chain(b.keys()) {
        let found = match (a.get(path), b.get(path)) {
            (Some(x), Some(y)) => {
                let fields = x.keys().chain(y.keys()).filter(|f| x.get(*f) != y.get(*f));
                let fields: BTreeSet<_> = fields.filter(|f| times || **f != "times").copied().collect();
                if fields.is_empty() {
                    continue;
                }
                ("changed", fields)
            }
            (Some(_), None) => ("removed", BTreeSet::new()),
            _ => ("added", BTreeSet::new()),
        };
        out.insert(path.clone(), found);
    }
    out
}
