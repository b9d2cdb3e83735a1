//! The C ABI: the header and the symbols are what is checked in, and C programs get what the header says.

mod common;
#[path = "capi/layout.rs"]
mod layout;
#[path = "media/mod.rs"]
mod media;
#[path = "combinations/packages.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod packages;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
#[cfg(feature = "site")]
#[path = "site/mod.rs"]
mod site;

use common::{root, run, temp, tool};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const HOW: &str = "WIMWRIGHT_BLESS=1 cargo test --test capi -- the_header_is the_symbols_are";

/// Compares a checked-in file with what it should be, or writes it anew when that is asked for.
fn same(path: &Path, made: &str) {
    if std::env::var_os("WIMWRIGHT_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, made).unwrap();
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(there == made, "{} is out of date; run {HOW}", path.display());
}

fn header() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in [
        "numbers",
        "text",
        "error",
        "progress",
        "write_to",
        "image",
        "pipe",
        "look",
        "extract",
        "write",
        "images",
        "overlay",
        "overlay_edit",
        "diff",
        "capture",
        "mount",
        "unstage",
        "update",
        "session",
        "media",
        "site",
        "site_packages",
        "site_updates",
        "site_schedules",
        "site_points",
        "site_prestage",
    ] {
        builder = builder.with_src(root().join(format!("src/ffi/{file}.rs")));
    }
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    // The section that Rust asks for says again what the head of the header says for C.
    let text = String::from_utf8(text).unwrap();
    let mut out: Vec<&str> = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        skipping = line == " * # Safety" || skipping && line != " */";
        if line == " */" {
            while out.last() == Some(&" *") {
                out.pop();
            }
        }
        if !skipping {
            out.push(line.trim_end());
        }
    }
    optional(&(out.join("\n") + "\n"))
}

/// The functions of a site, which come last, stand aside for programs that use a library without them.
fn optional(header: &str) -> String {
    let first = header.find("(const char *path, ww_site **site").expect("the first function of a site");
    let begin = header[..first].rfind("/**").unwrap();
    let last = header.rfind("WW_API").unwrap();
    let end = last + header[last..].find(");\n").unwrap() + 3;
    let (before, site, after) = (&header[..begin], &header[begin..end], &header[end..]);
    for declaration in site.split("WW_API").skip(1) {
        assert!(declaration.contains("ww_site_"), "{declaration} is no function of a site");
    }
    format!("{before}#ifndef WW_NO_SITE\n\n{site}\n#endif /* WW_NO_SITE */\n{after}")
}

#[test]
fn the_header_is_what_the_source_says() {
    let header = header();
    same(&root().join("include/wimwright.h"), &header);
    assert!(
        !header.contains("Ww") && !header.contains("# Safety"),
        "a name or section of Rust's got through"
    );
}

/// Every function has a comment, and it says who may call it when.
#[test]
fn every_function_says_whether_threads_may_share_it() {
    let header = header();
    let mut functions = 0;
    for (at, _) in header.match_indices("\nWW_API") {
        let comment = header[..at].rsplit_once("/**").unwrap().1;
        let name = header[at + 7..].split('(').next().unwrap();
        assert!(comment.trim_end().ends_with("*/"), "{name} has no comment");
        let comment = comment.replace("\n * ", " ");
        let says = ["Thread-safe", "One call at a time", "Any thread may do it"];
        assert!(says.iter().any(|s| comment.contains(s)), "{name}: {comment}");
        functions += 1;
    }
    assert!(functions > 40, "{functions} functions found");
}

/// The shared library that cargo made for this test.
fn library() -> PathBuf {
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let name = format!("{}wimwright{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let places = [deps.join(&name), deps.parent().unwrap().join(&name)];
    places.into_iter().find(|p| p.is_file()).expect("the shared library")
}

#[test]
fn the_symbols_are_those_of_the_header() {
    let Some(nm) = tool("nm") else { return };
    let out = run(nm, ["-D".as_ref(), "--defined-only".as_ref(), library().as_os_str()]);
    let text = String::from_utf8(out.stdout).unwrap();
    let mut names: Vec<_> = text.lines().filter_map(|l| l.split_whitespace().nth(2)).collect();
    // `crc-fast`, which object_store uses, exports its own C functions, and cargo has no way to keep them in.
    names.retain(|name| !name.starts_with("crc_fast_"));
    names.sort_unstable();
    same(&root().join("tests/capi/symbols.txt"), &(names.join("\n") + "\n"));
    let header = header();
    for name in &names {
        assert!(
            name.starts_with("ww_") && header.contains(&format!("{name}(")),
            "{name} is not in the header"
        );
    }
    assert_eq!(header.matches("\nWW_API").count(), names.len(), "the header declares more than there is");
}

fn compilers() -> Vec<PathBuf> {
    ["gcc", "clang"].into_iter().filter_map(tool).collect()
}

/// The sizes, offsets and numbers that a program was compiled with are the library's: `tests/capi/abi.c` says them, from
/// the library's own types, and every compiler holds them against the header. A line of it changes only where the ABI does.
#[test]
fn sizes_offsets_and_numbers_are_pinned() {
    let source = root().join("tests/capi/abi.c");
    same(&source, &layout::assertions(&header()));
    let include = format!("-I{}", root().join("include").display());
    let others = tool("x86_64-w64-mingw32-gcc").into_iter();
    for compiler in compilers().into_iter().chain(others) {
        for (language, standard) in [("c", "c99"), ("c", "c11"), ("c++", "c++17")] {
            let standard = format!("-std={standard}");
            let flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-x", language];
            // mingw's C++ compiler is another package.
            if language == "c++" && compiler.to_string_lossy().contains("mingw") {
                continue;
            }
            run(
                &compiler,
                flags.iter().map(OsStr::new).chain([standard.as_ref(), include.as_ref(), source.as_os_str()]),
            );
        }
    }
}

/// The header alone, in every language and by every compiler that may read it.
#[test]
fn the_header_compiles_alone_and_twice() {
    let dir = temp();
    let source = dir.path().join("alone.c");
    let twice =
        "#include \"wimwright.h\"\n#include \"wimwright.h\"\nint main(void) { return WW_STATUS_OK; }\n";
    fs::write(&source, twice).unwrap();
    let include = format!("-I{}", root().join("include").display());
    for compiler in compilers() {
        for (language, standard) in [("c", "c99"), ("c", "c11"), ("c++", "c++11"), ("c++", "c++17")] {
            let standard = format!("-std={standard}");
            let flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-x", language];
            run(
                &compiler,
                flags.iter().map(OsStr::new).chain([standard.as_ref(), include.as_ref(), source.as_os_str()]),
            );
        }
    }
}

/// Compiles a program of `tests/capi` against the shared library.
fn compile(compiler: &Path, source: &str, program: &Path) {
    compile_with(compiler, &[], source, program);
}

fn compile_with(compiler: &Path, more: &[&str], source: &str, program: &Path) {
    let library = library();
    let folder = library.parent().unwrap().display();
    let flags = ["-std=c11", "-gdwarf-4", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"];
    let mut arguments: Vec<OsString> = flags.iter().map(Into::into).collect();
    arguments.extend(more.iter().map(Into::into));
    arguments.push(format!("-I{}", root().join("include").display()).into());
    arguments.push(root().join("tests/capi").join(source).into());
    arguments.extend(["-o".into(), program.into()]);
    arguments.extend([
        format!("-L{folder}").into(),
        "-lwimwright".into(),
        format!("-Wl,-rpath,{folder}").into(),
    ]);
    run(compiler, arguments);
}

/// Who watches a program's memory.
#[derive(Clone, Copy, Debug)]
enum Judge {
    Valgrind,
    Sanitizers,
}

/// Compiles a program of `tests/capi` and runs it in `dir` under that judge, where it is installed.
fn judged(judge: Judge, dir: &Path, source: &str, arguments: &[&Path]) -> Option<Output> {
    let program = dir.join(source.trim_end_matches(".c"));
    let mut command = match judge {
        Judge::Valgrind => {
            compile(&compilers().pop()?, source, &program);
            let mut command = match tool("valgrind") {
                Some(valgrind) => Command::new(valgrind),
                None => Command::new("env"),
            };
            if tool("valgrind").is_some() {
                let flags = ["-q", "--error-exitcode=9", "--leak-check=full", "--fair-sched=yes"];
                command.args(flags).args(["--errors-for-leak-kinds=definite", "--"]);
            }
            command.arg(program).env("NO_MOUNT", "1");
            command
        }
        Judge::Sanitizers => {
            let flags =
                ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"];
            compile_with(&tool("gcc")?, &flags, source, &program);
            let mut command = Command::new(program);
            // Threads of the library's pool sleep until the process ends, with what they hold.
            command.env("ASAN_OPTIONS", "abort_on_error=0:detect_leaks=1");
            command
        }
    };
    // Cargo's own search path could lead to a library of an earlier build.
    command.env_remove("LD_LIBRARY_PATH").env_remove("DYLD_FALLBACK_LIBRARY_PATH");
    let out = command.args(arguments).current_dir(dir).output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{source} under {judge:?}: {}\n{text}", out.status);
    println!("{text}");
    Some(out)
}

/// A sample image of two indexes and a sample update, of the project's own making.
fn samples(dir: &Path) -> Option<(PathBuf, PathBuf)> {
    let image = common::sample_image(dir, 60)?;
    let update = dir.join("Windows10.0-KB9999999-x64.msu");
    sample_update::write_sample(&update, None).unwrap();
    Some((image, update))
}

fn servicing(judge: Judge) {
    let dir = temp();
    let Some((image, update)) = samples(dir.path()) else { return };
    let (output, folder) = (dir.path().join("out.wim"), dir.path().join("folder"));
    fs::create_dir(&folder).unwrap();
    let arguments = [&*image, &update, &output, &folder];
    let Some(out) = judged(judge, dir.path(), "roundtrip.c", &arguments) else { return };
    assert!(String::from_utf8_lossy(&out.stdout).contains("all checks held"), "{out:?}");
    run("wimlib-imagex", ["verify".as_ref(), output.as_os_str()]);
}

fn editing(judge: Judge) {
    let dir = temp();
    let Some(image) = common::sample_image(dir.path(), 30) else { return };
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let Some(out) = judged(judge, dir.path(), "edit.c", &[&image, &folder]) else { return };
    assert!(String::from_utf8_lossy(&out.stdout).contains("all checks held"), "{out:?}");
    for made in [image, folder.join("new.wim"), folder.join("one.wim")] {
        run("wimlib-imagex", ["verify".as_ref(), made.as_os_str()]);
    }
}

#[test]
fn a_c_program_services_images() {
    servicing(Judge::Valgrind);
}

#[test]
fn a_c_program_services_images_under_sanitizers() {
    servicing(Judge::Sanitizers);
}

#[test]
fn a_c_program_edits_images_and_writes_new_files() {
    editing(Judge::Valgrind);
}

#[test]
fn a_c_program_edits_images_under_sanitizers() {
    editing(Judge::Sanitizers);
}

#[cfg(feature = "site")]
fn upgrade_packages(judge: Judge) {
    let dir = temp();
    let Some((image, update)) = samples(dir.path()) else { return };
    let (media, folder) = (site::media(dir.path(), "media", &image), dir.path().join("folder"));
    fs::create_dir(&folder).unwrap();
    let Some(out) = judged(judge, dir.path(), "site.c", &[&media, &update, &folder]) else { return };
    assert!(String::from_utf8_lossy(&out.stdout).contains("all checks held"), "{out:?}");
}

#[cfg(feature = "site")]
#[test]
fn a_c_program_keeps_upgrade_packages() {
    upgrade_packages(Judge::Valgrind);
}

#[cfg(feature = "site")]
#[test]
fn a_c_program_keeps_upgrade_packages_under_sanitizers() {
    upgrade_packages(Judge::Sanitizers);
}

fn refreshing(judge: Judge) {
    let dir = temp();
    if media::medium(dir.path()).is_none() {
        return;
    }
    media::updates(dir.path());
    let Some(out) = judged(judge, dir.path(), "refresh.c", &[dir.path()]) else { return };
    assert!(String::from_utf8_lossy(&out.stdout).contains("all checks held"), "{out:?}");
    for image in ["install.wim", "boot.wim"] {
        run("wimlib-imagex", ["verify".as_ref(), dir.path().join("new/sources").join(image).as_os_str()]);
    }
}

#[test]
fn a_c_program_brings_media_up_to_date() {
    refreshing(Judge::Valgrind);
}

#[test]
fn a_c_program_brings_media_up_to_date_under_sanitizers() {
    refreshing(Judge::Sanitizers);
}

/// The README's C example is a part of a program that is compiled and run.
#[test]
fn the_example_of_the_readme_works() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let example = readme.split_once("```c\n").unwrap().1.split_once("```").unwrap().0;
    let source = fs::read_to_string(root().join("tests/capi/readme.c")).unwrap();
    assert_eq!(source, example, "tests/capi/readme.c is not the README's example");
    let dir = temp();
    let Some((image, update)) = samples(dir.path()) else { return };
    let (there, before) = (dir.path().join("install.wim"), fs::read(&image).unwrap());
    fs::rename(image, &there).unwrap();
    fs::rename(update, dir.path().join("windows10.0-kb5015684-x64.msu")).unwrap();
    let Some(out) = judged(Judge::Valgrind, dir.path(), "readme.c", &[]) else { return };
    assert!(String::from_utf8_lossy(&out.stdout).contains("wimwright.receipt.v1"), "{out:?}");
    assert_ne!(fs::read(&there).unwrap(), before);
    run("wimlib-imagex", ["verify".as_ref(), there.as_os_str()]);
}
