//! Media brought up to date: the new tree file by file against the procedure, the images judged by wimlib, the ISO image by
//! xorriso and 7z; and what a refresh must not do.

mod common;
#[path = "media/mod.rs"]
mod media;
#[path = "combinations/packages.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod packages;

use common::{Measured, files_below, run, temp, tool, wright};
use media::{ALL, CHECKPOINT, DOTNET, FILES, OF_BOOT, SAFE_OS, SETUP_UPDATE, STACK, STACK_BEFORE, TARGET};
use packages::{Package, folder};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use wimwright::base::{sha1, sha256};

/// `wright media refresh media OUT ...` in the folder.
fn refresh(dir: &Path, out: &str, args: &[&str]) -> Measured {
    let all = ["--json", "--quiet", "media", "refresh", "media", out];
    wright(dir, all.into_iter().chain(args.iter().copied()))
}

/// Every file below a folder, by its path, with its contents.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |p: &Path| p.strip_prefix(root).unwrap().to_string_lossy().into_owned();
    files_below(root).iter().map(|p| (name(p), fs::read(p).unwrap())).collect()
}

/// The names in a folder of an index, in lower case.
fn names(image: &Path, index: u32, folder: &str) -> BTreeSet<String> {
    let path = format!("--path=/{folder}");
    let out =
        run("wimlib-imagex", ["dir".as_ref(), image.as_os_str(), index.to_string().as_ref(), path.as_ref()]);
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().filter_map(|l| l.rsplit('/').next()).map(str::to_lowercase).collect()
}

/// Whether the index has the package's manifest, and the payload of its component.
fn has(image: &Path, index: u32, package: &Package) -> (bool, bool) {
    let mum = format!("{}.mum", package.identity()).to_lowercase();
    let (component, version, _) = package.components[0];
    let payload = folder(component, version).to_lowercase();
    (
        names(image, index, "Windows/servicing/Packages").contains(&mum),
        names(image, index, "Windows/WinSxS").contains(&payload),
    )
}

fn extract(image: &Path, index: u32, path: &str, to: &Path) -> Vec<u8> {
    let dest = format!("--dest-dir={}", to.display());
    let index = index.to_string();
    let path = format!("/{path}");
    run(
        "wimlib-imagex",
        [
            "extract".as_ref(),
            image.as_os_str(),
            index.as_ref(),
            path.as_ref(),
            "--no-acls".as_ref(),
            dest.as_ref(),
        ],
    );
    fs::read(to.join(path.rsplit('/').next().unwrap())).unwrap()
}

/// A medium and its updates, where images can be made.
fn fixture() -> Option<tempfile::TempDir> {
    let work = temp();
    media::medium(work.path())?;
    media::updates(work.path());
    Some(work)
}

/// The one record of the list with that role.
fn image<'a>(report: &'a Value, role: &str) -> &'a Value {
    report["images"].as_array().unwrap().iter().find(|i| i["role"] == role).unwrap()
}

/// What the new tree must hold beside its images.
fn expected() -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> =
        FILES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    for (name, data) in SETUP_UPDATE {
        // The medium's spelling stays.
        let name = if name == "LANG.INI" { "lang.ini".to_owned() } else { name.replace('\\', "/") };
        files.insert(format!("sources/{name}"), data.to_vec());
    }
    for (to, from) in [
        ("sources/setup.exe", 0),
        ("sources/setuphost.exe", 1),
        ("efi/BOOT/BOOTX64.EFI", 2),
        ("efi/microsoft/boot/fonts/bootmgfw.efi", 2),
        ("bootmgr.efi", 3),
        ("efi/microsoft/boot/boot.stl", 4),
    ] {
        files.insert(to.to_owned(), OF_BOOT[from].1.as_bytes().to_vec());
    }
    files
}

#[test]
fn the_new_tree_is_what_the_procedure_says_file_by_file() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    // The second index of the boot image is past the checkpoint already.
    let past = dir.join(format!("{}.mum", CHECKPOINT.identity()));
    fs::write(&past, "<assembly/>").unwrap();
    let place = format!("Windows/servicing/Packages/{}.mum", CHECKPOINT.identity());
    media::add(&dir.join("media/sources/boot.wim"), 2, &[(past, place)]);
    let before = contents(&dir.join("media"));
    let iso = tool("xorriso")
        .or_else(|| tool("genisoimage"))
        .map(|_| ["--iso", "new.iso", "--label", "CCCOMA_TEST"]);
    let args: Vec<&str> = ALL.into_iter().chain(iso.into_iter().flatten()).collect();
    let report = refresh(dir, "out", &args).expect(0);
    assert_eq!(contents(&dir.join("media")), before, "the medium was written");
    let out = dir.join("out");

    // The tree, all of it.
    let mut there = contents(&out);
    let images = ["sources/install.wim", "sources/boot.wim"].map(|name| there.remove(name).unwrap());
    assert_eq!(there, expected());
    for (name, image) in ["install", "boot"].iter().zip(&images) {
        let record = self::image(&report, name);
        assert_eq!(record["outcome"], "serviced", "{record:#}");
        assert_eq!(record["sha256"], sha256(image).to_string());
        assert_eq!(record["size_after"], image.len());
    }
    for name in ["install.wim", "boot.wim"] {
        run("wimlib-imagex", ["verify".as_ref(), out.join("sources").join(name).as_os_str()]);
    }

    // Windows RE: serviced once, one blob, of the servicing stack and the Safe OS update alone.
    let (install, boot) = (out.join("sources/install.wim"), out.join("sources/boot.wim"));
    let path = "Windows/System32/Recovery/Winre.wim";
    let winre = extract(&install, 1, path, &dir.join("one"));
    assert_eq!(winre, extract(&install, 2, path, &dir.join("two")));
    let record = &report["winre"];
    assert_eq!(record["after"], sha1(&winre).to_string());
    assert_eq!((record["index"].as_u64(), record["indexes"].to_string()), (Some(1), "[1,2]".into()));
    assert_eq!(record["without"].to_string(), "[3]");
    let winre = dir.join("one/Winre.wim");
    run("wimlib-imagex", ["verify".as_ref(), winre.as_os_str()]);
    assert_eq!(has(&winre, 1, &STACK), (true, true));
    assert_eq!(has(&winre, 1, &SAFE_OS), (true, true));
    assert_eq!(
        has(&winre, 1, &TARGET),
        (false, false),
        "the cumulative update's payload is not for Windows RE"
    );
    assert_eq!(has(&winre, 1, &CHECKPOINT), (false, false));
    assert_eq!(has(&winre, 1, &DOTNET), (false, false));

    // The install image: everything, .NET last, in every index.
    for index in 1..=3 {
        for package in [&STACK, &STACK_BEFORE, &TARGET, &CHECKPOINT, &DOTNET] {
            assert_eq!(
                has(&install, index, package),
                (true, true),
                "{} in index {index}",
                package.identity()
            );
        }
        assert_eq!(has(&install, index, &SAFE_OS), (false, false));
    }
    let receipt: Value =
        serde_json::from_slice(&fs::read(dir.join("out.receipts/install.json")).unwrap()).unwrap();
    let order: Vec<Vec<&str>> = receipt["updates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["packages"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect())
        .collect();
    let id = |p: &Package| p.identity();
    assert_eq!(
        order,
        [vec![id(&STACK_BEFORE), id(&CHECKPOINT)], vec![id(&STACK), id(&TARGET)], vec![id(&DOTNET)],]
    );
    assert_eq!(
        receipt["image"]["path"],
        dir.join("media/sources/install.wim").canonicalize().unwrap().to_str().unwrap()
    );
    assert_eq!(receipt["image"]["after"]["sha256"], sha256(&images[0]).to_string());
    assert_eq!(receipt["image"]["before"]["sha256"], sha256(&before["sources/install.wim"]).to_string());

    // The boot image: no .NET; the checkpoint where it is needed, and skipped with its reason where not.
    for index in 1..=2 {
        for package in [&STACK, &TARGET] {
            assert_eq!(has(&boot, index, package), (true, true));
        }
        assert_eq!(has(&boot, index, &DOTNET), (false, false));
    }
    assert_eq!(has(&boot, 1, &CHECKPOINT), (true, true));
    assert_eq!(
        has(&boot, 2, &CHECKPOINT),
        (true, false),
        "the checkpoint went into an image that is past it"
    );
    let decisions = image(&report, "boot")["decisions"].as_array().unwrap();
    let skipped: Vec<&Value> = decisions
        .iter()
        .filter(|d| d["reason"].as_str().unwrap().starts_with("checkpoint skipped"))
        .collect();
    assert!(skipped.iter().all(|d| d["index"] == 2 && d["status"] == "superseded"), "{skipped:#?}");
    assert_eq!(skipped.len(), 2, "{skipped:#?}");

    // What was kept, and that a staged program is told of and not passed off as the one in use.
    let kept = report["kept"].as_array().unwrap();
    let kept_names: Vec<&str> = kept.iter().map(|k| k["name"].as_str().unwrap()).collect();
    assert_eq!(kept_names, ["setup.exe", "setuphost.exe", "bootmgfw.efi", "bootmgr.efi", "boot.stl"]);
    let staged = kept[0]["staged"].as_str().unwrap();
    assert!(
        staged.ends_with(r"\setup.exe") && staged.starts_with(r"\Windows\WinSxS\amd64_setup"),
        "{staged}"
    );
    let notes = report["notes"].to_string();
    assert!(notes.contains("which is Staged and not in use") && notes.contains("Windows PE"), "{notes}");

    // What stays as it is is shared, and nothing is left behind.
    let same = &report["unchanged"];
    let shared = ["bootmgr", "autorun.inf", "boot/bcd", "sources/untouched.dll"];
    assert_eq!(same["files"], 9, "{same}");
    assert_eq!(same["cloned"].as_u64().unwrap() + same["hard_linked"].as_u64().unwrap(), 9, "{same}");
    if same["hard_linked"] == 9 {
        use std::os::unix::fs::MetadataExt as _;
        for name in shared {
            let inode = |root: &str| dir.join(root).join(name).metadata().unwrap().ino();
            assert_eq!(inode("media"), inode("out"));
        }
    }
    assert!(!dir.join(".out.refresh").exists());
    let written: Value =
        serde_json::from_slice(&fs::read(dir.join("out.receipts/media.json")).unwrap()).unwrap();
    assert_eq!(written, report);
    if iso.is_some() {
        judge_iso(dir, &report, "new.iso");
    }
}

/// Either program makes it; genisoimage's has UDF, in which a file of 4 GiB is whole.
#[test]
fn the_iso_image_is_made_by_either_program() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    let long = std::env::var_os("WIMWRIGHT_LONG").is_some();
    if long {
        fs::File::create(dir.join("media/sources/large.bin")).unwrap().set_len((4 << 30) + 5).unwrap();
    }
    for (program, format) in [("genisoimage", "udf"), ("xorriso", "iso9660")] {
        let Some(found) = tool(program) else { continue };
        let bin = dir.join(program);
        fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(found, bin.join(program)).unwrap();
        let iso = format!("{program}.iso");
        let _ = fs::remove_dir_all(dir.join("out"));
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_wright"))
            .args([
                "--json",
                "--quiet",
                "media",
                "refresh",
                "media",
                "out",
                "--dotnet",
                "dotnet.cab",
                "--iso",
                &iso,
            ])
            .args(["--label", "CCCOMA_TEST"])
            .current_dir(dir)
            .env("PATH", &bin)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let report: Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(report["iso"]["format"], format);
        let notes = report["notes"].to_string();
        assert_eq!(notes.contains("large.bin"), long && format == "iso9660", "{notes}");
        if long {
            let listed = run("7z", ["l", "-slt", dir.join(&iso).to_str().unwrap()]);
            let text = String::from_utf8_lossy(&listed.stdout).into_owned();
            assert!(text.contains("Size = 4294967301"), "{text}");
        } else {
            judge_iso(dir, &report, &iso);
        }
        fs::remove_file(dir.join(&iso)).unwrap();
        let _ = fs::remove_dir_all(dir.join("of-iso"));
        let _ = fs::remove_dir_all(dir.join("out.receipts"));
    }
}

/// The ISO image holds the tree and starts on BIOS and UEFI.
fn judge_iso(dir: &Path, report: &Value, name: &str) {
    let (iso, record) = (dir.join(name), &report["iso"]);
    assert_eq!((record["bios"].as_bool(), record["uefi"].as_bool()), (Some(true), Some(true)));
    if tool("xorriso").is_none() {
        return;
    }
    let out = run("xorriso", ["-indev", iso.to_str().unwrap(), "-report_el_torito", "plain", "-pvd_info"]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(text.contains("CCCOMA_TEST"), "{text}");
    let boots: Vec<&str> = text.lines().filter(|l| l.starts_with("El Torito boot img :")).collect();
    assert!(boots.len() == 2 && boots[0].contains("BIOS") && boots[1].contains("UEFI"), "{text}");
    let paths: Vec<&str> = text.lines().filter(|l| l.starts_with("El Torito img path :")).collect();
    assert!(
        paths[0].to_lowercase().ends_with("/boot/etfsboot.com")
            && paths[1].to_lowercase().ends_with("/efi/microsoft/boot/efisys.bin"),
        "{text}"
    );
    let Some(judge) = tool("7z") else { return };
    run(judge, ["x".into(), format!("-o{}", dir.join("of-iso").display()), iso.display().to_string()]);
    let mut found = contents(&dir.join("of-iso"));
    found.retain(|name, _| !name.starts_with("[BOOT]") && name != "boot.catalog");
    assert_eq!(found, contents(&dir.join("out")));
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    let before = contents(dir);
    let args: Vec<&str> = ALL.into_iter().chain(["--dry-run"]).collect();
    let dry = refresh(dir, "out", &args).expect(0);
    assert_eq!(contents(dir), before);
    assert!(!dir.join("out").exists() && !dir.join(".out.refresh").exists());
    assert_eq!(dry["written"], false);
    let report = refresh(dir, "out", &ALL).expect(0);
    let told = |report: &Value| -> Vec<(String, String)> {
        let changed = report["changed"].as_array().unwrap();
        changed.iter().map(|f| (f["path"].to_string(), f["change"].to_string())).collect()
    };
    assert_eq!(told(&dry), told(&report));
    assert_eq!(dry["unchanged"]["files"], report["unchanged"]["files"]);
    for role in ["winre", "install", "boot"] {
        assert_eq!(image(&dry, role)["outcome"], image(&report, role)["outcome"]);
        assert_eq!(image(&dry, role)["decisions"], image(&report, role)["decisions"]);
    }
    assert_eq!(dry["winre"]["indexes"], report["winre"]["indexes"]);
}

#[test]
fn what_is_refused_is_refused_before_anything_is_written() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    let before = contents(dir);
    let refused = |out: &str, args: &[&str], code: i32, what: &str| {
        let ended = refresh(dir, out, args);
        assert_eq!(ended.code, code, "{}", ended.stderr);
        assert!(ended.stderr.contains(what), "'{what}' is not in: {}", ended.stderr);
        assert_eq!(contents(dir), before, "{what}");
    };
    refused("out", &[], 2, "no update was given");
    refused("media", &ALL, 1, "exists already");
    refused("media/out", &ALL, 2, "lies in the medium");
    refused("none/out", &ALL, 1, "folder does not exist");
    refused("out", &["--lcu", "dotnet.cab"], 2, "does not belong here");
    refused("out", &["--setup-du", "dotnet.cab"], 2, "no Setup Dynamic Update");
    refused("out", &["--safe-os", "lcu/a-target.msu"], 2, "no Safe OS Dynamic Update");
    refused("out", &["--dotnet", "dotnet.cab", "--index", "4"], 1, "there is no image 4");
    refused("out", &["--dotnet", "dotnet.cab", "--iso", "media/x.iso"], 2, "lies in the medium");
    refused("out", &["--lcu", "lcu", "--level", "deliver"], 2, "invalid value");
    let stray = DOTNET.write(&dir.join("lcu"));
    let ended = refresh(dir, "out", &ALL);
    assert!(ended.code == 2 && ended.stderr.contains("Package_for_DotNetRollup"), "{}", ended.stderr);
    fs::remove_file(stray).unwrap();
    fs::rename(dir.join("media/sources/boot.wim"), dir.join("boot.wim")).unwrap();
    let ended = refresh(dir, "out", &ALL);
    assert!(ended.code == 1 && ended.stderr.contains("holds no sources/boot.wim"), "{}", ended.stderr);
    assert!(!dir.join("out").exists());
}

#[test]
fn without_a_program_that_makes_iso_images_it_says_how() {
    let Some(work) = fixture() else { return };
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_wright"))
        .args(["media", "refresh", "media", "out", "--dotnet", "dotnet.cab", "--iso", "new.iso"])
        .current_dir(work.path())
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(
        out.status.code() == Some(2) && text.contains("nor xorriso is installed") && text.contains("oscdimg"),
        "{text}"
    );
    assert!(!work.path().join("out").exists());
}

#[test]
fn parts_of_the_procedure_are_done_alone() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    // Setup's files alone: still the programs of the boot image that is there are the medium's.
    let report = refresh(dir, "setup", &["--setup-du", "setup.cab"]).expect(0);
    let mut files = contents(&dir.join("setup"));
    let media = contents(&dir.join("media"));
    for name in ["sources/install.wim", "sources/boot.wim"] {
        assert!(files.remove(name).unwrap() == media[name]);
    }
    assert_eq!(files, expected());
    assert_eq!(image(&report, "install")["outcome"], "nothing_given");
    // One index and .NET alone: the others, Windows RE and the boot image stay.
    let args = ["--dotnet", "dotnet.cab", "--index", "2", "--no-hard-links"];
    let report = refresh(dir, "net", &args).expect(0);
    assert_eq!(report["winre"], Value::Null);
    assert_eq!(report["unchanged"]["hard_linked"], 0);
    let install = dir.join("net/sources/install.wim");
    assert_eq!([1, 2, 3].map(|i| has(&install, i, &DOTNET).0), [false, true, false]);
    assert_eq!(fs::read(dir.join("net/sources/boot.wim")).unwrap(), media["sources/boot.wim"]);
    // The Safe OS update alone: Windows RE is put back, and nothing else of the install image changes.
    refresh(dir, "re", &["--safe-os", "safeos.cab"]).expect(0);
    let install = dir.join("re/sources/install.wim");
    let one = extract(&install, 1, "Windows/System32/Recovery/Winre.wim", &dir.join("x"));
    assert!(one != fs::read(dir.join("winre.wim")).unwrap());
    assert_eq!(has(&dir.join("x/Winre.wim"), 1, &SAFE_OS), (true, true));
    assert_eq!(has(&install, 1, &SAFE_OS), (false, false));
}

#[test]
fn a_split_install_image_stays_one() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    let sources = dir.join("media/sources");
    let wim = sources.join("install.wim");
    run(
        "wimlib-imagex",
        ["split".as_ref(), wim.as_os_str(), sources.join("install.swm").as_os_str(), "0.3".as_ref()],
    );
    fs::remove_file(&wim).unwrap();
    assert!(sources.join("install2.swm").exists());
    let report = refresh(dir, "out", &ALL).expect(0);
    assert_eq!(image(&report, "install")["path"], "sources/install.swm");
    assert!(!dir.join("out/sources/install.wim").exists());
    let pattern = format!("--ref={}", dir.join("out/sources/install*.swm").display());
    let first = dir.join("out/sources/install.swm");
    run("wimlib-imagex", ["verify".as_ref(), first.as_os_str(), pattern.as_ref()]);
    assert!(has(&first, 3, &DOTNET).0);
}

#[test]
fn what_fails_ends_it_or_is_left_out() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    let other = Package { parent: "Not-There", name: "Package_for_DotNetRollup_481", ..DOTNET };
    fs::rename(other.write(dir), dir.join("other.cab")).unwrap();
    let args = ["--dotnet", "other.cab", "--setup-du", "setup.cab"];
    let ended = refresh(dir, "out", &args);
    assert!(ended.code == 3 && ended.stderr.contains("Not-There"), "{}", ended.stderr);
    assert!(!dir.join("out").exists() && !dir.join(".out.refresh").exists());
    let args: Vec<&str> = args.into_iter().chain(["--continue-on-error"]).collect();
    let report = refresh(dir, "out", &args).expect(1);
    assert_eq!(image(&report, "install")["outcome"], "refused");
    let mut files = contents(&dir.join("out"));
    files.retain(|name, _| !name.ends_with(".wim"));
    assert_eq!(files, expected());
}

#[test]
fn a_killed_refresh_leaves_no_part_of_a_tree_and_the_next_one_cleans_up() {
    let Some(work) = fixture() else { return };
    let dir = work.path();
    let before = contents(&dir.join("media"));
    let whole = || {
        let mut files = contents(&dir.join("out"));
        files.retain(|name, _| !name.ends_with(".wim"));
        assert_eq!(files, expected());
    };
    let (mut killed, mut ended) = (0, 0);
    for round in 0..6_u64 {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_wright"))
            .args(["--quiet", "--json", "media", "refresh", "media", "out"])
            .args(ALL)
            .current_dir(dir)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(15 + 35 * round));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        assert!(contents(&dir.join("media")) == before, "the medium was written");
        // The tree stands there from one moment to the next; a kill may come after that.
        if dir.join("out").exists() {
            whole();
            fs::remove_dir_all(dir.join("out")).unwrap();
            ended += 1;
        }
    }
    println!("{killed} of 6 were killed, {ended} had put the tree into its place");
    assert!(killed > 0);
    refresh(dir, "out", &ALL).expect(0);
    assert!(!dir.join(".out.refresh").exists(), "the work folder is still there");
    whole();
}
