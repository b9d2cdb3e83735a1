//! What must hold of every image that was staged into.

use crate::common::run;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use wimwright::base::{ImagePath, ImageTree, Limits, Sha1Digest, sha1, sha256, utf16le_to_string};
use wimwright::cbs::Manifest;
use wimwright::registry::{Hive, Key};
use wimwright::service::Receipt;
use wimwright::wim::{OpenOptions, WimFile};

const CBS: &str = r"Microsoft\Windows\CurrentVersion\Component Based Servicing";

/// The checks; a hive that was opened by hivexsh once is not opened again.
pub struct Checker {
    dir: PathBuf,
    opened: BTreeSet<Sha1Digest>,
}

impl Checker {
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), opened: BTreeSet::new() }
    }

    pub fn hives(&self) -> usize {
        self.opened.len()
    }

    /// Every component of the store that was staged has its key, manifest and payload; every reference leads somewhere;
    /// wimlib verifies the file and hivexsh opens the hives. `laid` is what must be Staged where.
    pub fn check(&mut self, image: &Path, receipt: &Receipt, laid: &[(u32, String)], told: &str) {
        run("wimlib-imagex", ["verify".as_ref(), image.as_os_str(), OsStr::new("--quiet")]);
        let wim = WimFile::open(image, &OpenOptions::new()).unwrap();
        for index in 1..=wim.image_count() {
            let view = wim.view(index).unwrap();
            let record = receipt.indexes.iter().find(|i| i.index == index);
            for file in record.iter().flat_map(|r| &r.files) {
                let data = read(&view, &file.path).unwrap_or_else(|| panic!("{told}: no {}", file.path));
                assert_eq!(sha1(&data), file.sha1, "{told}: {}", file.path);
            }
            let hive = |name: &str| read(&view, &format!(r"Windows\System32\config\{name}"));
            let (components, software) = (hive("COMPONENTS"), hive("SOFTWARE").unwrap());
            let registered = record.is_some_and(|r| !r.registration.packages.is_empty());
            self.opens(&software);
            let software = Hive::open(software, &Limits::default()).unwrap();
            software.check().unwrap();
            check_packages(&software, &view, index, registered, laid, told);
            if let Some(components) = components {
                self.opens(&components);
                let components = Hive::open(components, &Limits::default()).unwrap();
                components.check().unwrap();
                let left_out = record.is_some_and(|r| !r.registration.left_out.is_empty());
                check_components(&components, &view, left_out, told);
            }
        }
    }

    fn opens(&mut self, hive: &[u8]) {
        if self.opened.insert(sha1(hive)) {
            let (path, script) = (self.dir.join("hive"), self.dir.join("script"));
            fs::write(&path, hive).unwrap();
            fs::write(&script, "ls\nlsval\nquit\n").unwrap();
            run("hivexsh", ["-f".as_ref(), script.as_os_str(), path.as_os_str()]);
        }
    }
}

fn read(view: &dyn ImageTree, path: &str) -> Option<Vec<u8>> {
    let path = ImagePath::parse(path).unwrap();
    view.stat(&path).unwrap()?;
    Some(view.read(&path, 1 << 30).unwrap())
}

fn names(view: &dyn ImageTree, folder: &str, ending: &str) -> BTreeSet<String> {
    let path = ImagePath::parse(folder).unwrap();
    let list = view.list(&path).unwrap_or_default();
    list.iter().filter_map(|e| e.name.to_string().strip_suffix(ending).map(str::to_owned)).collect()
}

fn below<'h>(hive: &'h Hive, path: &str) -> BTreeMap<String, Key<'h>> {
    let key = hive.key(path).unwrap();
    let keys = key.map(|k| k.subkeys().unwrap()).unwrap_or_default();
    keys.into_iter().map(|key| (key.name().to_string(), key)).collect()
}

fn values(key: &Key<'_>) -> BTreeMap<String, Vec<u8>> {
    let values = key.values().unwrap();
    values.iter().map(|v| (v.name().to_string(), v.data().unwrap().into_owned())).collect()
}

fn check_packages(
    software: &Hive,
    view: &dyn ImageTree,
    index: u32,
    registered: bool,
    laid: &[(u32, String)],
    told: &str,
) {
    let keys = below(software, &format!(r"{CBS}\Packages"));
    let mums = names(view, r"Windows\servicing\Packages", ".mum");
    let cats = names(view, r"Windows\servicing\Packages", ".cat");
    assert_eq!(mums, cats, "{told}");
    for (name, key) in &keys {
        assert!(mums.contains(name), "{told}: {name} has no manifest");
        let state = key.value("CurrentState").unwrap().unwrap().dword().unwrap().unwrap();
        assert!([0x40, 0x70].contains(&state), "{told}: {name} is {state:#x}");
        let owners = values(&key.child("Owners").unwrap().unwrap());
        assert!(!owners.is_empty(), "{told}: {name} has no owner");
        for owner in owners.keys() {
            assert!(keys.contains_key(owner), "{told}: {name} is owned by {owner}");
        }
        let (family, _) = name.rsplit_once('~').unwrap();
        if state == 0x40 {
            let index = below(software, &format!(r"{CBS}\PackageIndex"));
            let newest = values(&index[&format!("{family}~0.0.0.0")]);
            assert_eq!(newest.len(), 1, "{told}: {newest:?}");
            let newest = newest.keys().next().unwrap();
            assert!(keys.contains_key(newest) && newest.as_str() >= name.as_str(), "{told}: {newest}");
        }
    }
    for (_, package) in laid.iter().filter(|(i, p)| *i == index && registered && !p.starts_with("orphan")) {
        let state = keys[package].value("CurrentState").unwrap().unwrap().dword().unwrap();
        assert_eq!(state, Some(0x40), "{told}: {package}");
    }
    if !registered {
        assert!(
            keys.values().all(|k| k.value("CurrentState").unwrap().unwrap().dword().unwrap() == Some(0x70))
        );
    }
}

fn check_components(components: &Hive, view: &dyn ImageTree, left_out: bool, told: &str) {
    let keys = below(components, r"DerivedData\Components");
    let deployments = below(components, r"CanonicalData\Deployments");
    let catalogs = below(components, r"CanonicalData\Catalogs");
    let manifests = names(view, r"Windows\WinSxS\Manifests", ".manifest");
    let stored = names(view, r"Windows\WinSxS\Catalogs", ".cat");
    let own: BTreeSet<String> = keys.keys().cloned().collect();
    assert!(own.is_subset(&manifests) && (left_out || own == manifests), "{told}");
    for (keyform, key) in &keys {
        let values = values(key);
        let text = read(view, &format!(r"Windows\WinSxS\Manifests\{keyform}.manifest")).unwrap();
        assert_eq!(values["S256H"], sha256(&text).0, "{told}: {keyform}");
        let manifest = Manifest::parse(&text, &Limits::default()).unwrap();
        assert_eq!(values["identity"], manifest.identity.component_text().as_bytes());
        for file in &manifest.files {
            let data = read(view, &format!(r"Windows\WinSxS\{keyform}\{}", file.name)).unwrap();
            assert!(file.plain_hash().unwrap().matches(&data), "{told}: {keyform}: {}", file.name);
            assert_eq!(values[&format!("f!{}", file.name)], [1, 0, 0, 0]);
        }
        let links: Vec<&str> = values.keys().filter_map(|v| v.strip_prefix("c!")).collect();
        assert!(!links.is_empty() && links.iter().all(|d| deployments.contains_key(*d)), "{told}: {keyform}");
    }
    for (name, key) in &deployments {
        let values = values(key);
        let thumbprint = utf16le_to_string(&values["CatalogThumbprint"]);
        let thumbprint = thumbprint.trim_end_matches('\0');
        assert!(stored.contains(thumbprint), "{told}: {name}");
        assert!(catalogs[thumbprint].value(&*format!("c!{name}")).unwrap().is_some(), "{told}: {name}");
        let marks = |mark: &str| values.keys().filter(|v| v.starts_with(mark)).count();
        assert!(
            marks("p!CBS_") > 0 && marks("p!CBS_") == marks("s!CBS_") && marks("i!") == 0,
            "{told}: {name}"
        );
    }
    for (name, key) in &catalogs {
        assert!(stored.contains(name), "{told}: {name}");
        assert!(
            values(key).keys().all(|v| deployments.contains_key(v.strip_prefix("c!").unwrap())),
            "{told}"
        );
    }
}
