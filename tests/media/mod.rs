//! A medium of Windows Setup, made up, with the updates of a Dynamic Update for it.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common::{cabinet, root, run, tool};
use crate::packages::Package;
use std::fs;
use std::path::{Path, PathBuf};

pub const VERSION: &str = "10.0.26100.1";

const BASE: Package = Package { parent_version: VERSION, ..Package::PLAIN };
pub const STACK: Package = Package {
    name: "Package_for_ServicingStack_4060",
    version: "26100.4060.1.0",
    components: &[("stack", "10.0.26100.4060", "the servicing stack")],
    ..BASE
};
pub const TARGET: Package = Package {
    name: "Package_for_RollupFix",
    version: "26100.4061.1.9",
    components: &[("setup", "10.0.26100.4061", "MZ setup of the cumulative update")],
    file: "setup.exe",
    stack: "10.0.26100.4060",
    ..BASE
};
pub const CHECKPOINT: Package = Package {
    name: "Package_for_RollupFix",
    version: "26100.1742.1.10",
    stack: "10.0.26100.1738",
    components: &[("checkpoint", "10.0.26100.1742", "of the checkpoint")],
    ..BASE
};
pub const SAFE_OS: Package = Package {
    name: "Package_for_SafeOSDU",
    version: "26100.4055.1.0",
    components: &[("safeos", "10.0.26100.4055", "of the Safe OS update")],
    ..BASE
};
pub const DOTNET: Package = Package {
    name: "Package_for_DotNetRollup",
    version: "10.0.9305.2",
    components: &[("dotnet", "10.0.9305.2", "of .NET")],
    ..BASE
};

/// Setup's Dynamic Update: one file is new, one lies in a folder, one is spelled in another case on the medium.
pub const SETUP_UPDATE: [(&str, &[u8]); 5] = [
    ("setup.exe", b"MZ setup of the Setup update"),
    ("setuphost.exe", b"MZ setuphost of the Setup update"),
    ("appraiser.dll", b"MZ new"),
    (r"en-us\setup.exe.mui", b"MZ strings"),
    ("LANG.INI", b"[newer]"),
];

/// What the boot image's second index has for the medium: path, contents.
pub const OF_BOOT: [(&str, &str); 5] = [
    ("sources/setup.exe", "MZ setup of the boot image"),
    ("sources/setuphost.exe", "MZ setuphost of the boot image"),
    ("Windows/Boot/EFI/bootmgfw.efi", "MZ bootmgfw of the boot image"),
    ("Windows/Boot/EFI/bootmgr.efi", "MZ bootmgr of the boot image"),
    ("Windows/Boot/EFI/boot.stl", "boot.stl of the boot image"),
];

/// The medium's files beside its images.
pub const FILES: [(&str, &str); 15] = [
    ("setup.exe", "MZ setup at the root"),
    ("autorun.inf", "[autorun]"),
    ("bootmgr", "bootmgr"),
    ("bootmgr.efi", "MZ bootmgr of the medium"),
    ("sources/setup.exe", "MZ setup of the medium"),
    ("sources/setuphost.exe", "MZ setuphost of the medium"),
    ("sources/lang.ini", "[Available UI Languages]"),
    ("sources/untouched.dll", "MZ untouched"),
    ("boot/bcd", "bcd"),
    ("boot/etfsboot.com", "the boot sector for BIOS"),
    ("efi/BOOT/BOOTX64.EFI", "MZ bootx64 of the medium"),
    ("efi/microsoft/boot/bcd", "bcd"),
    ("efi/microsoft/boot/efisys.bin", "the boot image for UEFI"),
    ("efi/microsoft/boot/fonts/bootmgfw.efi", "MZ bootmgfw deep in the medium"),
    ("support/logging/readme.txt", "read me"),
];

/// An image by `scripts/sample-image`.
fn image(path: &Path, editions: &str, files: u32) {
    let files = files.to_string();
    let script = root().join("scripts/sample-image");
    let args = [script.as_os_str(), path.as_os_str()].map(std::ffi::OsStr::to_owned);
    let more = ["--files", &files, "--version", VERSION, "--editions", editions].map(Into::into);
    run("python3", args.into_iter().chain(more));
}

/// Puts files into an index of an image: where they lie, and where they go.
pub fn add(image: &Path, index: u32, files: &[(PathBuf, String)]) {
    let mut command = vec!["update".to_owned(), image.display().to_string(), index.to_string()];
    for (from, to) in files {
        command.push(format!("--command=add '{}' '/{to}'", from.display()));
    }
    // One command is all that it takes at a time.
    for one in &command[3..] {
        run("wimlib-imagex", command[..3].iter().chain([one]));
    }
}

/// Makes the medium in `dir/media`: three editions with Windows RE in two of them, a boot image of two indexes. `None`, with a
/// line that says so, without what makes images.
pub fn medium(dir: &Path) -> Option<PathBuf> {
    tool("wimlib-imagex")?;
    tool("python3")?;
    let media = dir.join("media");
    for (path, text) in FILES {
        let path = media.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let sources = media.join("sources");
    let (winre, install, boot) =
        (dir.join("winre.wim"), sources.join("install.wim"), sources.join("boot.wim"));
    image(&winre, "WindowsPE", 4);
    image(&install, "Professional,Enterprise,Core", 12);
    image(&boot, "PE,Setup", 6);
    for index in [1, 2] {
        add(&install, index, &[(winre.clone(), "Windows/System32/Recovery/Winre.wim".into())]);
    }
    let files = OF_BOOT.map(|(path, text)| {
        let file = dir.join(path.rsplit('/').next().unwrap());
        fs::write(&file, text).unwrap();
        (file, path.to_owned())
    });
    add(&boot, 2, &files);
    Some(media)
}

/// A package's cabinet in an MSU as Microsoft combines them: with the servicing stack beside it.
pub fn combined(dir: &Path, package: &Package, stack: &Package, name: &str) -> PathBuf {
    let made = dir.join("made");
    fs::create_dir_all(&made).unwrap();
    let read = |package: &Package| fs::read(package.write(&made)).unwrap();
    let (cumulative, stack) = (read(package), read(stack));
    let empty = cabinet(&[("package.xml", b"<OfflineSyncPackage/>")]);
    let members: [(&str, &[u8]); 4] = [
        ("WSUSSCAN.cab", &empty),
        ("Windows11.0-KB5000001-x64.cab", &cumulative),
        ("Stack-x64.cab", &stack),
        ("Windows11.0-KB5000001-x64-pkgProperties.txt", b"KB Article Number=\"5000001\""),
    ];
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, cabinet(&members)).unwrap();
    path
}

/// All of the updates: `lcu/` with target and checkpoint, `safeos.cab`, `setup.cab`, `dotnet.cab`.
pub fn updates(dir: &Path) {
    combined(dir, &TARGET, &STACK, "lcu/a-target.msu");
    combined(dir, &CHECKPOINT, &STACK_BEFORE, "lcu/b-checkpoint.msu");
    fs::rename(SAFE_OS.write(dir), dir.join("safeos.cab")).unwrap();
    fs::rename(DOTNET.write(dir), dir.join("dotnet.cab")).unwrap();
    fs::write(dir.join("setup.cab"), cabinet(&SETUP_UPDATE)).unwrap();
}

/// The servicing stack of the checkpoint.
pub const STACK_BEFORE: Package = Package {
    name: "Package_for_ServicingStack_1738",
    version: "26100.1738.1.0",
    components: &[("stack", "10.0.26100.1738", "the servicing stack before")],
    ..BASE
};

/// The arguments for all of them.
pub const ALL: [&str; 8] =
    ["--lcu", "lcu", "--safe-os", "safeos.cab", "--setup-du", "setup.cab", "--dotnet", "dotnet.cab"];
