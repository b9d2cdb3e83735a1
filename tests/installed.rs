//! `scripts/install` puts everything where pkg-config and CMake find it, and the C++ header does what it says.

mod common;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;

use common::{root, run, temp, tool};
use std::path::Path;
use std::process::Command;

/// Runs a program that checks the library by itself.
fn checks(program: &Path, dir: &Path, libraries: &Path) {
    let Some(image) = common::sample_image(dir, 20) else { return };
    let update = dir.join("Windows10.0-KB9999999-x64.msu");
    sample_update::write_sample(&update, None).unwrap();
    let out = Command::new(program)
        .args([&image, &update, &dir.join("out.wim")])
        .env("LD_LIBRARY_PATH", libraries)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && text.contains("all checks held"), "{}: {text}", program.display());
}

#[test]
fn an_installed_library_is_found_by_pkg_config_and_cmake() {
    if std::env::var_os("WIMWRIGHT_LONG").is_none() {
        return common::skipped("installing builds everything again (WIMWRIGHT_LONG=1)");
    }
    let (Some(compiler), Some(pkg_config)) = (tool("g++"), tool("pkg-config")) else { return };
    let work = temp();
    let prefix = work.path().join("prefix");
    run(
        root().join("scripts/install"),
        ["--profile".as_ref(), "dev".as_ref(), "--prefix".as_ref(), prefix.as_os_str()],
    );
    let libraries = prefix.join("lib");
    let version = run(prefix.join("bin/wright"), ["--version"]);
    assert!(String::from_utf8_lossy(&version.stdout).contains(env!("CARGO_PKG_VERSION")));

    let ask = |what: &[&str]| {
        let out = Command::new(&pkg_config)
            .args(what)
            .arg("wimwright")
            .env("PKG_CONFIG_PATH", libraries.join("pkgconfig"))
            .output()
            .unwrap();
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ask(&["--modversion"]), [env!("CARGO_PKG_VERSION")]);
    let source = root().join("tests/capi/example/main.cpp").display().to_string();
    let strict = ["-std=c++17", "-Wall", "-Wextra", "-pedantic", "-Werror"];
    let build = |compiler: &Path, name: &str, more: &[&str]| {
        let program = work.path().join(name);
        let mut arguments: Vec<String> = strict.iter().chain(more).map(ToString::to_string).collect();
        arguments.extend([source.clone(), "-o".into(), program.display().to_string()]);
        arguments.extend(ask(&["--cflags", "--libs"]));
        run(compiler, &arguments);
        program
    };
    checks(&build(&compiler, "throws", &[]), work.path(), &libraries);
    checks(
        &build(&compiler, "returns", &["-DWIMWRIGHT_NO_EXCEPTIONS", "-fno-exceptions"]),
        work.path(),
        &libraries,
    );
    checks(
        &build(&compiler, "watched", &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]),
        work.path(),
        &libraries,
    );
    if let Some(clang) = tool("clang++") {
        build(&clang, "clang", &[]);
    }

    let Some(cmake) = tool("cmake") else { return };
    let project = root().join("tests/capi/example");
    let built = work.path().join("cmake");
    run(
        &cmake,
        [
            "-S".as_ref(),
            project.as_os_str(),
            "-B".as_ref(),
            built.as_os_str(),
            format!("-DCMAKE_PREFIX_PATH={}", prefix.display()).as_ref(),
            format!("-DCMAKE_CXX_COMPILER={}", compiler.display()).as_ref(),
        ],
    );
    run(&cmake, ["--build".as_ref(), built.as_os_str()]);
    for name in ["shared", "static"] {
        checks(&built.join(name), work.path(), &libraries);
    }
}

/// What the installed library's test does, against the library that cargo made for this one.
#[test]
fn the_cpp_program_works() {
    let Some(compiler) = tool("g++") else { return };
    let work = temp();
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let places = [deps.clone(), deps.parent().unwrap().to_owned()];
    let libraries = places.into_iter().find(|p| p.join("libwimwright.so").is_file()).expect("the library");
    for form in ["-DWITH_EXCEPTIONS", "-DWIMWRIGHT_NO_EXCEPTIONS"] {
        let program = work.path().join(&form[2..]);
        let mut arguments: Vec<String> =
            ["-std=c++17", "-Wall", "-Wextra", "-pedantic", "-Werror", form].map(Into::into).into();
        arguments.push(format!("-I{}", root().join("include").display()));
        arguments.push(root().join("tests/capi/example/main.cpp").display().to_string());
        arguments.extend(["-o".into(), program.display().to_string()]);
        arguments.extend([format!("-L{}", libraries.display()), "-lwimwright".into()]);
        run(&compiler, &arguments);
        let folder = work.path().join(form);
        std::fs::create_dir(&folder).unwrap();
        checks(&program, &folder, &libraries);
    }
}

/// The C++ header alone and twice, in both of its forms.
#[test]
fn the_cpp_header_compiles_alone_and_twice() {
    let dir = temp();
    let source = dir.path().join("alone.cpp");
    let twice = "#include \"wimwright.hpp\"\n#include \"wimwright.hpp\"\nint main() { return 0; }\n";
    std::fs::write(&source, twice).unwrap();
    for compiler in ["g++", "clang++"].into_iter().filter_map(tool) {
        for standard in ["-std=c++17", "-std=c++20"] {
            for form in ["-DWITH_EXCEPTIONS", "-DWIMWRIGHT_NO_EXCEPTIONS"] {
                let flags = ["-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror", standard, form];
                let include = format!("-I{}", root().join("include").display());
                let all = flags.iter().map(AsRef::as_ref);
                run(&compiler, all.chain([include.as_ref(), source.as_os_str()]));
            }
        }
    }
}
