//! The C# assembly is made from the header and the schemas, compiles, and does what it says on every runtime here.

mod common;
#[path = "media/mod.rs"]
mod media;
#[path = "combinations/packages.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod packages;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;

use common::{root, run, temp, tool};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The sources of the assembly.
fn sources() -> Vec<PathBuf> {
    let root = root().join("bindings/csharp");
    let mut found = Vec::new();
    for folder in [root.clone(), root.join("Native"), root.join("Results")] {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        found.extend(entries.filter(|path| path.extension().is_some_and(|e| e == "cs")));
    }
    found.sort();
    assert!(found.len() > 50, "{found:?}");
    found
}

/// A folder with the native library in it, an image and an update, a folder to work in, one with a medium and its updates.
fn stage(dir: &Path) -> Option<[PathBuf; 4]> {
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let library = [deps.join("libwimwright.so"), deps.parent().unwrap().join("libwimwright.so")];
    let library = library.into_iter().find(|p| p.is_file()).expect("the shared library");
    std::os::unix::fs::symlink(library, dir.join("libwimwright.so")).unwrap();
    let image = common::sample_image(dir, 20)?;
    let update = dir.join("Windows10.0-KB9999999-x64.msu");
    sample_update::write_sample(&update, None).unwrap();
    let folder = dir.join("work");
    fs::create_dir(&folder).unwrap();
    let medium = dir.join("medium");
    media::medium(&medium)?;
    media::updates(&medium);
    Some([image, update, folder, medium])
}

/// A program that hangs is stopped, and fails.
fn passes(command: &Command) {
    let mut limited = Command::new("timeout");
    limited.arg("180").arg(command.get_program()).args(command.get_args());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let out = limited.output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && text.contains("all checks held"), "{command:?}: {text}");
    println!("{text}");
}

#[test]
fn signatures_are_the_headers_and_records_are_the_schemas() {
    let Some(python) = tool("python3") else { return };
    for script in ["native.py", "records.py"] {
        run(&python, [root().join("bindings/csharp").join(script).as_os_str(), "--check".as_ref()]);
    }
}

/// Each function of the header is there for C++ and C# too, with the few that something else stands for.
#[test]
fn every_function_is_wrapped() {
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let header = read(&root().join("include/wimwright.h"));
    let functions: Vec<&str> = header
        .split("\nWW_API")
        .skip(1)
        .filter_map(|d| d.split('(').next()?.rsplit([' ', '*']).next())
        .collect();
    assert!(functions.len() > 90, "{functions:?}");
    let csharp: Vec<PathBuf> = sources().into_iter().filter(|p| !p.ends_with("NativeMethods.cs")).collect();
    let csharp: String = csharp.iter().map(|p| read(p)).collect();
    let cpp = read(&root().join("include/wimwright.hpp"));
    // Calls return the status, and `ww_wim_open_with` opens all that `ww_wim_open` does.
    for (language, text, otherwise) in
        [("C++", cpp, &["ww_error_status"][..]), ("C#", csharp, &["ww_error_status", "ww_wim_open"])]
    {
        let words: BTreeSet<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        let missing: Vec<_> = functions.iter().filter(|f| !words.contains(*f)).collect();
        assert_eq!(missing, otherwise.iter().collect::<Vec<_>>(), "{language}");
    }
}

/// The package for NuGet holds the assemblies and the native library where .NET looks for it; the module has both.
#[test]
fn the_package_is_laid_out() {
    let Some(mono) = tool("mcs").and(tool("mono")) else { return };
    let Some(python) = tool("python3") else { return };
    let dir = temp();
    let Some(arguments) = stage(dir.path()) else { return };
    let (library, out) = (dir.path().join("libwimwright.so"), dir.path().join("package"));
    // Where it lies is what this is about; `scripts/windows` makes the true one, and lays out a package with it.
    let windows = dir.path().join("wimwright.dll");
    fs::write(&windows, "MZ").unwrap();
    run(
        root().join("scripts/package"),
        [
            "--out".as_ref(),
            out.as_os_str(),
            "--linux".as_ref(),
            library.as_os_str(),
            "--windows".as_ref(),
            windows.as_os_str(),
        ],
    );
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let native = format!("runtimes/linux-{processor}/native/libwimwright.so");
    assert!(out.join("nuget").join(&native).is_file());
    let package = out.join(format!("Wimwright.{}.nupkg", env!("CARGO_PKG_VERSION")));
    let listed = run(&python, ["-m".as_ref(), "zipfile".as_ref(), "-l".as_ref(), package.as_os_str()]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    for name in [
        "[Content_Types].xml",
        "_rels/.rels",
        "Wimwright.nuspec",
        "lib/net472/Wimwright.Net.dll",
        &native,
        "runtimes/win-x64/native/wimwright.dll",
    ] {
        assert!(listed.contains(name), "{name} is not in the package: {listed}");
    }
    // On Windows no two names in a folder differ by case alone.
    for folder in [out.join("Wimwright/lib/win-x64"), out.join(format!("Wimwright/lib/linux-{processor}"))] {
        let mut names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().to_lowercase())
            .collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 2, "{}: {names:?}", folder.display());
    }
    // A program beside what the module loads.
    let module = out.join(format!("Wimwright/lib/linux-{processor}"));
    let program = module.join("Program.exe");
    run(
        tool("mcs").unwrap(),
        [
            "-langversion:7".into(),
            format!("-out:{}", program.display()),
            format!("-r:{}", module.join("Wimwright.Net.dll").display()),
            root().join("bindings/csharp/test/Program.cs").display().to_string(),
        ],
    );
    let mut command = Command::new(mono);
    command.arg(program).args(arguments);
    passes(&command);
}

#[test]
fn the_assembly_works_on_mono() {
    let (Some(compiler), Some(mono)) = (tool("mcs"), tool("mono")) else { return };
    let dir = temp();
    let assembly = dir.path().join("Wimwright.Net.dll");
    let mut arguments: Vec<OsString> =
        ["-langversion:7", "-warnaserror", "-target:library"].map(Into::into).into();
    arguments.push(format!("-doc:{}", dir.path().join("Wimwright.Net.xml").display()).into());
    arguments.push(format!("-out:{}", assembly.display()).into());
    arguments.extend(sources().into_iter().map(Into::into));
    run(&compiler, &arguments);
    let program = dir.path().join("Program.exe");
    run(
        &compiler,
        [
            "-langversion:7".into(),
            format!("-out:{}", program.display()),
            format!("-r:{}", assembly.display()),
            root().join("bindings/csharp/test/Program.cs").display().to_string(),
        ],
    );
    let Some(arguments) = stage(dir.path()) else { return };
    let mut command = Command::new(mono);
    command.arg(program).args(arguments);
    passes(&command);
}

/// .NET 8 with its compiler, where `scripts/setup --dotnet` put it or `DOTNET_TOOLS` says it is.
#[test]
fn the_assembly_works_on_dotnet() {
    let named = std::env::var_os("DOTNET_TOOLS").map(PathBuf::from);
    let tools = named.unwrap_or_else(|| root().join("target/tools/dotnet"));
    let compiler = tools.join("csc.sh");
    if !compiler.is_file() {
        common::skipped("no .NET 8 (scripts/dotnet)");
        return;
    }
    let dir = temp();
    let assembly = dir.path().join("Wimwright.Net.dll");
    let mut arguments: Vec<OsString> =
        ["-langversion:7.3", "-define:NET5_0_OR_GREATER;NET8_0_OR_GREATER"].map(Into::into).into();
    arguments.extend([
        "-target:library".into(),
        format!("-doc:{}", dir.path().join("Wimwright.Net.xml").display()).into(),
    ]);
    arguments.push(format!("-out:{}", assembly.display()).into());
    arguments.extend(sources().into_iter().map(Into::into));
    run(&compiler, &arguments);
    let program = dir.path().join("Program.dll");
    run(
        &compiler,
        [
            "-target:exe".into(),
            format!("-out:{}", program.display()),
            format!("-r:{}", assembly.display()),
            root().join("bindings/csharp/test/Program.cs").display().to_string(),
        ],
    );
    let config = r#"{"runtimeOptions":{"tfm":"net8.0","framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"}}}"#;
    fs::write(dir.path().join("Program.runtimeconfig.json"), config).unwrap();
    let Some(arguments) = stage(dir.path()) else { return };
    // As a package lays it out: below the assembly by system and processor.
    if cfg!(target_arch = "x86_64") {
        let native = dir.path().join("runtimes/linux-x64/native");
        fs::create_dir_all(&native).unwrap();
        fs::rename(dir.path().join("libwimwright.so"), native.join("libwimwright.so")).unwrap();
    }
    let mut command = Command::new(tools.join("dotnet/dotnet"));
    command.arg(program).args(arguments).env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    passes(&command);
}

/// The sources are .NET Standard 2.0, by its own reference assemblies, and what is compiled so runs on .NET 8.
#[test]
fn the_assembly_is_net_standard() {
    let named = std::env::var_os("DOTNET_TOOLS").map(PathBuf::from);
    let tools = named.unwrap_or_else(|| root().join("target/tools/dotnet"));
    let compiler = tools.join("csc-standard.sh");
    if !compiler.is_file() {
        common::skipped("no reference assemblies of .NET Standard (scripts/dotnet)");
        return;
    }
    let dir = temp();
    let assembly = dir.path().join("Wimwright.Net.dll");
    let compile = |more: &[&str]| {
        let mut command = Command::new(&compiler);
        command.args(["-langversion:7.3", "-target:library"]).args(more);
        command.arg(format!("-out:{}", assembly.display())).args(sources()).output().unwrap()
    };
    // What it does not have is an error: these references are no others.
    let newer = compile(&["-define:NET5_0_OR_GREATER"]);
    assert!(
        !newer.status.success() && String::from_utf8_lossy(&newer.stderr).contains("NativeLibrary"),
        "{newer:?}"
    );
    let out = compile(&[]);
    assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    let program = dir.path().join("Program.dll");
    run(
        &compiler,
        [
            "-target:exe".into(),
            format!("-out:{}", program.display()),
            format!("-r:{}", assembly.display()),
            root().join("bindings/csharp/test/Program.cs").display().to_string(),
        ],
    );
    let config = r#"{"runtimeOptions":{"tfm":"net8.0","framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"}}}"#;
    fs::write(dir.path().join("Program.runtimeconfig.json"), config).unwrap();
    let Some(arguments) = stage(dir.path()) else { return };
    let mut command = Command::new(tools.join("dotnet/dotnet"));
    command.arg(program).args(arguments).env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    passes(&command);
}
