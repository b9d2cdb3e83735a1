//! Registration on hives that begin empty, read back by our own reader; tests/registration.rs has other tools read it.

use super::*;
use crate::base::{Limits, Sha256Digest, sha256};
use crate::cbs::state::{CBS, PackageState};
use crate::cbs::{Manifest, PackageSet, keyform};
use crate::registry::{Hive, HiveEditor};
use std::collections::HashMap;

const TIME: u64 = 0x01D8_5D00_0000_0000;

fn assembly(name: &str, version: &str, body: &str) -> String {
    format!(
        r#"<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">
        <assemblyIdentity name="{name}" version="{version}" processorArchitecture="amd64" language="neutral"
            publicKeyToken="31bf3856ad364e35" versionScope="nonSxS"/>{body}</assembly>"#
    )
}

fn identity(name: &str, version: &str) -> String {
    format!(
        r#"<assemblyIdentity name="{name}" version="{version}" processorArchitecture="amd64" language="neutral"
            publicKeyToken="31bf3856ad364e35" versionScope="nonSxS"/>"#
    )
}

fn install(name: &str) -> String {
    format!(
        r#"<dependency><dependentAssembly dependencyType="install">{}</dependentAssembly></dependency>"#,
        identity(name, "1.0.0.0")
    )
}

fn staged(xml: &str, absent: &[&str]) -> StagedManifest {
    let manifest = Manifest::parse(xml.as_bytes(), &Limits::default()).unwrap();
    let absent = absent.iter().map(ToString::to_string).collect();
    StagedManifest { manifest, sha256: sha256(xml.as_bytes()), absent }
}

/// A deployment that installs A and B, of which B installs C; C has a file with a long name.
fn manifests() -> Vec<StagedManifest> {
    vec![
        staged(
            &assembly("Deploy", "1.0.0.0", &format!("<deployment/>{}{}", install("A"), install("B"))),
            &[],
        ),
        staged(&assembly("A", "1.0.0.0", r#"<file name="a.dll"/><file name="b.dll"/>"#), &["b.dll"]),
        staged(&assembly("B", "1.0.0.0", &install("C")), &[]),
        staged(&assembly("C", "1.0.0.0", r#"<file name="a-name-of-more-than-twenty-five.dll"/>"#), &[]),
    ]
}

fn set() -> PackageSet {
    let package = |name: &str, body: &str| {
        let body = format!(
            r#"<package><parent disposition="detect">{}</parent>{body}</package>"#,
            identity("Parent", "1.0.0.0")
        );
        assembly(name, "1.0.0.2", &body).into_bytes()
    };
    let nested = format!(
        r#"<update name="u"><package integrate="hidden">{}</package></update>"#,
        identity("Inner", "1.0.0.2")
    );
    let deploys =
        format!(r#"<update name="d"><component>{}</component></update>"#, identity("Deploy", "1.0.0.0"));
    PackageSet::parse(
        [("inner.mum", package("Inner", &deploys)), ("update.mum", package("Outer", &nested))],
        &Limits::default(),
    )
    .unwrap()
}

fn facts() -> Facts {
    let catalogs = HashMap::from([("inner".to_owned(), Sha256Digest([7; 32]))]);
    Facts::new(&set(), &manifests(), &catalogs).unwrap()
}

fn components() -> HiveEditor {
    let mut editor = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
    let format: Vec<u8> = "0.0.0.6".encode_utf16().flat_map(u16::to_le_bytes).collect();
    editor.root().unwrap().set("StoreFormatVersion", ValueKind::BINARY, &format).unwrap();
    editor.create(r"DerivedData\VersionedIndex\10.0\ComponentFamilies\x").unwrap().set_dword("v", 1).unwrap();
    Hive::open(editor.finish(), &Limits::default()).unwrap().edit().unwrap()
}

fn software() -> HiveEditor {
    let mut editor = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
    editor.create(&format!(r"{CBS}\Packages")).unwrap();
    Hive::open(editor.finish(), &Limits::default()).unwrap().edit().unwrap()
}

fn values(editor: &HiveEditor, path: &str) -> Vec<(String, Vec<u8>)> {
    let key = editor.hive().key(path).unwrap().unwrap_or_else(|| panic!("{path}"));
    let mut values: Vec<_> = key
        .values()
        .unwrap()
        .iter()
        .map(|v| (v.name().to_string(), v.data().unwrap().into_owned()))
        .collect();
    values.sort();
    values
}

#[test]
fn components_belong_to_the_deployments_that_install_them() {
    let facts = facts();
    let deployment = &facts.deployments[0];
    assert_eq!((facts.deployments.len(), deployment.references.len()), (1, 1));
    assert_eq!(deployment.references[0], "Inner~31bf3856ad364e35~amd64~~1.0.0.2.d");
    assert!(facts.components.iter().all(|c| c.deployments == [deployment.key.as_str()]));
    assert_eq!(facts.components[1].files, ["a.dll"]);

    let mut editor = components();
    register_components(&mut editor, &facts).unwrap();
    let own = keyform::component(&manifests()[3].manifest.identity);
    let found = values(&editor, &format!(r"DerivedData\Components\{own}"));
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let long = format!(
        "f!a-name-of-more-than-twent_{:016x}",
        keyform::name_hash("a-name-of-more-than-twenty-five.dll")
    );
    assert_eq!(names, ["S256H", &format!("c!{}", deployment.key), &long, "identity"]);
    assert_eq!((found[1].1.len(), &found[2].1[..]), (0, &[1, 0, 0, 0][..]));
    let found = values(&editor, &format!(r"CanonicalData\Deployments\{}", deployment.key));
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "CatalogThumbprint",
            "appid",
            "p!CBS_inner~31bf3856ad364e35~amd64~~1.0.0.2.d",
            "s!CBS_inner~31bf3856ad364e35~amd64~~1.0.0.2.d"
        ]
    );
    let catalog = values(&editor, &format!(r"CanonicalData\Catalogs\{}", "07".repeat(32)));
    assert_eq!(catalog, [(format!("c!{}", deployment.key), Vec::new())]);
    assert_eq!(editor.hive().key(r"DerivedData\VersionedIndex").unwrap().unwrap().subkey_count(), 0);
    editor.hive().check().unwrap();

    // A second time nothing is left to write, and the hive stays as it is.
    let bytes = editor.finish();
    let mut again = Hive::open(bytes.clone(), &Limits::default()).unwrap().edit().unwrap();
    register_components(&mut again, &facts).unwrap();
    assert!(!again.is_changed());
}

#[test]
fn another_manifest_under_the_same_name_is_refused() {
    let mut editor = components();
    register_components(&mut editor, &facts()).unwrap();
    let mut other = facts();
    other.components[2].sha256 = Sha256Digest([9; 32]);
    assert_eq!(register_components(&mut editor, &other).unwrap_err().kind(), crate::ErrorKind::HashMismatch);
    let mut foreign = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
    assert_eq!(
        register_components(&mut foreign, &facts()).unwrap_err().kind(),
        crate::ErrorKind::Unsupported
    );
}

#[test]
fn a_component_without_a_deployment_is_refused() {
    let mut all = manifests();
    all.push(staged(&assembly("Alone", "1.0.0.0", ""), &[]));
    let error = Facts::new(&set(), &all, &HashMap::new()).unwrap_err();
    assert!(error.path().unwrap().starts_with("amd64_alone_"), "{error}");
}

#[test]
fn packages_are_staged_and_what_is_further_is_kept() {
    let mut editor = software();
    let outer = r"Outer~31bf3856ad364e35~amd64~~1.0.0.2";
    let inner = r"Inner~31bf3856ad364e35~amd64~~1.0.0.2";
    let done = register_packages(&mut editor, &facts(), TIME).unwrap();
    assert!(done.iter().all(|p| p.registered && p.state == PackageState::STAGED) && done.len() == 2);
    let packages = editor.hive().key(&format!(r"{CBS}\Packages")).unwrap().unwrap();
    for (name, visibility, owner) in [(outer, 1, outer), (inner, 2, outer)] {
        let key = packages.child(name).unwrap().unwrap();
        let number = |value: &str| key.value(value).unwrap().unwrap().dword().unwrap().unwrap();
        assert_eq!((number("CurrentState"), number("Visibility")), (0x40, visibility));
        assert_eq!((number("InstallTimeHigh"), number("InstallTimeLow")), (0x01D8_5D00, 0));
        assert_eq!(
            key.value("InstallName").unwrap().unwrap().text().unwrap().unwrap(),
            format!("{name}.mum")
        );
        let owners = key.child("Owners").unwrap().unwrap();
        assert_eq!(owners.value(owner).unwrap().unwrap().dword().unwrap(), Some(0x2_0040));
    }
    let index = values(&editor, &format!(r"{CBS}\PackageIndex\Outer~31bf3856ad364e35~amd64~~0.0.0.0"));
    assert_eq!(index[0].0, outer);
    let detect = values(&editor, &format!(r"{CBS}\PackageDetect\Parent~31bf3856ad364e35~amd64~~0.0.0.0"));
    assert_eq!(detect.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), [inner, outer]);

    let bytes = editor.finish();
    let mut again = Hive::open(bytes, &Limits::default()).unwrap().edit().unwrap();
    let done = register_packages(&mut again, &facts(), TIME + 5).unwrap();
    assert!(done.iter().all(|p| !p.registered) && !again.is_changed());

    // What is installed is not made less than that, and a later version keeps its place in the index.
    let mut editor = software();
    editor.create(&format!(r"{CBS}\Packages\{outer}")).unwrap().set_dword("CurrentState", 0x70).unwrap();
    let later = r"Inner~31bf3856ad364e35~amd64~~2.0.0.0";
    let index = format!(r"{CBS}\PackageIndex\Inner~31bf3856ad364e35~amd64~~0.0.0.0");
    editor.create(&index).unwrap().set_dword(later, 0).unwrap();
    let done = register_packages(&mut editor, &facts(), TIME).unwrap();
    assert_eq!((done[0].registered, done[0].state), (false, PackageState::INSTALLED));
    assert!(done[1].registered);
    assert_eq!(values(&editor, &index)[0].0, later);
    let mut without = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
    assert!(register_packages(&mut without, &facts(), TIME).is_err());
}

#[test]
fn a_hive_comes_back_to_what_it_was() {
    let limits = Limits::default();
    let mut before = components();
    let mut odd = before.create(r"DerivedData\VersionedIndex\odd").unwrap();
    odd.set("", ValueKind(77), &[1, 2, 3]).unwrap();
    odd.set_class("a class").unwrap();
    before.create("Other").unwrap().set_dword("kept", 1).unwrap();
    let before = Hive::open(before.finish(), &limits).unwrap();
    let mut editor = before.clone().edit().unwrap();
    register_components(&mut editor, &facts()).unwrap();
    let mut other = editor.key("Other").unwrap().unwrap();
    other.set_dword("kept", 2).unwrap();
    other.set_dword("new", 3).unwrap();
    let after = Hive::open(editor.finish(), &limits).unwrap();
    let undo = HiveUndo::between(&before, &after).unwrap();
    assert_eq!((undo.values.len(), undo.removed_keys), (2, 4));
    assert!(HiveUndo::between(&after, &after).unwrap().is_empty());
    // As it goes through a receipt.
    let undo: HiveUndo = serde_json::from_str(&serde_json::to_string(&undo).unwrap()).unwrap();
    let mut editor = after.clone().edit().unwrap();
    undo.apply(&mut editor).unwrap();
    let back = Hive::open(editor.finish(), &limits).unwrap();
    back.check().unwrap();
    assert!(HiveUndo::between(&before, &back).unwrap().is_empty());
    let odd = back.key(r"DerivedData\VersionedIndex\odd").unwrap().unwrap();
    assert_eq!(odd.class().unwrap().to_string(), "a class");

    for path in ["Other", r"DerivedData\VersionedIndex\10.0", &undo.added[0].key] {
        let mut changed = after.clone().edit().unwrap();
        changed.create(path).unwrap().set_dword("new", 9).unwrap();
        let error = undo.apply(&mut changed).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::HashMismatch, "{path}");
    }
    for damaged in [Some("AAAA".to_owned()), Some("!".into())] {
        let bad = HiveUndo { removed: damaged, ..undo.clone() };
        assert!(bad.apply(&mut after.clone().edit().unwrap()).is_err());
    }
}
