//! The meaning of real packages: identities and keyforms against real names, every manifest parsed.

mod common;
#[path = "cbs/data.rs"]
mod data;

use data::{hex_values, packages, reg_text};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use wimwright::base::{Limits, sha256};
use wimwright::cbs::state::Winners;
use wimwright::cbs::target::{self, Applicability, Architecture, ImageState, ImageTarget};
use wimwright::cbs::{Identity, Manifest, Mum, PackageSet, Version, keyform};
use wimwright::error::ErrorKind;
use wimwright::package::cix::Cix;

fn is_xml(bytes: &[u8]) -> bool {
    bytes.starts_with(b"<") || bytes.starts_with(b"\xEF\xBB\xBF<")
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension))
}

/// Whether the manifest's own identity gives the name it is filed under.
fn check_manifest(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let manifest =
        Manifest::parse(&bytes, &Limits::default()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(format!("{}.manifest", keyform::component(&manifest.identity)), name_of(path).to_lowercase());
    for value in manifest.registry.iter().flat_map(|k| &k.values) {
        value.data().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    for file in &manifest.files {
        assert!(file.plain_hash().is_some(), "{}: {}", path.display(), file.name);
    }
}

#[test]
fn real_keyforms_come_out() {
    let Some(data) = common::testdata() else { return };
    let table = std::fs::read_to_string(data.join("keyforms.tsv")).unwrap();
    let mut checked = 0;
    for line in table.lines().skip(1) {
        let f: Vec<&str> = line.split('\t').collect();
        let language = if f[5] == "neutral" { "" } else { f[5] };
        let identity = Identity {
            name: f[1].into(),
            version: f[2].parse().unwrap_or_default(),
            architecture: f[3].into(),
            language: language.into(),
            public_key_token: f[4].into(),
            kind: f[6].into(),
            version_scope: f[7].into(),
            build_type: "release".into(),
        };
        let got = match f[0] {
            "component" => keyform::component(&identity),
            "family" => keyform::family(&identity),
            "deployment" => keyform::deployment(&identity),
            "f!" | "p!" => format!("{:016x}", keyform::name_hash(f[1])),
            other => panic!("{other}"),
        };
        assert_eq!(got, f[8], "{line}");
        checked += 1;
    }
    assert_eq!(checked, 51);
}

#[test]
fn stand_alone_manifests_parse_and_have_their_names() {
    let Some(data) = common::testdata() else { return };
    let (mut mums, mut manifests) = (0, 0);
    for path in ["mum", "manifest-esu"].iter().flat_map(|d| common::files_below(&data.join(d))) {
        match path.extension().and_then(|e| e.to_str()) {
            Some("mum") => {
                let mum = Mum::parse(&std::fs::read(&path).unwrap(), &Limits::default()).unwrap();
                let filed = Identity::parse(name_of(&path).trim_end_matches(".mum")).unwrap();
                assert!(mum.identity.same_family(&filed), "{}", path.display());
                // Whoever published the embedded packages has edited the version inside them.
                if mum.identity.version.to_string() == "10.0.9200.16384" {
                    assert_eq!(filed.version.to_string(), "6.2.9200.16384");
                } else {
                    assert_eq!(mum.full_name(), filed.to_string());
                }
                mums += 1;
            }
            Some("manifest") => {
                check_manifest(&path);
                manifests += 1;
            }
            _ => {}
        }
    }
    eprintln!("{mums} package manifests, {manifests} component manifests");
    assert!(mums >= 45 && manifests >= 106);
}

#[test]
fn manifests_within_packages_parse_and_have_their_names() {
    let Some(packages) = packages() else { return };
    let (mut mums, mut manifests, mut wrapped, mut roots) = (0, 0, 0, 0);
    for path in packages.iter().flat_map(|p| common::files_below(&p.dir)) {
        let (name, bytes) = (name_of(&path).to_lowercase(), std::fs::read(&path).unwrap());
        if has_extension(&path, "mum") {
            let mum = Mum::parse(&bytes, &Limits::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
            let full = mum.full_name();
            assert_eq!(Identity::parse(&full).unwrap(), mum.identity);
            if name.starts_with("update") {
                roots += 1;
            } else {
                assert_eq!(format!("{}.mum", full.to_lowercase()), name);
            }
            assert!(mum.other.iter().all(|o| o == "recall"), "{name}: {:?}", mum.other);
            mums += 1;
        } else if has_extension(&path, "manifest") {
            if is_xml(&bytes) {
                check_manifest(&path);
                manifests += 1;
            } else {
                let refused = Manifest::parse(&bytes, &Limits::default()).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Malformed);
                wrapped += 1;
            }
        }
    }
    eprintln!("{mums} package manifests ({roots} roots), {manifests} component manifests, {wrapped} wrapped");
    assert!(mums >= 1316 && manifests >= 1387 && wrapped <= 9, "{mums} {manifests} {wrapped}");
}

#[test]
fn container_indexes_have_an_order_and_their_members() {
    let Some(packages) = packages() else { return };
    let (mut indexes, mut files, mut copies, mut deltas) = (0, 0, 0, 0);
    for package in packages {
        let Ok(bytes) = std::fs::read(package.dir.join("_manifest_.cix.xml")) else { continue };
        let cix = Cix::parse(&bytes, &Limits::default()).unwrap();
        let order = cix.order().unwrap();
        assert_eq!(order.len(), cix.files.len());
        for file in &cix.files {
            match &file.source {
                None => copies += 1,
                Some(source) => {
                    let member = package.dir.join(source.name.as_ref().unwrap().replace('\\', "/"));
                    let stored =
                        std::fs::read(&member).unwrap_or_else(|e| panic!("{}: {e}", member.display()));
                    assert!(source.hash.is_none_or(|h| h.matches(&stored)), "{}", member.display());
                    deltas += usize::from(source.kind.is_delta());
                }
            }
        }
        files += cix.files.len();
        indexes += 1;
    }
    eprintln!("{indexes} indexes, {files} files, {deltas} deltas, {copies} copies");
    assert_eq!((indexes, files, deltas), (22, 5757, 855));
}

#[test]
fn identities_are_spelled_as_in_real_hives() {
    let Some(data) = common::testdata() else { return };
    let mut spelled = BTreeMap::new();
    for path in common::files_below(&data.join("registry-text")) {
        if name_of(&path).starts_with("ComponentsRegistryKey") {
            spelled.extend(hex_values(&reg_text(&path), "identity"));
        }
    }
    let mut checked = 0;
    for path in common::files_below(&data.join("manifest-esu")) {
        let Some(expected) = spelled.get(name_of(&path).trim_end_matches(".manifest")) else { continue };
        let manifest = Manifest::parse(&std::fs::read(&path).unwrap(), &Limits::default()).unwrap();
        assert_eq!(manifest.identity.component_text().as_bytes(), expected);
        checked += 1;
    }
    eprintln!("{checked} identities of {} in the hives", spelled.len());
    assert!(checked >= 90, "{checked}");
}

/// Every component that real hives were exported with: the key's name comes out of the identity that stands in it, and the
/// digest is that of the manifest; the winners' key comes out of the same identity.
#[test]
fn the_keys_of_real_exports_come_out_of_their_identities() {
    let Some(data) = common::testdata() else { return };
    let (mut identities, mut digests, mut families) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for path in common::files_below(&data.join("registry-text/esu")) {
        let text = reg_text(&path);
        if name_of(&path).starts_with("ComponentsRegistryKey") {
            identities.extend(hex_values(&text, "identity"));
            digests.extend(hex_values(&text, "S256H"));
        } else {
            let keys = text.lines().filter_map(|l| l.trim().strip_prefix('[')?.strip_suffix(']'));
            let keys =
                keys.filter_map(|k| k.split_once(r"\Winners\")?.1.split('\\').next().map(str::to_owned));
            families.extend(keys);
        }
    }
    let mut expected = BTreeSet::new();
    for (key, identity) in &identities {
        let text = String::from_utf8(identity.clone()).unwrap();
        let mut fields = text.split(", ");
        let mut identity = Identity { name: fields.next().unwrap().into(), ..Identity::default() };
        for (field, value) in fields.map(|f| f.split_once('=').unwrap()) {
            match field {
                "Culture" if value == "neutral" => {}
                "Version" => identity.version = value.parse().unwrap(),
                "PublicKeyToken" => identity.public_key_token = value.into(),
                "ProcessorArchitecture" => identity.architecture = value.into(),
                "versionScope" => identity.version_scope = value.into(),
                other => panic!("{other} in {text}"),
            }
        }
        assert_eq!(keyform::component(&identity), *key);
        assert_eq!(identity.component_text(), text);
        expected.insert(keyform::family(&identity));
        let manifest = data.join("manifest-esu").join(format!("{key}.manifest"));
        if manifest.is_file() {
            assert_eq!(sha256(&std::fs::read(manifest).unwrap()).0.as_slice(), digests[key], "{key}");
            digests.remove(key);
        }
    }
    assert!(!families.is_empty() && families.iter().all(|f| expected.contains(f)), "{families:?}");
    eprintln!(
        "{} keys, {} without their manifest, {} winners",
        identities.len(),
        digests.len(),
        families.len()
    );
    assert!(identities.len() >= 90 && identities.len() - digests.len() >= 90, "{}", digests.len());
}

/// What fuzzing does, on every test run: real documents with bytes changed, cut and repeated.
#[test]
fn damaged_documents_end_in_an_answer() {
    let Some(packages) = packages() else { return };
    let limits = Limits::default();
    let mut random = data::Random::new(11);
    let mut answers = [0_u32; 2];
    let names = [".mum", ".manifest", ".cix.xml"];
    for name in names {
        let all = packages.iter().flat_map(|p| common::files_below(&p.dir));
        let chosen: Vec<_> = all
            .filter(|p| name_of(p).ends_with(name) && p.metadata().is_ok_and(|m| m.len() < 40_000))
            .step_by(97)
            .take(12)
            .collect();
        for path in chosen {
            let whole = std::fs::read(path).unwrap();
            for _ in 0..150 {
                let bytes = random.damage(&whole);
                let failed = match name {
                    ".mum" => Mum::parse(&bytes, &limits).is_err(),
                    ".manifest" => Manifest::parse(&bytes, &limits).is_err(),
                    _ => Cix::parse(&bytes, &limits).and_then(|c| c.order()).is_err(),
                };
                answers[usize::from(failed)] += 1;
            }
        }
    }
    assert!(answers[0] > 50 && answers[1] > 50, "{answers:?}");
}

/// An image with these packages; every identity is amd64 and Microsoft's.
fn image(architecture: Architecture, version: &str, packages: &[&str]) -> (ImageTarget, ImageState) {
    let target = ImageTarget {
        architecture: Some(architecture),
        version: version.parse().unwrap(),
        ..ImageTarget::default()
    };
    let named = packages
        .iter()
        .map(|name| Identity::parse(&format!("{name}~31bf3856ad364e35~{architecture}~~{version}")).unwrap());
    let stack = Some(Version { revision: u16::MAX, ..target.version });
    (target, ImageState::with_states(named.map(|n| (n, None)), stack, Winners::none_in_use()))
}

#[test]
fn real_packages_apply_where_they_should() {
    let Some(packages) = packages() else { return };
    let windows7 = [
        "Microsoft-Windows-Foundation-Package",
        "Microsoft-Windows-Client-Features-Package",
        "Microsoft-Windows-UltimateEdition",
    ];
    let windows10 = [
        "Microsoft-Windows-Foundation-Package",
        "Microsoft-Windows-Client-Features-Package",
        "Microsoft-Windows-ProfessionalEdition",
    ];
    let images = [
        image(Architecture::Amd64, "6.1.7601.17514", &windows7),
        image(Architecture::X86, "6.1.7601.17514", &windows7),
        image(Architecture::Amd64, "10.0.19041.1", &windows10),
    ];
    let mut table = BTreeMap::new();
    for package in packages {
        let files = common::files_below(&package.dir).into_iter().filter(|p| has_extension(p, "mum"));
        let files: Vec<_> = files.map(|p| (name_of(&p), std::fs::read(&p).unwrap())).collect();
        let named = files.iter().map(|(name, data)| (name.as_str(), data.clone()));
        let set = PackageSet::parse(named, &Limits::default()).unwrap();
        let answers = images.each_ref().map(|(target, state)| match target::check(&set, target, state) {
            Applicability::Applicable { .. } => "yes".to_owned(),
            Applicability::NotApplicable { kind, .. } => format!("{kind:?}"),
            Applicability::Undecided { .. } => "undecided".to_owned(),
            other => panic!("{other:?}"),
        });
        eprintln!("{answers:?} {}", package.name);
        for (_, mum) in set.iter() {
            assert!(mum.nested().all(|n| !n.contained || set.find(&n.identity).is_some()));
        }
        table.insert(package.name.clone(), answers);
    }
    let (architecture, version) = ("ArchitectureMismatch", "VersionMismatch");
    for (name, expected) in [
        ("Windows6.1-KB2999226-x64.msu", ["yes", architecture, version]),
        ("Windows6.1-KB4016754-x64.msu", ["yes", architecture, version]),
        ("Windows6.1-KB4016754-x86.msu", [architecture, "yes", architecture]),
        ("Windows6.1-KB943790-x64.msu", ["undecided", architecture, version]),
        ("Windows6.0-KB950051-x64.msu", [version, architecture, version]),
    ] {
        assert_eq!(table[name], expected, "{name}");
    }
    let kb5015684 = table.iter().find(|(name, _)| name.contains("kb5015684")).unwrap();
    assert_eq!(kb5015684.1, &[version, architecture, "yes"]);
    for (name, [seven, x86, ten]) in &table {
        assert!(x86 == architecture || name.contains("x86"), "{name}");
        assert!(!name.starts_with("Windows6.0") || seven != "yes", "{name}");
        assert!(!name.starts_with("Windows6") || ten != "yes", "{name}");
    }
}
