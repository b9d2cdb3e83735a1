//! Who signed an update: real packages and altered copies against `osslsigncode`, self-signed fixtures, catalogs, and what
//! the commands make of it.

#[path = "signature/abi.rs"]
mod abi;
mod common;

use common::{temp, tool, wright};
use std::path::{Path, PathBuf};
use std::process::Command;
use wimwright::base::{Limits, Progress};
use wimwright::package::cab::Cabinet;
use wimwright::package::{Catalog, SignatureCheck, SignatureState, Update};
use wimwright::staging::{CatalogCounts, StagingArea, inspect};

fn packages() -> Vec<PathBuf> {
    common::testdata().map(|data| common::files_below(&data.join("packages"))).unwrap_or_default()
}

fn check(path: &Path) -> SignatureCheck {
    let cabinet = Cabinet::open_path(path, &Limits::default()).unwrap();
    cabinet.check_signature(&Progress::none()).unwrap()
}

/// Whether `osslsigncode` calls the digest of a cabinet right. Of the chain it knows nothing: it has no Microsoft root.
fn judged(path: &Path) -> Option<bool> {
    let program = tool("osslsigncode")?;
    // A CRL's address in an old certificate is not asked for, where it knows how not to.
    let out = Command::new(program).args(["verify", "-ignore-crl", "-in"]).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout);
    let value =
        |what: &str| text.lines().find_map(|l| l.trim().strip_prefix(what).map(|v| v.trim().to_owned()));
    let (current, calculated) = (value("Current message digest    :"), value("Calculated message digest :"));
    Some(
        current.is_some()
            && current == calculated.map(|c| c.split(' ').next().unwrap_or_default().to_owned()),
    )
}

#[test]
fn every_real_package_is_microsofts_and_an_altered_one_is_broken() {
    let work = temp();
    let copy = work.path().join("altered.cab");
    let mut seen = 0;
    for path in packages() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = check(&path);
        assert_eq!(found.state, SignatureState::Microsoft, "{name}: {}", found.reason);
        assert!(found.signer.is_some() && found.root.is_some() && found.signed_at.is_some(), "{name}");
        let mut bytes = std::fs::read(&path).unwrap();
        // In the files, in the middle, and in what is said of the files.
        let places = [60_usize, bytes.len() / 2, bytes.len() / 3];
        for place in places {
            bytes[place] ^= 0x10;
            std::fs::write(&copy, &bytes).unwrap();
            bytes[place] ^= 0x10;
            // Some changes keep the directory from being read at all: that is refused before anybody asks who signed.
            let Ok(cabinet) = Cabinet::open_path(&copy, &Limits::default()) else { continue };
            let altered = cabinet.check_signature(&Progress::none()).unwrap();
            assert_eq!(altered.state, SignatureState::Broken, "{name} at {place}: {}", altered.reason);
        }
        if let Some(right) = judged(&path) {
            assert!(right, "osslsigncode finds {name} changed");
            bytes[places[1]] ^= 0x10;
            std::fs::write(&copy, &bytes).unwrap();
            assert_eq!(judged(&copy), Some(false), "osslsigncode finds {name} unchanged");
        }
        seen += 1;
    }
    assert!(seen == 0 || seen >= 27, "{seen} packages");
}

/// The catalogs of a package whose files were all rebuilt.
fn staged(path: &Path) -> CatalogCounts {
    let (limits, progress) = (Limits::default(), Progress::none());
    let update = Update::open(path, &limits, &progress).unwrap();
    let area = StagingArea::new(&limits, None);
    let staged = wimwright::staging::stage(&update, &area, None, &limits, &progress).unwrap();
    staged.packages[0].catalogs().clone()
}

#[test]
fn every_manifest_of_every_real_package_is_in_a_catalog_of_microsofts() {
    let (mut catalogs, mut named) = (0, 0);
    for path in packages() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = inspect(&path, &Limits::default(), &Progress::none()).unwrap().signature;
        assert_eq!(found.check.state, SignatureState::Microsoft, "{name}: {}", found.check.reason);
        let counts = found.catalogs;
        assert!(counts.microsoft == counts.files, "{name}: {counts:?}");
        assert_eq!(counts.unnamed, 0, "{name}: {counts:?}");
        let receipt = staged(&path);
        assert!(receipt.files > 0 && receipt.microsoft == receipt.files, "{name}: {receipt:?}");
        assert!(receipt.unnamed == 0 && receipt.named > 0, "{name}: {receipt:?}");
        let counts = receipt;
        catalogs += counts.files;
        named += counts.named;
    }
    assert!(catalogs == 0 || (catalogs > 1_000 && named > 2_000), "{catalogs} catalogs, {named} manifests");
}

/// Whatever is changed in a real signature, the answer is never that Microsoft made it, and never a panic.
#[test]
fn no_change_of_a_signature_goes_unnoticed() {
    let Some(path) = packages().into_iter().find(|p| p.to_string_lossy().contains("KB2685811")) else {
        return;
    };
    let bytes = std::fs::read(&path).unwrap();
    let place = Cabinet::open_path(&path, &Limits::default()).unwrap().signature().unwrap();
    let (from, size) = (place.offset as usize, place.size as usize);
    let mut seed = 1_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    // The contents hardly matter here, and a small file is hashed faster: the digest is wrong then, so only the signature's
    // own parts are told apart by what is said of them.
    let state = |data: Vec<u8>| {
        let Ok(cabinet) = Cabinet::open(std::sync::Arc::new(data), &Limits::default()) else { return None };
        Some(cabinet.check_signature(&Progress::none()).unwrap())
    };
    assert_eq!(state(bytes.clone()).unwrap().state, SignatureState::Microsoft);
    let mut outcomes = std::collections::BTreeMap::new();
    for _ in 0..400 {
        let mut data = bytes.clone();
        let at = random(size);
        data[from + at] ^= 1 << random(8);
        let Some(found) = state(data) else { continue };
        *outcomes.entry(found.state.name()).or_insert(0) += 1;
        // What nobody signed: certificates that no chain needs, names of unsigned attributes, padding. Such a change may
        // leave the signature what it was, or without its time.
        if found.state == SignatureState::Microsoft {
            assert_eq!(found.signer.as_deref(), Some("Microsoft Corporation"), "{at}: {}", found.reason);
        }
    }
    assert!(outcomes["broken"] > 250, "{outcomes:?}");
    for _ in 0..200 {
        let cut = random(size);
        assert!(state(bytes[..from + cut].to_vec()).is_none_or(|c| c.is_broken()), "cut at {cut}");
    }
}

#[test]
fn catalogs_that_are_changed_are_broken_and_others_unsigned() {
    let limits = Limits::default();
    for text in [&b""[..], b"signed by nobody", b"MSCF"] {
        assert_eq!(Catalog::parse(text, &limits).unwrap().check().state, SignatureState::Unsigned);
    }
    assert_eq!(Catalog::parse(&[0x30, 3, 1], &limits).unwrap().check().state, SignatureState::Broken);
    let mut small = Limits::default();
    small.max_document = 3;
    assert!(Catalog::parse(b"0123", &small).is_err());
    let Some(path) = packages().into_iter().find(|p| p.to_string_lossy().contains("KB2999226")) else {
        return;
    };
    let update = Update::open(&path, &limits, &Progress::none()).unwrap();
    let cabinet = &update.packages[0].cabinet;
    let bytes = cabinet.read_member(cabinet.find("update.cat").unwrap().index).unwrap();
    let mum = cabinet.read_member(cabinet.find("update.mum").unwrap().index).unwrap();
    let catalog = Catalog::parse(&bytes, &limits).unwrap();
    assert_eq!(catalog.check().state, SignatureState::Microsoft);
    let names = |data: &[u8]| catalog.names(wimwright::base::sha1(data), wimwright::base::sha256(data));
    assert!(!catalog.is_empty() && names(&mum) && !names(&[&mum[..], b" "].concat()));
    let mut broken = 0;
    for at in (0..bytes.len()).step_by(7) {
        let mut data = bytes.clone();
        data[at] ^= 4;
        let changed = Catalog::parse(&data, &limits).unwrap();
        broken += usize::from(changed.check().is_broken());
        // The list itself is at the front, and all of it is signed.
        let listed = changed.check().state == SignatureState::Microsoft && at < bytes.len() / 8;
        assert!(!listed || changed.len() == catalog.len(), "byte {at}");
    }
    assert!(broken * 7 > bytes.len() / 2, "{broken} of {}", bytes.len() / 7);
}

/// A key, a certificate for signing code and one that is not, and a CA above a signer, by openssl.
fn keys(dir: &Path) -> Option<()> {
    let (openssl, _) = (tool("openssl")?, tool("osslsigncode")?);
    let run = |args: &[&str]| {
        let out = Command::new(&openssl).args(args).current_dir(dir).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    };
    let own = |name: &str, subject: &str, usage: &str, kind: &[&str]| {
        let (key, cert) = (format!("{name}.key"), format!("{name}.pem"));
        let mut args = vec!["req", "-x509", "-nodes", "-days", "3650", "-keyout", &key, "-out", &cert];
        args.extend(["-subj", subject, "-addext", usage, "-newkey"].iter().chain(kind));
        run(&args);
    };
    let rsa: &[&str] = &["rsa:2048"];
    own("code", "/O=Contoso/CN=Contoso Updates", "extendedKeyUsage=codeSigning", rsa);
    // The name alone makes nobody Microsoft.
    own("named", "/O=Microsoft Corporation/CN=Microsoft Windows", "extendedKeyUsage=codeSigning", rsa);
    own("mail", "/CN=Mail", "extendedKeyUsage=emailProtection", rsa);
    own("curve", "/CN=Curve", "extendedKeyUsage=codeSigning", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    own("root", "/CN=Contoso Root", "keyUsage=keyCertSign", rsa);
    std::fs::write(dir.join("ext"), "extendedKeyUsage=codeSigning\nbasicConstraints=CA:FALSE\n").unwrap();
    for (name, ca) in [("below", "root"), ("misissued", "below")] {
        let request = ["req", "-new", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=Below"];
        let (key, csr, cert) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        run(&[&request[..], &["-keyout", &key, "-out", &csr]].concat());
        let (ca_cert, ca_key) = (format!("{ca}.pem"), format!("{ca}.key"));
        let by = ["-CA", &ca_cert, "-CAkey", &ca_key, "-CAcreateserial", "-days", "3650", "-extfile", "ext"];
        run(&[&["x509", "-req", "-in", &csr, "-out", &cert][..], &by].concat());
        let both =
            [std::fs::read(dir.join(&cert)).unwrap(), std::fs::read(dir.join(ca_cert)).unwrap()].concat();
        std::fs::write(dir.join(cert), both).unwrap();
    }
    Some(())
}

fn sign(dir: &Path, name: &str, digest: &str, from: &str, to: &str) {
    let (cert, key) = (format!("{name}.pem"), format!("{name}.key"));
    let _ = std::fs::remove_file(dir.join(to));
    let args = ["sign", "-certs", &cert, "-key", &key, "-h", digest, "-in", from, "-out", to];
    let out = Command::new("osslsigncode").args(args).current_dir(dir).output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stdout));
}

#[test]
fn what_others_sign_is_valid_and_never_microsofts() {
    let work = temp();
    let dir = work.path();
    if keys(dir).is_none() {
        return;
    }
    let files: [(&str, &[u8]); 2] = [("a.txt", b"one"), ("b.txt", &[7; 5000])];
    std::fs::write(dir.join("plain.cab"), common::cabinet(&files)).unwrap();
    assert_eq!(check(&dir.join("plain.cab")).state, SignatureState::Unsigned);
    let cases = [
        ("code", "sha256", "'Contoso Updates', which is no root known here"),
        ("code", "sha1", "no root known here"),
        ("code", "sha384", "no root known here"),
        ("code", "sha512", "no root known here"),
        ("named", "sha256", "'Microsoft Windows', which is no root known here"),
        ("mail", "sha256", "'Mail' is not for this purpose"),
        ("curve", "sha256", "no root known here"),
        ("below", "sha256", "'Contoso Root', which is no root known here"),
    ];
    for (name, digest, reason) in cases {
        sign(dir, name, digest, "plain.cab", "signed.cab");
        let found = check(&dir.join("signed.cab"));
        assert_eq!(found.state, SignatureState::Valid, "{name} {digest}: {}", found.reason);
        assert!(found.reason.contains(reason), "{name}: {}", found.reason);
        assert!(found.root.is_none() && found.signed_at.is_none());
        assert_eq!(found.digest.map(|d| d.replace('-', "").to_lowercase()).as_deref(), Some(digest));
        let mut bytes = std::fs::read(dir.join("signed.cab")).unwrap();
        let end = Cabinet::open_path(&dir.join("signed.cab"), &Limits::default())
            .unwrap()
            .signature()
            .unwrap()
            .offset;
        bytes[end as usize - 1] ^= 1;
        std::fs::write(dir.join("altered.cab"), &bytes).unwrap();
        let found = check(&dir.join("altered.cab"));
        assert!(found.is_broken() && found.reason.contains("the file was changed"), "{}", found.reason);
    }
    sign(dir, "misissued", "sha256", "plain.cab", "signed.cab");
    let found = check(&dir.join("signed.cab"));
    assert!(found.is_broken() && found.reason.contains("which may not issue any"), "{}", found.reason);
    // A signature that says it is there, and is not: the file was cut off.
    sign(dir, "code", "sha256", "plain.cab", "signed.cab");
    let bytes = std::fs::read(dir.join("signed.cab")).unwrap();
    for (data, reason) in [
        (bytes[..bytes.len() - 100].to_vec(), "past the end"),
        ([&bytes[..], b"more"].concat(), "bytes follow"),
    ] {
        std::fs::write(dir.join("altered.cab"), data).unwrap();
        let found = check(&dir.join("altered.cab"));
        assert!(found.is_broken() && found.reason.contains(reason), "{}", found.reason);
    }
}

/// The members of a real package in a new cabinet, which nobody signed: its catalogs still say what is Microsoft's.
fn repacked(path: &Path, change: impl Fn(&str, &mut Vec<u8>)) -> Vec<u8> {
    let update = Update::open(path, &Limits::default(), &Progress::none()).unwrap();
    let cabinet = &update.packages[0].cabinet;
    let mut members = Vec::new();
    for folder in 0..cabinet.folders().len() {
        cabinet
            .read_folder(folder, |member, content| {
                let mut data = Vec::new();
                content.read_to_end(&mut data).unwrap();
                change(&member.name, &mut data);
                members.push((member.name.clone(), data));
                Ok(())
            })
            .unwrap();
    }
    let members: Vec<(&str, &[u8])> = members.iter().map(|(n, d)| (n.as_str(), d.as_slice())).collect();
    common::cabinet(&members)
}

#[test]
fn a_manifest_that_the_catalogs_do_not_name_breaks_an_unsigned_package() {
    let Some(path) = packages().into_iter().find(|p| p.to_string_lossy().contains("KB4016754-x86")) else {
        return;
    };
    let work = temp();
    let dir = work.path();
    let file = dir.join("repacked.cab");
    std::fs::write(&file, repacked(&path, |_, _| {})).unwrap();
    let found = inspect(&file, &Limits::default(), &Progress::none()).unwrap().signature;
    assert_eq!(found.check.state, SignatureState::Unsigned, "{}", found.check.reason);
    assert!(found.catalogs.microsoft == found.catalogs.files && found.catalogs.named > 0);
    let cases: [(&str, &str); 2] = [("update.mum", "update.mum is in none"), (".manifest", "is in none")];
    for (ending, reason) in cases {
        let changed = repacked(&path, |name, data| {
            if name.ends_with(ending) {
                data.extend(b"<!-- -->");
            }
        });
        std::fs::write(&file, changed).unwrap();
        let found = inspect(&file, &Limits::default(), &Progress::none()).unwrap().signature;
        assert!(found.check.is_broken() && found.check.reason.contains(reason), "{}", found.check.reason);
        assert!(found.catalogs.unnamed > 0);
    }
    // A catalog that was changed.
    let changed = repacked(&path, |name, data| {
        if name == "update.cat" {
            let middle = data.len() / 2;
            data[middle] ^= 1;
        }
    });
    std::fs::write(&file, changed).unwrap();
    let found = inspect(&file, &Limits::default(), &Progress::none()).unwrap().signature;
    assert!(
        found.check.is_broken() && found.check.reason.starts_with("update.cat: "),
        "{}",
        found.check.reason
    );
}

#[test]
fn a_broken_signature_stops_plan_and_service_unless_it_is_allowed() {
    let work = temp();
    let dir = work.path();
    if keys(dir).is_none() || common::sample_image(dir, 3).is_none() {
        return;
    }
    sample_update::write_sample(&dir.join("plain.msu"), None).unwrap();
    sign(dir, "code", "sha256", "plain.msu", "signed.msu");
    let mut bytes = std::fs::read(dir.join("signed.msu")).unwrap();
    // The name of the first member is signed, and nothing else depends on how it is written.
    let at = bytes.windows(4).position(|w| w == b".cab" || w == b".txt" || w == b".mum").unwrap();
    bytes[at + 1] ^= 0x20;
    std::fs::write(dir.join("altered.msu"), bytes).unwrap();
    let plan = |file: &str, more: &[&str]| {
        let args = ["plan", "sample.wim", file, "--json", "--quiet"].into_iter().chain(more.iter().copied());
        wright(dir, args)
    };
    assert!(plan("plain.msu", &[]).code == 0 && plan("signed.msu", &[]).code == 0);
    let refused = plan("altered.msu", &[]).expect(1);
    assert_eq!(refused["error"]["kind"], "hash_mismatch", "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("the file was changed"), "{refused}");
    assert_eq!(plan("altered.msu", &["--allow-broken-signature"]).code, 0);
    let serve = |file: &str, more: &[&str]| {
        let args = ["service", "sample.wim", file, "-o", "out.wim", "--json", "--quiet"];
        let _ = std::fs::remove_file(dir.join("out.wim"));
        wright(dir, args.into_iter().chain(more.iter().copied()))
    };
    let state =
        |receipt: &serde_json::Value| receipt["updates"][0]["signature"]["state"].as_str().map(str::to_owned);
    assert_eq!(serve("altered.msu", &[]).expect(1)["error"]["kind"], "hash_mismatch");
    assert!(!dir.join("out.wim").exists());
    assert_eq!(state(&serve("plain.msu", &[]).expect(0)).as_deref(), Some("unsigned"));
    assert_eq!(state(&serve("signed.msu", &[]).expect(0)).as_deref(), Some("valid"));
    let receipt = serve("altered.msu", &["--allow-broken-signature"]).expect(0);
    assert_eq!(state(&receipt).as_deref(), Some("broken"));
    let shown = String::from_utf8(wright(dir, ["inspect", "altered.msu"]).stdout).unwrap();
    assert!(shown.contains("signature") && shown.contains("broken: "), "{shown}");
    // The same in C: 10 is WW_STATUS_HASH_MISMATCH.
    let (image, altered) = (dir.join("sample.wim"), dir.join("altered.msu"));
    assert_eq!([0, 1].map(|allow| abi::added(&image, &altered, allow)), [10, 0]);
    #[cfg(feature = "site")]
    for (allow, status) in [(0, 10), (1, 0)] {
        assert_eq!(abi::imported(&dir.join(format!("site{allow}")), &altered, allow), status);
    }
}

#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
