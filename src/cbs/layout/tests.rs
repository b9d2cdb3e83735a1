//! A small package laid out, and one that contradicts itself.

use super::*;
use crate::base::{Limits, sha256};

const ID: &str = "version='1.2.3.4' language='neutral' processorArchitecture='amd64' publicKeyToken='31bf'";

fn mum(name: &str) -> Mum {
    let text = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'><assemblyIdentity name='{name}' {ID}/><package/></assembly>"
    );
    Mum::parse(text.as_bytes(), &Limits::default()).unwrap()
}

fn manifest(name: &str, files: &[&str]) -> Manifest {
    let files = files.iter().map(|f| format!("<file name='{f}'/>")).collect::<Vec<_>>().concat();
    let text = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'><assemblyIdentity name='{name}' {ID}/>{files}</assembly>"
    );
    Manifest::parse(text.as_bytes(), &Limits::default()).unwrap()
}

fn reasons(layout: &Layout) -> Vec<(&str, SkipReason)> {
    layout.skipped.iter().map(|s| (s.source.as_str(), s.reason.clone())).collect()
}

#[test]
fn every_kind_of_file_has_its_place() {
    let (update, inner, component) =
        (mum("Package_for_KB1"), mum("Inner"), manifest("C", &["A.dll", "gone.dll"]));
    let keyform = keyform::component(&component.identity);
    let (manifest_name, payload) = (format!("{keyform}.manifest"), format!("{keyform}\\a.DLL"));
    let (digest, other) = (sha256(b"1"), sha256(b"2"));
    let file = |name, content| PackageFile { name, content };
    let files = [
        file("update.mum", Content::Mum(&update)),
        file("update.cat", Content::Catalog(digest)),
        file("inner~31bf~amd64~~1.2.3.4.mum", Content::Mum(&inner)),
        file("inner~31bf~amd64~~1.2.3.4.cat", Content::Catalog(other)),
        file(&manifest_name, Content::Manifest(Some(&component))),
        file(&payload, Content::Other),
        file("_manifest_.cix.xml", Content::Other),
        file("$filehashes$.dat", Content::Other),
        file("12", Content::Other),
        file("readme.txt", Content::Other),
        file("inner-again.mum", Content::Mum(&inner)),
    ];
    let layout = layout(&files);
    let placed: Vec<_> = layout.placements.iter().map(|p| (p.path.to_string(), p.role)).collect();
    let at = |path: &str, role| (path.to_owned(), role);
    assert_eq!(
        placed,
        [
            at(r"\Windows\servicing\Packages\Package_for_KB1~31bf~amd64~~1.2.3.4.mum", Role::Mum),
            at(r"\Windows\servicing\Packages\Package_for_KB1~31bf~amd64~~1.2.3.4.cat", Role::PackageCatalog),
            at(&format!(r"\Windows\WinSxS\Catalogs\{digest}.cat"), Role::StoreCatalog),
            at(r"\Windows\servicing\Packages\Inner~31bf~amd64~~1.2.3.4.mum", Role::Mum),
            at(r"\Windows\servicing\Packages\Inner~31bf~amd64~~1.2.3.4.cat", Role::PackageCatalog),
            at(&format!(r"\Windows\WinSxS\Catalogs\{other}.cat"), Role::StoreCatalog),
            at(&format!(r"\Windows\WinSxS\Manifests\{keyform}.manifest"), Role::Manifest),
            at(&format!(r"\Windows\WinSxS\{keyform}\A.dll"), Role::Payload),
        ]
    );
    assert_eq!(
        reasons(&layout),
        [
            ("_manifest_.cix.xml", SkipReason::ContainerOnly),
            ("$filehashes$.dat", SkipReason::ContainerOnly),
            ("12", SkipReason::ContainerOnly),
            ("readme.txt", SkipReason::NoComponent),
            ("inner-again.mum", SkipReason::SameAs("inner~31bf~amd64~~1.2.3.4.mum".into())),
        ]
    );
    assert!(layout.skipped.iter().all(|s| !s.reason.is_problem()));
    assert_eq!(layout.absent, [(keyform, "gone.dll".to_owned())]);
}

#[test]
fn contradictions_are_named() {
    let (inner, component) = (mum("Inner"), manifest("C", &["a.dll"]));
    let keyform = keyform::component(&component.identity);
    let (good, wrong) = (format!("{keyform}.manifest"), keyform.replace("_c_", "_d_"));
    let wrong_name = format!("{wrong}.manifest");
    let names = [
        format!("{keyform}\\b.dll"),
        format!("{wrong}\\a.dll"),
        format!("{keyform}\\f\\a.dll"),
        format!("{keyform}\\..\\a.dll"),
    ];
    let mut files = vec![
        PackageFile { name: "other~31bf~amd64~~1.2.3.4.mum", content: Content::Mum(&inner) },
        PackageFile { name: "lonely.cat", content: Content::Catalog(sha256(b"")) },
        PackageFile { name: &good, content: Content::Manifest(Some(&component)) },
        PackageFile { name: &wrong_name, content: Content::Manifest(Some(&component)) },
    ];
    files.extend(names.iter().map(|name| PackageFile { name, content: Content::Other }));
    let layout = layout(&files);
    let found: Vec<_> = reasons(&layout).into_iter().map(|(_, r)| r).collect();
    assert_eq!(layout.placements.len(), 1);
    assert_eq!(
        found[..6],
        [
            SkipReason::OtherIdentity("Inner~31bf~amd64~~1.2.3.4".into()),
            SkipReason::NoPackage,
            SkipReason::OtherIdentity(keyform),
            SkipReason::NotListed,
            SkipReason::NoManifest,
            SkipReason::DeltaRecord,
        ]
    );
    assert!(matches!(found[6], SkipReason::UnsafeName(_)));
}

#[test]
fn a_manifest_that_cannot_be_decoded_goes_by_its_name() {
    let keyform = keyform::component(&manifest("C", &[]).identity);
    let (name, payload) = (format!("{keyform}.manifest"), format!("{keyform}\\x.dll"));
    let files = [
        PackageFile { name: &name, content: Content::Manifest(None) },
        PackageFile { name: &payload, content: Content::Other },
        PackageFile { name: "odd.manifest", content: Content::Manifest(None) },
    ];
    let layout = layout(&files);
    assert_eq!(layout.placements.len(), 2);
    assert_eq!(reasons(&layout), [("odd.manifest", SkipReason::NoComponent)]);
}
