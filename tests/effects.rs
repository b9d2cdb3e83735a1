//! The effects of real components: where files and keys go, and what is left to Windows, by name.

mod common;
#[path = "cbs/data.rs"]
#[allow(dead_code, reason = "shared with another test")]
mod data;

use data::{Random, packages};
use std::collections::{BTreeMap, BTreeSet};
use wimwright::base::Limits;
use wimwright::cbs::effects::{Effects, Facts, HiveFile};
use wimwright::cbs::{Architecture, Manifest};

fn facts() -> Facts {
    Facts::new(Architecture::Amd64)
}

/// The manifests of all packages that are plain XML in their cabinets.
fn manifests() -> Option<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for package in packages()? {
        for path in common::files_below(&package.dir) {
            if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("manifest")) {
                let bytes = std::fs::read(&path).unwrap();
                if bytes.starts_with(b"<") || bytes.starts_with(b"\xEF\xBB\xBF<") {
                    all.push(bytes);
                }
            }
        }
    }
    Some(all)
}

/// All that the packages' components ask for beyond files, directories, keys and descriptors.
const LEFT: [&str; 19] = [
    "ExtendedSecurityUpdatesAI",
    "configuration",
    "file/gac",
    "file/infFile",
    "file/ngen",
    "file@writeableType",
    "genericCommands",
    "imaging",
    "instrumentation/counters",
    "instrumentation/events",
    "memberships/BootCritical/serviceData",
    "memberships/Microsoft-Windows-Security-Licensing",
    "memberships/Service/serviceData",
    "memberships/Shortcut/shortCut",
    "memberships/SvcHost/serviceGroup",
    "migration",
    "mof",
    "sppInstaller",
    "taskScheduler",
];

#[test]
fn the_effects_of_every_real_component_are_known() {
    let Some(all) = manifests() else { return };
    let (mut left, mut files, mut keys, mut values, mut whole) = (BTreeSet::new(), 0, 0, 0, 0);
    let mut folders: BTreeMap<String, u32> = BTreeMap::new();
    for bytes in &all {
        let manifest = Manifest::parse(bytes, &Limits::default()).unwrap();
        let effects = Effects::of(bytes, &facts(), &Limits::default()).unwrap();
        whole += u32::from(effects.is_complete());
        left.extend(effects.not_carried_out.iter().map(|n| n.element.clone()));
        assert!(effects.not_carried_out.iter().all(|n| !n.what.is_empty() && n.count > 0));
        // Everything of the four kinds is carried out: no macro, key, type or descriptor of a real manifest is strange.
        let projected = manifest.files.iter().filter(|f| !f.destination_path.is_empty()).count();
        assert_eq!(effects.files.iter().map(|f| f.links.len()).sum::<usize>(), projected);
        assert_eq!(effects.directories.len(), manifest.directories.len());
        assert_eq!(effects.keys.len(), manifest.registry.len());
        let asked: usize = manifest.registry.iter().map(|k| k.values.len()).sum();
        assert_eq!(effects.keys.iter().map(|k| k.values.len()).sum::<usize>(), asked);
        let named = manifest.files.iter().filter(|f| !f.descriptor.is_empty()).count();
        assert_eq!(effects.files.iter().filter(|f| f.descriptor.is_some()).count(), named);
        for path in effects.files.iter().flat_map(|f| &f.links) {
            let top: Vec<String> = path.names().iter().take(2).map(ToString::to_string).collect();
            *folders.entry(top.join("\\").to_lowercase()).or_default() += 1;
        }
        files += projected;
        keys += effects.keys.len();
        values += asked;
    }
    assert_eq!(left.iter().map(String::as_str).collect::<Vec<_>>(), LEFT);
    let tops: Vec<&str> = folders.keys().map(String::as_str).collect();
    println!(
        "{} manifests, {whole} whole, {files} files, {keys} keys, {values} values, {folders:?}",
        all.len()
    );
    assert!(tops.contains(&r"windows\system32") && tops.contains(&r"windows\syswow64"));
    assert!(all.len() > 1000 && whole > 700 && files > 1000 && keys > 150 && values > 300);
}

#[test]
fn a_large_component_of_32_bits_is_redirected_whole() {
    let Some(data) = common::testdata() else { return };
    let bytes = std::fs::read(data.join("dcm/wow64_golden.xml")).unwrap();
    let effects = Effects::of(&bytes, &facts(), &Limits::default()).unwrap();
    assert!(effects.is_complete(), "{:?}", effects.not_carried_out);
    assert_eq!(effects.files[0].links[0].to_string(), r"\Windows\SysWOW64\OneCoreUAPCommonProxyStub.dll");
    assert_eq!(effects.keys.len(), 12978);
    assert_eq!(effects.keys.iter().map(|k| k.values.len()).sum::<usize>(), 6713);
    for key in &effects.keys {
        assert_eq!(key.hive, HiveFile::Software);
        assert!(key.path.starts_with(r"Classes\Wow6432Node\"), "{}", key.path);
        assert!(key.descriptor.is_some());
    }
}

#[test]
fn damaged_manifests_do_no_harm() {
    let Some(all) = manifests() else { return };
    let mut random = Random::new(0x5EED);
    let small: Vec<&Vec<u8>> = all.iter().filter(|m| m.len() < 20_000).collect();
    let mut whole = 0;
    for _ in 0..3000 {
        let one = random.below(small.len());
        let bytes = random.damage(small[one]);
        if let Ok(effects) = Effects::of(&bytes, &facts(), &Limits::default()) {
            whole += 1;
            for descriptor in effects.keys.iter().filter_map(|k| k.descriptor.as_ref()) {
                let _ = descriptor.to_bytes();
            }
        }
    }
    assert!(whole > 100, "damage that still parses is what this test is for: {whole}");
}
