//! `scripts/install` puts everything where pkg-config and CMake find it, and the C++ header does what it says.

mod common;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;

use common::{root, run, temp, tool};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a program that checks the library by itself.
fn checks(program: &Path, libraries: &Path) {
    let work = temp();
    let dir = work.path();
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

/// What cargo made for this test, in one folder.
fn built(dir: &Path) -> PathBuf {
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let built = dir.join("built");
    std::fs::create_dir(&built).unwrap();
    for name in ["libwimwright.so", "libwimwright.a"] {
        let places = [deps.join(name), deps.parent().unwrap().join(name)];
        let library = places.into_iter().find(|p| p.is_file()).unwrap_or_else(|| panic!("{name}"));
        std::os::unix::fs::symlink(library, built.join(name)).unwrap();
    }
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_wright"), built.join("wright")).unwrap();
    built
}

/// Installs what is built already, and uses it through pkg-config and CMake; with `WIMWRIGHT_LONG`, `scripts/install` builds,
/// and programs are made in every form.
#[test]
fn an_installed_library_is_found_by_pkg_config_and_cmake() {
    let long = std::env::var_os("WIMWRIGHT_LONG").is_some();
    let (Some(compiler), Some(pkg_config)) = (tool("g++"), tool("pkg-config")) else { return };
    let work = temp();
    let prefix = work.path().join("prefix");
    let from = if long {
        ["--profile".into(), "dev".into()]
    } else {
        ["--built".into(), built(work.path()).into_os_string()]
    };
    let to = ["--prefix".into(), prefix.clone().into_os_string()];
    run(root().join("scripts/install"), from.into_iter().chain(to));
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
    checks(&build(&compiler, "throws", &[]), &libraries);
    if long {
        let returns = ["-DWIMWRIGHT_NO_EXCEPTIONS", "-fno-exceptions"];
        checks(&build(&compiler, "returns", &returns), &libraries);
        let watched = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
        checks(&build(&compiler, "watched", &watched), &libraries);
        if let Some(clang) = tool("clang++") {
            build(&clang, "clang", &[]);
        }
    }

    let Some(cmake) = tool("cmake") else { return };
    let project = root().join("tests/capi/example");
    let cmake_built = work.path().join("cmake");
    run(
        &cmake,
        [
            "-S".as_ref(),
            project.as_os_str(),
            "-B".as_ref(),
            cmake_built.as_os_str(),
            format!("-DCMAKE_PREFIX_PATH={}", prefix.display()).as_ref(),
            format!("-DCMAKE_CXX_COMPILER={}", compiler.display()).as_ref(),
        ],
    );
    // The static library of a build for tests is large, and takes its time to be linked.
    for name in ["shared", "static"].into_iter().take(if long { 2 } else { 1 }) {
        run(&cmake, ["--build".as_ref(), cmake_built.as_os_str(), "--target".as_ref(), name.as_ref()]);
        checks(&cmake_built.join(name), &libraries);
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
        checks(&program, &libraries);
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
