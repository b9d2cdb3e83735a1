//! Every public function and method of the library stands in an example of the documentation that is compiled, and but for
//! a few also run. `cargo test --doc` is what compiles and runs them; this looks whether they are there.

mod common;
#[path = "docs/examples.rs"]
mod examples;
#[path = "docs/surface.rs"]
mod surface;

use common::{files_below, root};
use examples::{Example, examples};
use std::fs::read_to_string;
use surface::{Function, Source, functions};

/// Modules whose functions need what a test has not, so that their examples are compiled and not run.
const COMPILED_ONLY: &[(&str, &str)] = &[
    ("mount", "a mount needs FUSE and a folder of its own"),
    ("media", "needs a medium and updates for it"),
];

fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let files = files_below(&src).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    let files = files.map(|p| {
        let name = p.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        (name, read_to_string(&p).unwrap())
    });
    // The command is no library, and the C interface is documented by its header.
    files.filter(|(name, _)| !name.starts_with("bin/") && !name.starts_with("ffi/")).collect()
}

#[test]
fn every_public_function_is_called_in_an_example() {
    let sources = sources();
    let lib = &sources.iter().find(|(name, _)| name == "lib.rs").expect("lib.rs").1;
    assert!(lib.contains("#[doc(hidden)]\npub mod ffi;"), "the C interface is in the documentation");
    let parsed: Vec<Source> = sources.iter().map(|(name, text)| Source::new(name, text)).collect();
    let functions = functions(&parsed);
    let mut all: Vec<Example> = sources.iter().flat_map(|(name, text)| examples(name, text)).collect();
    all.extend(examples("README.md", &read_to_string(root().join("README.md")).unwrap()));
    assert!(functions.len() > 300 && all.len() > 60, "{} functions, {} examples", functions.len(), all.len());
    let mut missing = Vec::new();
    for function in &functions {
        let mut called = all.iter().filter(|example| example.calls(function)).peekable();
        let module = function.module.first().map_or("", String::as_str);
        let compiled_only = COMPILED_ONLY.iter().any(|(name, _)| *name == module);
        if called.peek().is_none() {
            missing.push(format!("{function}: in no example"));
        } else if !compiled_only && !called.any(|example| example.runs) {
            missing.push(format!("{function}: only in examples that are not run"));
        }
    }
    missing.sort();
    let count = functions.len();
    assert!(missing.is_empty(), "{} of {count} functions:\n{}", missing.len(), missing.join("\n"));
}

const LIB: &str = r#"
//! ```
//! let t = lib::a::Thing::new("(");
//! assert!(t.size() == 1); // t.unused()
//! ```
pub mod a;
mod b;
pub use b::{Shown, Shown as Again};
"#;

const A: &str = r#"
/// ```no_run
/// # use lib::a::Thing; fn f(t: Thing) {
/// t.grow();
/// free("fn made_up()");
/// # }
/// ```
pub struct Thing;
impl Thing {
    pub fn new() {}
    pub const fn size(&self) {}
    pub(crate) fn hidden(&self) {}
    fn private(&self) {}
}
impl Default for Thing {
    fn default() -> Self {}
}
struct Own;
impl Own {
    pub fn of_nobody(&self) {}
}
pub fn free() {}
pub(crate) fn inner() {}
"#;

const B: &str = r"
use crate::a::Thing;
pub struct Shown;
pub struct Hidden;
pub trait Kind {
    fn of_no_public_trait(&self);
}
impl Shown {
    pub fn show(&self) {}
}
impl Hidden {
    pub fn unseen(&self) {}
}
impl Thing {
    pub fn grow(&self) {}
    pub fn unused(&self) {}
}
";

#[test]
fn what_is_public_and_what_is_called_is_told_apart() {
    let sources = [Source::new("lib.rs", LIB), Source::new("a.rs", A), Source::new("b.rs", B)];
    let functions = functions(&sources);
    let names: Vec<String> = functions.iter().map(Function::to_string).collect();
    assert_eq!(
        names,
        [
            "a::Thing::new",
            "a::Thing::size",
            "a::free",
            "b::Shown::show",
            "a::Thing::grow",
            "a::Thing::unused"
        ]
    );
    let all: Vec<Example> = examples("lib.rs", LIB).into_iter().chain(examples("a.rs", A)).collect();
    let runs: Vec<bool> = all.iter().map(|e| e.runs).collect();
    assert_eq!(runs, [true, false]);
    let called = |name: &str| {
        let function = functions.iter().find(|f| f.name == name).unwrap();
        all.iter().filter(|e| e.calls(function)).count()
    };
    let counts = ["new", "size", "free", "show", "grow", "unused"].map(called);
    assert_eq!(counts, [1, 1, 1, 0, 1, 0]);
}
