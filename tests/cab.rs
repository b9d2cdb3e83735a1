//! Cabinets against the programs that know them: cabextract, 7z, gcab; real packages; damaged files.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use wimwright::Result;
use wimwright::base::{Limits, Progress, Sha256Digest, sha256};
use wimwright::package::cab::Cabinet;
use wimwright::package::{Kind, Update};

/// Names (with `/`) and digests.
type Listing = BTreeMap<String, Sha256Digest>;

fn unpack(cabinet: &Cabinet) -> Result<Listing> {
    let mut all = Listing::new();
    for folder in 0..cabinet.folders().len() {
        cabinet.read_folder(folder, |member, reader| {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map_err(|e| wimwright::Error::from_io("read", e))?;
            assert_eq!(bytes.len() as u64, member.size);
            all.insert(member.name.replace('\\', "/"), sha256(&bytes));
            Ok(())
        })?;
    }
    Ok(all)
}

fn unpack_path(path: &Path) -> Result<Listing> {
    unpack(&Cabinet::open_path(path, &Limits::default())?)
}

fn listing_below(dir: &Path) -> Listing {
    let name = |p: &Path| p.strip_prefix(dir).unwrap().to_string_lossy().replace('\\', "/");
    common::files_below(dir).iter().map(|p| (name(p), sha256(&std::fs::read(p).unwrap()))).collect()
}

/// What cabextract makes of a cabinet, or `None` where it reports any trouble.
fn cabextract(path: &Path) -> Option<Listing> {
    let dir = common::temp();
    let out = Command::new("cabextract").arg("-q").arg("-d").arg(dir.path()).arg(path).output().unwrap();
    out.status.success().then(|| listing_below(dir.path()))
}

/// The same of 7z.
fn seven_zip(path: &Path) -> Option<Listing> {
    let dir = common::temp();
    let mut target = std::ffi::OsString::from("-o");
    target.push(dir.path());
    let out = Command::new("7z").args(["x", "-y", "-bd"]).arg(target).arg(path).output().unwrap();
    out.status.success().then(|| listing_below(dir.path()))
}

#[test]
fn real_packages_equal_cabextract() {
    let (Some(data), Some(_)) = (common::testdata(), common::tool("cabextract")) else { return };
    let (mut cabinets, mut files) = (0, 0);
    for path in common::files_below(&data.join("packages")) {
        let own = unpack_path(&path).unwrap();
        assert_eq!(own, cabextract(&path).unwrap(), "{}", path.display());
        files += own.len();
        cabinets += 1;
        // The cabinets inside, too.
        let outer = Cabinet::open_path(&path, &Limits::default()).unwrap();
        for member in outer.members().iter().filter(|m| m.name.to_lowercase().ends_with(".cab")) {
            let bytes = outer.read_member(member.index).unwrap();
            let dir = common::temp();
            let inner = dir.path().join("inner.cab");
            std::fs::write(&inner, &bytes).unwrap();
            let cabinet = Cabinet::open(Arc::new(bytes), &Limits::default()).unwrap();
            let own = unpack(&cabinet).unwrap();
            assert_eq!(own, cabextract(&inner).unwrap(), "{}: {}", path.display(), member.name);
            files += own.len();
            cabinets += 1;
        }
    }
    println!("{cabinets} cabinets, {files} files equal");
    assert!(cabinets > 40 && files > 3000);
}

#[test]
fn real_packages_are_signed_and_members_tile_their_folders() {
    let Some(data) = common::testdata() else { return };
    let mut signed = 0;
    for path in common::files_below(&data.join("packages")) {
        let cabinet = Cabinet::open_path(&path, &Limits::default()).unwrap();
        assert_eq!(cabinet.set_info().parts, 1);
        if let Some(signature) = cabinet.signature() {
            signed += 1;
            assert_eq!(signature.offset + signature.size, std::fs::metadata(&path).unwrap().len());
        }
        for folder in cabinet.folders() {
            let mut at = 0;
            for member in folder.members().iter().map(|&i| &cabinet.members()[i]) {
                assert_eq!(member.offset, at);
                at += member.size;
            }
        }
    }
    println!("{signed} signed");
    assert!(signed > 20);
}

#[test]
fn a_call_target_of_0_survives() {
    let Some(data) = common::testdata() else { return };
    let own = unpack_path(&data.join("cab-e8/e8.cab")).unwrap();
    let expected = sha256(&std::fs::read(data.join("cab-e8/expected/t.bin")).unwrap());
    assert_eq!(own.into_values().collect::<Vec<_>>(), [expected]);
}

/// Damaged, odd and split cabinets: an answer or an error that names the file, never a panic or a hang; and the
/// same answer as other programs where those have one.
#[test]
fn odd_cabinets_are_read_as_others_read_them_or_refused() {
    let Some(data) = common::testdata() else { return };
    let judges = [("cabextract", cabextract as fn(&Path) -> Option<Listing>), ("7z", seven_zip)];
    let judges: Vec<_> = judges.into_iter().filter(|(name, _)| common::tool(name).is_some()).collect();
    let (mut answers, mut refusals, mut differences) = (0, 0, Vec::new());
    for path in common::files_below(&data.join("cab-bad")) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let began = std::time::Instant::now();
        let own = unpack_path(&path);
        assert!(began.elapsed().as_secs() < 5, "{name} takes too long");
        match &own {
            Ok(_) => answers += 1,
            Err(e) => {
                refusals += 1;
                println!("{e:?}");
                assert!(e.path().is_some(), "{name}: {e}");
            }
        }
        for (judge, unpack) in &judges {
            let Some(theirs) = unpack(&path) else { continue };
            if own.as_ref().ok() != Some(&theirs) {
                differences.push(format!("{name} {judge}"));
            }
        }
    }
    println!("{answers} answers, {refusals} refusals");
    println!("{differences:#?}");
}

#[test]
fn every_real_update_opens() {
    let Some(data) = common::testdata() else { return };
    let (limits, progress) = (Limits::default(), Progress::none());
    let mut small = Limits::default();
    small.memory = 1000;
    for path in common::files_below(&data.join("packages")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let update = Update::open(&path, &limits, &progress).unwrap();
        let is_msu = path.extension().is_some_and(|e| e == "msu");
        assert_eq!(update.kind, if is_msu { Kind::CabMsu } else { Kind::Cab }, "{name}");
        assert_eq!(update.packages.len(), 1, "{name}");
        assert!(update.packages[0].cabinet.find("UPDATE.mum").is_some(), "{name}");
        if is_msu {
            // One (KB943790) has neither properties nor an answer file.
            let has = |text: &str| update.outer.iter().any(|m| m.name.contains(text));
            assert_eq!(update.answer.is_some(), has(".xml"), "{name}");
            assert_eq!(update.properties.is_empty(), !has("pkgProperties"), "{name}");
            if let Some(kb) = update.property("kb article number") {
                assert!(name.to_lowercase().contains(&format!("kb{kb}")), "{name}: {kb}");
            }
            assert!(update.outer.len() >= 2 && update.signature.is_some(), "{name}");
            // The same where the inner cabinet must be spilled.
            let spilled = Update::open(&path, &small, &progress).unwrap();
            let (a, b) = (&update.packages[0], &spilled.packages[0]);
            assert_eq!((&a.name, unpack(&a.cabinet).unwrap()), (&b.name, unpack(&b.cabinet).unwrap()));
        } else {
            assert!(update.outer.is_empty() && update.packages[0].name == name);
        }
    }
}

#[test]
fn cabinets_in_a_cabinet_are_packages_or_files_like_others() {
    let (package, plain) =
        (common::cabinet(&[("update.mum", b"<assembly/>")]), common::cabinet(&[("readme.txt", b"text")]));
    let dir = common::temp();
    let open = |members: &[(&str, &[u8])]| {
        let path = dir.path().join("bundle.cab");
        std::fs::write(&path, common::cabinet(members)).unwrap();
        Update::open(&path, &Limits::default(), &Progress::none())
    };
    let names = |update: &Update| update.packages.iter().map(|p| p.name.clone()).collect::<Vec<_>>();

    let bundle = open(&[("a.cab", &package), ("b.cab", &plain), ("c.cab", &package)]).unwrap();
    assert_eq!((bundle.kind, names(&bundle)), (Kind::CabOfCabs, vec!["a.cab".into(), "c.cab".into()]));
    assert_eq!(bundle.outer.len(), 3);

    let files = open(&[("a.cab", &plain), ("b.cab", b"no cabinet")]).unwrap();
    assert_eq!((files.kind, names(&files)), (Kind::PlainCab, vec!["bundle.cab".into()]));
    assert!(files.outer.is_empty());

    let broken = open(&[("a.cab", &package), ("b.cab", b"no cabinet")]).unwrap_err();
    assert!(broken.to_string().contains("b.cab"), "{broken}");

    let properties: (&str, &[u8]) = ("x-pkgProperties.txt", b"KB Article Number=\"1\"\r\n");
    let msu = open(&[("a.cab", &plain), properties]).unwrap();
    assert_eq!((msu.kind, names(&msu)), (Kind::CabMsu, vec!["a.cab".into()]));
    assert_eq!(msu.property("kb article number"), Some("1"));
}
