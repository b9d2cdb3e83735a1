//! What level `stage` writes into hives, as other tools read it: hivexsh, hivexregedit and chntpw's reged.

mod common;
#[path = "registry/model.rs"]
#[allow(dead_code, reason = "the registry's own tests use the rest")]
mod model;

use common::{give_stack, run, temp, testdata, tool, tools, wright};
use model::{Tree, hivex, hivexsh_opens, reged};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

const CBS: &str = r"Microsoft\Windows\CurrentVersion\Component Based Servicing";
const UCRT: &str = "Windows6.1-KB2999226-x64.msu";
const UCRT_PACKAGE: &str = "Package_for_KB2999226~31bf3856ad364e35~amd64~~6.1.1.6";

fn image(dir: &Path, name: &str, more: &[&str]) -> Option<PathBuf> {
    testdata()?;
    for program in ["wimlib-imagex", "hivexregedit", "hivexsh", "reged"] {
        tool(program)?;
    }
    let (path, generator) = (dir.join(name), tools()?.join("make_image.py"));
    let first = [generator.as_os_str(), path.as_os_str(), "--files".as_ref(), "10".as_ref()];
    run(tool("python3")?, first.into_iter().chain(more.iter().map(OsStr::new)));
    Some(path)
}

fn package(name: &str) -> String {
    testdata().unwrap().join("packages").join(name).to_string_lossy().into_owned()
}

/// A hive of an index, taken out by wimlib into a file.
fn hive(image: &Path, index: &str, name: &str) -> PathBuf {
    let to = image.with_extension(format!("{index}.{name}"));
    let path = format!("/Windows/System32/config/{name}");
    let args = ["extract".as_ref(), image.as_os_str(), index.as_ref(), path.as_ref(), "--to-stdout".as_ref()];
    fs::write(&to, run("wimlib-imagex", args).stdout).unwrap();
    to
}

/// The keys right below a path.
fn below<'t>(tree: &'t Tree, path: &str) -> BTreeSet<&'t str> {
    let prefix = format!("{path}\\");
    tree.keys().filter_map(|key| key.strip_prefix(&prefix)).filter(|rest| !rest.contains('\\')).collect()
}

fn number(value: &(u32, Vec<u8>)) -> u32 {
    assert_eq!(value.0, 4);
    u32::from_le_bytes(value.1.as_slice().try_into().unwrap())
}

/// Each file of an index below a folder, as wimlib lists them.
fn files(image: &Path, index: &str, folder: &str) -> BTreeSet<String> {
    let out = run("wimlib-imagex", ["dir".as_ref(), image.as_os_str(), index.as_ref()]);
    let text = String::from_utf8(out.stdout).unwrap();
    let prefix = format!("/{folder}/");
    text.lines().filter_map(|l| l.strip_prefix(&prefix)).map(str::to_owned).collect()
}

#[test]
fn other_tools_find_every_component_deployment_catalog_and_package() {
    let dir = temp();
    let Some(_) = image(dir.path(), "a.wim", &["--indexes", "2"]) else { return };
    let args = ["service", "a.wim", &package(UCRT), "--output", "b.wim", "--json", "--quiet"];
    let receipt = wright(dir.path(), args).expect(0);
    assert_eq!(receipt["registration"], json!({"done": true, "reason": null}), "{receipt:#}");
    let out = dir.path().join("b.wim");
    run("wimlib-imagex", ["verify".as_ref(), out.as_os_str()]);
    for index in ["1", "2"] {
        let (components, software) = (hive(&out, index, "COMPONENTS"), hive(&out, index, "SOFTWARE"));
        hivexsh_opens(&components);
        hivexsh_opens(&software);
        let tree = hivex(&components).unwrap();
        let by_reged = reged(&components, dir.path()).unwrap();
        assert_eq!(tree.keys().collect::<Vec<_>>(), by_reged.keys().collect::<Vec<_>>());
        check_components(&tree, &out, index);

        let tree = hivex(&software).unwrap();
        assert_eq!(tree.len(), reged(&software, dir.path()).unwrap().len());
        let registered = below(&tree, &format!(r"{CBS}\Packages"));
        let mums = files(&out, index, "Windows/servicing/Packages");
        assert_eq!(registered.len(), mums.iter().filter(|m| m.ends_with(".mum")).count());
        let staged: Vec<_> = registered
            .iter()
            .filter(|name| number(&tree[&format!(r"{CBS}\Packages\{name}")]["CurrentState"]) == 0x40)
            .collect();
        assert_eq!(staged.len(), 6, "{registered:?}");
        assert!(registered.iter().all(|name| mums.contains(&format!("{name}.mum"))));
        let family = UCRT_PACKAGE.replace("6.1.1.6", "0.0.0.0");
        assert!(tree[&format!(r"{CBS}\PackageIndex\{family}")].contains_key(UCRT_PACKAGE));
        let parent = "Microsoft-Windows-Client-Features-Package~31bf3856ad364e35~amd64~~0.0.0.0";
        assert!(tree[&format!(r"{CBS}\PackageDetect\{parent}")].contains_key(UCRT_PACKAGE));
        let installed = "Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~6.1.7601.17514";
        assert_eq!(number(&tree[&format!(r"{CBS}\Packages\{installed}")]["CurrentState"]), 0x70);
        // By name, as a person would look.
        let script = dir.path().join("look");
        fs::write(&script, format!("cd {CBS}\\Packages\\{UCRT_PACKAGE}\nlsval CurrentState\nquit\n"))
            .unwrap();
        let seen = run("hivexsh", ["-f".as_ref(), script.as_os_str(), software.as_os_str()]);
        let seen = String::from_utf8(seen.stdout).unwrap();
        assert!(seen.contains("0x40") || seen.contains("64") || seen.contains("dword:00000040"), "{seen}");
    }
    // One COMPONENTS hive for both indexes was edited once; each edition has its own SOFTWARE.
    let changed: Vec<&str> =
        receipt["hives"].as_array().unwrap().iter().map(|h| h["hive"].as_str().unwrap()).collect();
    assert_eq!(changed, ["COMPONENTS", "SOFTWARE", "SOFTWARE"]);

    let shown = wright(dir.path(), ["packages", "b.wim", "2", "--json", "--all"]).expect(0);
    let found = shown["packages"].as_array().unwrap().iter().find(|p| p["identity"] == UCRT_PACKAGE).unwrap();
    assert_eq!((&found["state"], &found["state_number"]), (&json!("Staged"), &json!(0x40)));
    assert_eq!((&found["client"], &found["owners"]), (&json!("Wimwright"), &json!([UCRT_PACKAGE])));

    // Staged already: nothing to do, in place or elsewhere.
    let plan = wright(dir.path(), ["plan", "b.wim", &package(UCRT), "--json"]).expect(3);
    let decision = &plan["decisions"][1];
    assert_eq!((&decision["status"], &decision["update_status"]), (&json!("staged"), &json!(3)));
    let before = fs::read(&out).unwrap();
    let again = wright(dir.path(), ["service", "b.wim", &package(UCRT), "--json", "--quiet"]).expect(3);
    assert_eq!(again["written"], false);
    assert!(fs::read(&out).unwrap() == before);
}

/// Every manifest of the store has its key, every reference of the hive leads somewhere.
fn check_components(tree: &Tree, image: &Path, index: &str) {
    let keys = below(tree, r"DerivedData\Components");
    let manifests = files(image, index, "Windows/WinSxS/Manifests");
    let stems: BTreeSet<&str> = manifests.iter().filter_map(|m| m.strip_suffix(".manifest")).collect();
    assert_eq!(keys, stems);
    let deployments = below(tree, r"CanonicalData\Deployments");
    let catalogs = below(tree, r"CanonicalData\Catalogs");
    let stored = files(image, index, "Windows/WinSxS/Catalogs");
    for key in keys {
        let values = &tree[&format!(r"DerivedData\Components\{key}")];
        let links: Vec<&str> = values.keys().filter_map(|v| v.strip_prefix("c!")).collect();
        assert!(!links.is_empty() && links.iter().all(|d| deployments.contains(d)), "{key}: {links:?}");
        let manifest = format!("/Windows/WinSxS/Manifests/{key}.manifest");
        let args = [
            "extract".as_ref(),
            image.as_os_str(),
            index.as_ref(),
            manifest.as_ref(),
            "--to-stdout".as_ref(),
        ];
        let text = run("wimlib-imagex", args).stdout;
        assert_eq!(values["S256H"].1, wimwright::base::sha256(&text).0, "{key}");
        let named = values.keys().filter(|v| v.starts_with("f!")).count();
        assert_eq!(named, files(image, index, &format!("Windows/WinSxS/{key}")).len(), "{key}");
    }
    for key in &deployments {
        let values = &tree[&format!(r"CanonicalData\Deployments\{key}")];
        let thumbprint = wimwright::base::utf16le_to_string(&values["CatalogThumbprint"].1);
        let thumbprint = thumbprint.trim_end_matches('\0');
        assert!(catalogs.contains(thumbprint) && stored.contains(&format!("{thumbprint}.cat")), "{key}");
        assert!(tree[&format!(r"CanonicalData\Catalogs\{thumbprint}")].contains_key(&format!("c!{key}")));
        assert!(
            values.keys().any(|v| v.starts_with("p!CBS_")) && values.keys().any(|v| v.starts_with("s!CBS_"))
        );
    }
}

/// A hive is left out of the image, cut short, dirty with its logs and without.
#[test]
fn what_cannot_be_registered_is_staged_and_said_so() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &[]) else { return };
    let command = "delete /Windows/System32/config/COMPONENTS";
    let args =
        ["update".as_ref(), image.as_os_str(), "1".as_ref(), "--command".as_ref(), OsStr::new(command)];
    run("wimlib-imagex", args);
    let args = ["service", "a.wim", &package(UCRT), "--output", "b.wim", "--json", "--quiet"];
    let receipt = wright(dir.path(), args).expect(0);
    assert_eq!(receipt["registration"]["done"], false);
    let index = &receipt["indexes"][0];
    assert_eq!(index["registration"]["reason"], "the image has no COMPONENTS hive");
    assert!(index["files"].as_array().unwrap().len() > 100);
    assert_eq!((&index["registration"]["packages"], &receipt["hives"]), (&json!([]), &json!([])));
    let told = receipt["left_to_windows"].as_array().unwrap().iter();
    assert!(told.filter_map(Value::as_str).any(|t| t.starts_with("registration in")));
    let software = hive(&dir.path().join("b.wim"), "1", "SOFTWARE");
    assert_eq!(fs::read(software).unwrap(), fs::read(hive(&image, "1", "SOFTWARE")).unwrap());
}

fn merge(image: &Path, index: &str, text: &str) {
    let software = hive(image, index, "SOFTWARE");
    let reg = image.with_extension("reg");
    fs::write(&reg, format!("Windows Registry Editor Version 5.00\n\n{text}")).unwrap();
    let options =
        ["--merge", "--prefix", r"HKEY_LOCAL_MACHINE\SOFTWARE", "--encoding", "UTF-8"].map(OsStr::new);
    run("hivexregedit", options.into_iter().chain([software.as_os_str(), reg.as_os_str()]));
    put(image, index, &[(&software, "SOFTWARE")]);
}

fn put(image: &Path, index: &str, files: &[(&Path, &str)]) {
    for (from, name) in files {
        let command = format!("add '{}' '/Windows/System32/config/{name}'", from.display());
        let args = [
            "update".as_ref(),
            image.as_os_str(),
            index.as_ref(),
            "--command".as_ref(),
            OsStr::new(&command),
        ];
        run("wimlib-imagex", args);
    }
}

/// Real packages at level `stage`: what is decided, how many of their packages are registered as Staged, what is left out.
/// Image, updates in their order, exit status; then for each index the status of each update, how many packages are
/// registered and how many updates are staged without.
type Row<'a> = (&'a str, &'a [&'a str], i32, &'a [(&'a [&'a str], usize, usize)]);

#[test]
fn real_packages_are_staged_as_the_table_says() {
    const NEWER_UCRT: &str = "Windows6.1-KB3118401-x64.msu";
    const X86: &str = "Windows6.1-KB4016754-x86.msu";
    const SSH_19041: &str = "OpenSSH-Server-Package~31bf3856ad364e35~amd64~~10.0.19041.1.cab";
    const SSH_20348: &str = "OpenSSH-Server-Package~31bf3856ad364e35~amd64~~10.0.20348.1.cab";
    const ENABLEMENT: &str = "windows10.0-kb5015684-x64_523c039b86ca98f2d818c4e6706e2cc94b634c4a.msu";
    let dir = temp();
    let Some(seven) = image(dir.path(), "win7.wim", &["--indexes", "2"]) else { return };
    let Some(ten) = image(dir.path(), "win10.wim", &["--os", "win10"]) else { return };
    give_stack(&ten, "1", "10.0.19041.1000");
    // The second index lacks the parent: its package is only staged.
    let parent = "Microsoft-Windows-Client-Features-Package~31bf3856ad364e35~amd64~~6.1.7601.17514";
    let key = format!(r"HKEY_LOCAL_MACHINE\SOFTWARE\{CBS}\Packages\{parent}");
    merge(&seven, "2", &format!("[{key}]\n\"CurrentState\"=dword:00000040\n"));
    let no = "not_applicable";
    let table: &[Row<'_>] = &[
        ("win7.wim", &[UCRT, NEWER_UCRT], 0, &[(&["applicable", "applicable"], 14, 0), (&[no, no], 0, 0)]),
        ("win7.wim", &[NEWER_UCRT], 0, &[(&["applicable"], 8, 0), (&[no], 0, 0)]),
        ("win7.wim", &[X86], 3, &[(&[no], 0, 0), (&[no], 0, 0)]),
        ("win7.wim", &[ENABLEMENT], 3, &[(&[no], 0, 0), (&[no], 0, 0)]),
        ("win7.wim", &[SSH_19041, UCRT], 0, &[(&[no, "applicable"], 6, 0), (&[no, no], 0, 0)]),
        ("win10.wim", &[ENABLEMENT], 0, &[(&["applicable"], 6, 0)]),
        // Undecided and forced; its manifests are compressed, and this image has no servicing stack to read them by.
        ("win10.wim", &[SSH_19041, SSH_20348], 0, &[(&["undecided", no], 0, 1)]),
        ("win10.wim", &[UCRT], 3, &[(&[no], 0, 0)]),
    ];
    for (wim, updates, code, indexes) in table {
        let paths: Vec<String> = updates.iter().map(|u| package(u)).collect();
        let mut args = vec!["service", wim, "--output", "out.wim", "--json", "--quiet", "--force-undecided"];
        args.extend(paths.iter().map(String::as_str));
        let receipt = wright(dir.path(), args).expect(*code);
        assert_eq!(receipt["written"], *code == 0);
        for (record, (statuses, registered, left_out)) in
            receipt["indexes"].as_array().unwrap().iter().zip(*indexes)
        {
            let found: Vec<&str> =
                record["actions"].as_array().unwrap().iter().map(|a| a["status"].as_str().unwrap()).collect();
            assert_eq!(&found, statuses, "{wim} {updates:?}");
            let registration = &record["registration"];
            let packages = registration["packages"].as_array().unwrap();
            assert_eq!(packages.len(), *registered, "{wim} {updates:?}: {packages:#?}");
            assert!(packages.iter().all(|p| p["state_number"] == 0x40 && p["registered"] == true));
            assert_eq!(registration["left_out"].as_array().unwrap().len(), *left_out, "{wim} {updates:?}");
        }
        if *code == 0 {
            fs::remove_file(dir.path().join("out.wim")).unwrap();
        }
    }
}

/// The sum over a base block's words before it.
fn checksum(block: &mut [u8]) {
    let sum = block[..508].chunks_exact(4).fold(0, |s, w| s ^ u32::from_le_bytes(w.try_into().unwrap()));
    block[508..512].copy_from_slice(&sum.to_le_bytes());
}

/// A hive that was left in the middle of a write, and the log that finishes it.
#[test]
fn a_dirty_hive_is_brought_to_its_end_first_and_its_log_emptied() {
    let dir = temp();
    let Some(image) = image(dir.path(), "a.wim", &[]) else { return };
    let components = hive(&image, "1", "COMPONENTS");
    let clean = fs::read(&components).unwrap();
    let sequence = u32::from_le_bytes(clean[4..8].try_into().unwrap());
    let mut dirty = clean.clone();
    dirty[4..8].copy_from_slice(&(sequence + 1).to_le_bytes());
    checksum(&mut dirty);
    // The first sector of the bins did not get to the disk.
    dirty[4096 + 100..4096 + 110].fill(0xA5);
    let mut log = dirty[..512].to_vec();
    log[8..12].copy_from_slice(&(sequence + 1).to_le_bytes());
    log[28..32].copy_from_slice(&1_u32.to_le_bytes());
    checksum(&mut log);
    log.extend(b"DIRT");
    let bins = u32::from_le_bytes(clean[40..44].try_into().unwrap()) as usize;
    let mut bitmap = vec![0; bins / 512 / 8];
    bitmap[0] = 1;
    log.extend(bitmap);
    log.resize(log.len().next_multiple_of(512), 0);
    log.extend(&clean[4096..4096 + 512]);
    let log_file = dir.path().join("log");
    fs::write(&components, &dirty).unwrap();
    put(&image, "1", &[(&components, "COMPONENTS")]);
    let update = package(UCRT);
    let args = ["service", "a.wim", &update, "--output", "b.wim", "--json", "--quiet"];
    assert_eq!(wright(dir.path(), args).code, 1, "a dirty hive without its log was taken");
    fs::write(&log_file, &log).unwrap();
    put(&image, "1", &[(&log_file, "COMPONENTS.LOG")]);
    let receipt = wright(dir.path(), args).expect(0);
    assert_eq!(receipt["registration"]["done"], true);
    let replayed: Vec<&Value> = receipt["hives"].as_array().unwrap().iter().map(|h| &h["replayed"]).collect();
    assert_eq!(replayed, [&json!(true), &json!(false)]);
    let out = dir.path().join("b.wim");
    assert!(fs::read(hive(&out, "1", "COMPONENTS.LOG")).unwrap().is_empty());
    let after = hive(&out, "1", "COMPONENTS");
    hivexsh_opens(&after);
    check_components(&hivex(&after).unwrap(), &out, "1");
}
