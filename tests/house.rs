//! The rules of the house that a machine can check: file sizes, module headers, licences, documents.

mod common;

use common::{files_below, root};
use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::process::Command;

/// Files of `src` that may be longer than 400 lines, each with its reason. Empty is the goal.
const LONG: &[(&str, &str)] = &[];

fn sources() -> Vec<(String, String)> {
    let files =
        files_below(&root().join("src")).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    files
        .map(|p| {
            (p.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), read_to_string(&p).unwrap())
        })
        .collect()
}

#[test]
fn no_source_file_is_over_400_lines() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(name, lines)| *lines > 400 && !LONG.iter().any(|(n, _)| n == name))
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split by concept:\n{}", long.join("\n"));
    for (name, reason) in LONG {
        assert!(root().join(name).is_file() && !reason.is_empty(), "{name} is a stale exception");
    }
}

#[test]
fn every_source_file_says_first_what_it_holds() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, t)| !t.starts_with("//! ")).map(|(n, _)| n).collect();
    assert!(silent.is_empty(), "no `//!` line at the top: {silent:?}");
}

#[test]
fn nothing_is_left_for_later_in_the_sources() {
    let marks = ["TODO", "FIXME", "XXX:", "unimplemented!", "todo!("];
    for (name, text) in sources() {
        for (n, line) in text.lines().enumerate() {
            assert!(!marks.iter().any(|m| line.contains(m)), "{name}:{}: {line}", n + 1);
        }
    }
}

#[test]
fn the_documents_of_a_good_house_are_there() {
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE-MIT",
        "Cargo.lock",
    ] {
        assert!(root().join(name).metadata().is_ok_and(|m| m.len() > 100), "{name} is missing");
    }
    assert!(read_to_string(root().join("LICENSE-APACHE")).unwrap().contains("Version 2.0, January 2004"));
    assert!(read_to_string(root().join("LICENSE-MIT")).unwrap().contains("Permission is hereby granted"));
    let readme = read_to_string(root().join("README.md")).unwrap();
    assert!(
        readme.contains("LGPL-3.0-or-later") && readme.contains("wimlib"),
        "README names wimlib's licence"
    );
}

#[test]
fn every_command_of_the_readme_exists() {
    let out = Command::new(env!("CARGO_BIN_EXE_wright")).arg("--help").output().unwrap();
    assert!(out.status.success());
    let help = String::from_utf8(out.stdout).unwrap();
    let listed: BTreeSet<&str> = help
        .lines()
        .skip_while(|l| !l.starts_with("Commands:"))
        .skip(1)
        .take_while(|l| l.starts_with("  "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    assert!(listed.contains("service") && listed.contains("unpack"), "{help}");
    let mut named = BTreeSet::new();
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = read_to_string(root().join(document)).unwrap();
        for (before, _) in text.match_indices("wright ") {
            let start = text[..before].chars().next_back();
            let word: String =
                text[before + 7..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            if matches!(start, Some('`' | '\n' | ' ' | '/')) && !word.is_empty() && !word.starts_with('-') {
                named.insert(word);
            }
        }
        for script in text.split("scripts/").skip(1) {
            let name: String = script.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            assert!(
                name.is_empty() || root().join("scripts").join(&name).is_file(),
                "{document}: scripts/{name}"
            );
        }
    }
    for word in &named {
        assert!(listed.contains(word.as_str()), "the documents name `wright {word}`, which does not exist");
    }
    for word in &listed {
        assert!(*word == "help" || named.contains(*word), "`wright {word}` is in no document");
    }
}

/// `ARCHITECTURE.md` says of each dependency why it was chosen, and of no other.
#[test]
fn every_dependency_has_its_reason() {
    let manifest = read_to_string(root().join("Cargo.toml")).unwrap();
    let mut chosen = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines() {
        match line.split_once('=') {
            _ if line.starts_with('[') => inside = line.ends_with("dependencies]"),
            Some((name, _)) if inside && !line.starts_with('#') => _ = chosen.insert(name.trim().to_owned()),
            _ => {}
        }
    }
    let text = read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = text.split_once("## Dependencies").expect("the section").1.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| crate "));
    let first = rows.map(|row| row.split(" | ").next().unwrap());
    // What follows `with` is a feature.
    let named = first.flat_map(|cell| cell.split(" with ").next().unwrap().split('`').skip(1).step_by(2));
    let named: BTreeSet<String> = named.map(str::to_owned).collect();
    assert!(chosen.len() > 10, "{chosen:?}");
    assert_eq!(named, chosen);
}

/// The licences that `deny.toml` allows to all, and those it allows to one crate.
fn allowed() -> (BTreeSet<String>, Vec<(String, String)>) {
    let text = read_to_string(root().join("deny.toml")).unwrap();
    let strings = |part: &str| part.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let licences = text.split_once("[licenses]").expect("[licenses]").1;
    let licences = licences.split("\n[").next().unwrap();
    let list = licences.split_once("\nallow = [").expect("allow").1.split_once(']').unwrap().0;
    let exceptions = licences.lines().filter(|l| l.trim_start().starts_with("{ crate"));
    let exceptions = exceptions.map(|l| {
        let s = strings(l);
        (s[0].clone(), s[1].clone())
    });
    (strings(list).into_iter().collect(), exceptions.collect())
}

/// Whether an SPDX expression can be met with licences that `ok` takes. `/` is the old spelling of `OR`.
fn permitted(expression: &str, ok: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at, ok);
    assert_eq!(at, words.len(), "not understood: {expression}");
    met
}

fn either(words: &[&str], at: &mut usize, ok: &dyn Fn(&str) -> bool) -> bool {
    let mut met = both(words, at, ok);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, ok);
    }
    met
}

fn both(words: &[&str], at: &mut usize, ok: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(words, at, ok);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, ok);
    }
    met
}

fn one(words: &[&str], at: &mut usize, ok: &dyn Fn(&str) -> bool) -> bool {
    if words[*at] == "(" {
        *at += 1;
        let met = either(words, at, ok);
        *at += 1;
        return met;
    }
    let mut name = words[*at].to_owned();
    *at += 1;
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words[*at + 1]);
        *at += 2;
    }
    ok(&name)
}

#[test]
fn licence_expressions_are_understood() {
    let ok = |l: &str| ["MIT", "Zlib", "A WITH B"].contains(&l);
    for yes in ["MIT", "GPL-3.0 OR MIT", "(GPL-3.0/MIT) AND Zlib", "A WITH B", "MIT AND (X OR Zlib)"] {
        assert!(permitted(yes, &ok), "{yes}");
    }
    for no in ["GPL-3.0", "MIT AND GPL-3.0", "A", "(MIT OR X) AND Y", "X WITH B"] {
        assert!(!permitted(no, &ok), "{no}");
    }
}

#[test]
fn every_dependency_has_a_licence_that_deny_toml_allows() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let version =
        Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV").output();
    let version = String::from_utf8(version.unwrap().stdout).unwrap();
    let host = version.lines().find_map(|l| l.strip_prefix("host: ")).unwrap();
    let out = Command::new(cargo)
        .current_dir(root())
        .args(["metadata", "--offline", "--locked", "--all-features", "--format-version", "1"])
        .args(["--filter-platform", host])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20);
    let (everyone, exceptions) = allowed();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("(none)");
        let ok =
            |l: &str| everyone.contains(l) || exceptions.iter().any(|(c, allowed)| c == name && allowed == l);
        assert!(permitted(licence, &ok), "{name}: {licence} is not in deny.toml");
    }
    for (name, _) in &exceptions {
        assert!(
            packages.iter().any(|p| p["name"] == name.as_str()),
            "deny.toml excepts {name}, which is not used"
        );
    }
    assert!(packages.iter().all(|p| p["name"] != "wimlib"), "deny.toml bans the unsound wrapper");
}

#[test]
fn every_fuzz_target_is_built_by_the_fuzz_workspace() {
    let manifest = read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for file in files_below(&root().join("fuzz/fuzz_targets")) {
        let name = file.file_name().unwrap().to_string_lossy();
        assert!(
            manifest.contains(&format!("fuzz_targets/{name}")),
            "fuzz/Cargo.toml has no [[bin]] for {name}"
        );
    }
}
