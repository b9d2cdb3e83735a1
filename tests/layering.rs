//! The table of layers, enforced: a module names only the modules that the table allows it.

mod common;
#[path = "layering/scan.rs"]
mod scan;

use scan::{Reference, references};

/// `src/<layer>` and what it may import beside itself. `ARCHITECTURE.md` explains the table.
const TABLE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("base", &["error"]),
    ("codec", &["error", "base"]),
    ("registry", &["error", "base"]),
    ("wim", &["error", "base", "codec", "registry"]),
    ("package", &["error", "base", "codec"]),
    ("cbs", &["error", "base", "codec", "registry"]),
    ("staging", &["error", "base", "codec", "package", "cbs"]),
    ("service", &["error", "base", "codec", "registry", "wim", "package", "cbs", "staging"]),
    ("mount", &["error", "base", "wim"]),
    ("media", &["error", "base", "codec", "registry", "wim", "package", "cbs", "staging", "service"]),
    ("site", &["error", "base", "codec", "registry", "wim", "package", "cbs", "staging", "service", "media"]),
    // The C ABI stands where a user stands: on the public API, so on no private helper of a layer.
    ("ffi", &["error", "base", "wim", "package", "cbs", "staging", "service", "mount", "media", "site"]),
];

/// Names that `lib.rs` re-exports at the root, and where they live.
const ROOT: &[(&str, &str)] = &[("Error", "error"), ("ErrorKind", "error"), ("Result", "error")];

/// What is wrong with one source file; `file` is relative to `src`.
fn violations(file: &str, source: &str) -> Vec<String> {
    let parts: Vec<&str> = file.trim_end_matches(".rs").split('/').filter(|p| *p != "mod").collect();
    if parts[0] == "lib" {
        return Vec::new();
    }
    let program = parts[0] == "bin";
    let module: Vec<String> =
        if program { Vec::new() } else { parts.iter().map(ToString::to_string).collect() };
    let mut wrong = Vec::new();
    for Reference { line, path } in references(source, &module) {
        let target = path.first().map_or("", String::as_str);
        if program {
            // `crate` is the program itself there; the library's parts are named `wimwright::…` and the
            // compiler lets only public ones through. A test below keeps `#[path]` and `include!` out.
            continue;
        }
        let target = ROOT.iter().find(|(name, _)| *name == target).map_or(target, |(_, layer)| layer);
        let Some((_, allowed)) = TABLE.iter().find(|(layer, _)| *layer == parts[0]) else {
            wrong.push(format!("src/{file}: `{}` is not a layer of the table", parts[0]));
            break;
        };
        if target != parts[0] && !allowed.contains(&target) {
            wrong.push(format!("src/{file}:{line}: `{}` may not use `{}`", parts[0], path.join("::")));
        }
    }
    wrong
}

fn sources() -> Vec<(String, String)> {
    let src = common::root().join("src");
    let files = common::files_below(&src).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    files
        .map(|p| {
            let name = p.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            (name, std::fs::read_to_string(&p).unwrap())
        })
        .collect()
}

#[test]
fn every_module_imports_only_from_the_layers_above_it() {
    let sources = sources();
    assert!(sources.len() > 10, "the sources were not found");
    let wrong: Vec<String> = sources.iter().flat_map(|(file, text)| violations(file, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_the_library_is_in_the_table() {
    for (file, _) in sources() {
        let top = file.split('/').next().unwrap().trim_end_matches(".rs");
        let known = top == "lib" || top == "bin" || TABLE.iter().any(|(layer, _)| *layer == top);
        assert!(known, "src/{file} belongs to no layer");
    }
}

#[test]
fn only_the_public_api_is_used_by_the_program_and_the_c_abi() {
    let all = sources();
    for (file, text) in &all {
        let code = scan::code_only(text);
        if file.starts_with("bin/") {
            assert!(
                !code.contains("#[path") && !code.contains("include!"),
                "src/{file} reaches into the library"
            );
        }
        if file.starts_with("ffi") {
            for Reference { line, path } in references(text, &["ffi".to_owned()]) {
                if path.len() < 2 || path[0] == "ffi" {
                    continue;
                }
                let layer = format!("{}/", path[0]);
                let private = all
                    .iter()
                    .filter(|(f, _)| f.starts_with(&layer) || *f == format!("{}.rs", path[0]))
                    .any(|(_, t)| scan::declares_private(&scan::code_only(t), path.last().unwrap()));
                assert!(!private, "src/{file}:{line}: `{}` is not public", path.join("::"));
            }
        }
    }
}

/// Another database under a site, such as one that several machines share, is another `src/site/db` and nothing else.
#[test]
fn the_database_is_spoken_to_in_one_module() {
    let (mut inside, mut outside) = (0, Vec::new());
    for (file, text) in sources() {
        let speaks = ["rusqlite", "SELECT ", "INSERT ", "DELETE FROM ", "CREATE TABLE", "PRAGMA "];
        for (number, line) in text.lines().enumerate().filter(|(_, l)| speaks.iter().any(|s| l.contains(s))) {
            if file.starts_with("site/db/") {
                inside += 1;
            } else {
                outside.push(format!("src/{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(inside > 50 && outside.is_empty(), "{inside} inside; outside:\n{}", outside.join("\n"));
}

#[test]
fn the_table_allows_no_circle() {
    for (place, (layer, allowed)) in TABLE.iter().enumerate() {
        for other in *allowed {
            let position = TABLE.iter().position(|(l, _)| l == other).expect("a known layer");
            assert!(position < place, "{layer} imports {other} from below");
        }
    }
}

#[test]
fn violations_are_caught() {
    let cases: &[(&str, &str, usize)] = &[
        ("wim/mod.rs", "use crate::package::cab::Cabinet;", 1),
        ("wim/mod.rs", "use crate::{base::Limits, package::Msu};", 1),
        ("wim/reader.rs", "use crate::{\n    base::{self, Limits},\n    cbs::{keyform, mum::{Mum}},\n};", 2),
        ("package/cab.rs", "pub use crate::wim::WimFile;", 1),
        ("package/cab.rs", "pub(crate) use crate::service as s;", 1),
        ("cbs/mod.rs", "fn f() { let x = crate::wim::open(1); }", 1),
        ("cbs/mod.rs", "type T = Vec<crate :: package\n  ::Msu>;", 1),
        ("cbs/keyform/mod.rs", "use super::super::wim::X;", 1),
        ("cbs/keyform.rs", "mod tests { use super::super::super::wim::X; }", 1),
        ("base/mod.rs", "use super::codec::lzx;", 1),
        ("base/mod.rs", "macro_rules! m { () => { $crate::wim::X } }", 1),
        ("base/mod.rs", "use crate::*;", 1),
        ("codec/mod.rs", "use crate::r#wim::X;", 1),
        ("error.rs", "use crate::base::Limits;", 1),
        ("mount/mod.rs", "use crate::service::Session;", 1),
        ("ffi/image.rs", "use crate::codec::lzx;", 1),
        ("novel/mod.rs", "use crate::base::Limits;", 1),
        // And nothing else is.
        ("wim/mod.rs", "use crate::base::{Limits, Name}; use crate::wim::header; use crate::Error;", 0),
        (
            "wim/mod.rs",
            "// use crate::package::x;\n/* crate::cbs::y /* nested */ crate::cbs::z */ fn a() {}",
            0,
        ),
        ("wim/mod.rs", "//! use crate::service::x;\nconst A: &str = \"crate::cbs::x\";", 0),
        ("wim/mod.rs", "const A: &str = r#\"crate::\"cbs::x\"#; const B: char = '\"'; // crate::cbs", 0),
        ("wim/mod.rs", "fn f<'a>(x: &'a str) -> &'a str { x } // crate::cbs::x", 0),
        ("cbs/keyform.rs", "use super::identity::Identity; mod tests { use super::*; }", 0),
        ("service/mod.rs", "use crate::{wim, package::msu, cbs, staging::Area};", 0),
        ("bin/wright/main.rs", "use wimwright::wim::WimFile; use crate::output::Table;", 0),
    ];
    for (file, source, count) in cases {
        let found = violations(file, source);
        assert_eq!(found.len(), *count, "{file}: {source}\n{found:?}");
    }
}
