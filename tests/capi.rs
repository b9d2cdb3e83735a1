//! The C ABI: the header and the symbols are what is checked in, and a C program gets what the header says.

mod common;

use common::{root, temp, tool};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether to write the checked-in files anew instead of comparing with them.
fn bless() -> bool {
    std::env::var_os("WIMWRIGHT_BLESS").is_some()
}

fn same(path: &Path, made: &str, how: &str) {
    if bless() {
        fs::write(path, made).unwrap();
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(there == made, "{} is out of date; run {how}", path.display());
}

fn header() -> String {
    let mut builder = cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap());
    for file in ["numbers", "error", "text", "progress", "image", "update", "session"] {
        builder = builder.with_src(root().join(format!("src/ffi/{file}.rs")));
    }
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    // Rust's own sections of the documentation mean nothing to a C caller.
    let text = String::from_utf8(text).unwrap();
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "/// # Safety" || line == " * # Safety" {
            while lines.next_if(|l| l.starts_with(" *") && !l.starts_with(" */")).is_some() {}
            while out.ends_with(" *\n") {
                out.truncate(out.len() - 3);
            }
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[test]
fn header_is_what_the_source_says() {
    fs::create_dir_all(root().join("include")).unwrap();
    same(&root().join("include/wimwright.h"), &header(), "WIMWRIGHT_BLESS=1 cargo test --test capi");
}

/// The shared library that cargo made for this test.
fn library() -> PathBuf {
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let name = format!("{}wimwright{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    [deps.join(&name), deps.parent().unwrap().join(&name)]
        .into_iter()
        .find(|p| p.is_file())
        .expect("the cdylib")
}

#[test]
fn symbols_are_what_is_checked_in() {
    let Some(nm) = tool("nm") else { return };
    let out = Command::new(nm).args(["-D", "--defined-only"]).arg(library()).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let mut names: Vec<_> = text.lines().filter_map(|l| l.split_whitespace().nth(2)).collect();
    names.sort_unstable();
    let made = names.iter().fold(String::new(), |all, n| all + n + "\n");
    same(&root().join("tests/capi/symbols.txt"), &made, "WIMWRIGHT_BLESS=1 cargo test --test capi");
    for name in names {
        assert!(header().contains(&format!("{name}(")), "{name} is exported and not in the header");
    }
}

/// The header alone, in every language and compiler that reads it.
#[test]
fn header_compiles_alone_and_twice() {
    let dir = temp();
    let source = dir.path().join("alone.c");
    fs::write(
        &source,
        "#include \"wimwright.h\"\n#include \"wimwright.h\"\nint main(void) { return WW_STATUS_OK; }\n",
    )
    .unwrap();
    let include = format!("-I{}", root().join("include").display());
    for compiler in ["gcc", "clang"] {
        let Some(compiler) = tool(compiler) else { continue };
        for (language, standard) in [("c", "c99"), ("c", "c11"), ("c++", "c++17")] {
            let std = format!("-std={standard}");
            let flags =
                ["-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror", "-x", language, &std, &include];
            let out = Command::new(&compiler).args(flags).arg(&source).output().unwrap();
            let errors = String::from_utf8_lossy(&out.stderr);
            assert!(out.status.success(), "{} {standard}: {errors}", compiler.display());
        }
    }
}

/// A sample image with one index and a sample update, of the project's own making.
fn samples(dir: &Path) -> Option<(PathBuf, PathBuf)> {
    tool("wimlib-imagex")?;
    let (image, update) = (dir.join("install.wim"), dir.join("Windows10.0-KB9999999-x64.msu"));
    let example =
        std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples/sample_update");
    let made = common::run(example, [update.as_os_str()]);
    assert!(made.status.success(), "{made:?}");
    let made = common::run(root().join("scripts/sample-image"), [image.as_os_str()]);
    assert!(made.status.success(), "{made:?}");
    Some((image, update))
}

#[test]
fn a_c_program_does_the_whole_job() {
    let (Some(gcc), dir) = (tool("gcc"), temp()) else { return };
    let Some((image, update)) = samples(dir.path()) else { return };
    let program = dir.path().join("roundtrip");
    let library = library();
    let folder = library.parent().unwrap();
    let out = Command::new(gcc)
        .args(["-std=c11", "-g", "-Wall", "-Wextra", "-pedantic", "-Werror"])
        .arg(format!("-I{}", root().join("include").display()))
        .arg(root().join("tests/capi/roundtrip.c"))
        .arg("-o")
        .arg(&program)
        .args([
            format!("-L{}", folder.display()),
            "-lwimwright".into(),
            format!("-Wl,-rpath,{}", folder.display()),
        ])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let mut arguments = vec![];
    let mut first = program.clone();
    if let Some(valgrind) = tool("valgrind") {
        first = valgrind;
        arguments = ["-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"]
            .map(std::ffi::OsString::from)
            .to_vec();
        arguments.push(program.into());
    }
    let work = [image, update, dir.path().join("out.wim"), dir.path().join("folder")];
    arguments.extend(work.iter().map(|p| p.clone().into()));
    let out = common::run(first, arguments);
    let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{text}");
    assert!(text.contains("all checks held"), "{text}");
    let judged = common::run("wimlib-imagex", ["verify".as_ref(), work[2].as_os_str()]);
    assert!(judged.status.success(), "{judged:?}");
}
