//! States of images that are made up in memory; `tests/state.rs` reads those of real tools.

pub mod hive;

use super::*;
use crate::base::{Name, Sha1Digest, TreeEntry};
use crate::error::ErrorKind;
use hive::Node;
use std::collections::BTreeMap;

const PKT: &str = "31bf3856ad364e35";

/// An image of a few files.
#[derive(Default)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn put(&mut self, path: &str, data: impl Into<Vec<u8>>) {
        self.0.insert(path.to_lowercase(), data.into());
    }

    fn entry(name: &str, data: Option<&Vec<u8>>) -> TreeEntry {
        let size = data.map_or(0, |d| d.len() as u64);
        TreeEntry {
            name: Name::from(name),
            is_dir: data.is_none(),
            attributes: 0,
            size,
            sha1: Sha1Digest::default(),
        }
    }
}

fn plain(path: &ImagePath) -> String {
    path.to_string().trim_start_matches('\\').to_lowercase()
}

impl ImageTree for Files {
    fn stat(&self, path: &ImagePath) -> Result<Option<TreeEntry>> {
        let (path, name) = (plain(path), path.name().cloned().unwrap_or_default().to_string());
        let below = format!("{path}\\");
        Ok(match self.0.get(&path) {
            Some(data) => Some(Self::entry(&name, Some(data))),
            None => self.0.keys().any(|k| k.starts_with(&below)).then(|| Self::entry(&name, None)),
        })
    }

    fn list(&self, path: &ImagePath) -> Result<Vec<TreeEntry>> {
        let below = format!("{}\\", plain(path));
        let names = self.0.iter().filter_map(|(k, data)| Some((k.strip_prefix(&below)?, data)));
        let here = names.map(|(name, data)| match name.split_once('\\') {
            Some((folder, _)) => Self::entry(folder, None),
            None => Self::entry(name, Some(data)),
        });
        Ok(here.collect())
    }

    fn read(&self, path: &ImagePath, _: u64) -> Result<Vec<u8>> {
        let missing = || crate::Error::new(ErrorKind::NotFound, "is not there");
        self.0.get(&plain(path)).cloned().ok_or_else(missing)
    }
}

fn read(files: &Files) -> Result<ServicingState> {
    ServicingState::read(files, &Limits::default())
}

fn full(name: &str, version: &str) -> String {
    format!("{name}~{PKT}~amd64~~{version}")
}

/// A healthy SOFTWARE hive with packages in every state.
fn software() -> Node {
    let mut root = Node::default();
    let cbs = root.at(CBS);
    cbs.at("SessionsPending").dword("Exclusive", 0);
    cbs.at(r"SessionsPending\30_1").dword("Complete", 1);
    cbs.at("Version").text("10.0.19041.1", "x").text("10.0.19041.1704", "x").text("odd", "x");
    cbs.text("LastResetBase_UTC", "2022/05/01:10:20:30.4");
    let packages = cbs.at("Packages");
    for (name, state) in [("Installed", 0x70), ("Staged", 0x40), ("Old", 0x50), ("Broken", -0x70_i32 as u32)]
    {
        packages.at(&full(name, "1.0.0.0")).dword("CurrentState", state);
    }
    packages
        .at(&full("Installed", "1.0.0.0"))
        .dword("InstallTimeHigh", 0x01D8_5D00)
        .dword("InstallTimeLow", 0)
        .text("InstallClient", "DISM Package Manager Provider")
        .text("InstallUser", "S-1-5-18")
        .dword("Visibility", 2);
    packages.at(&full("Installed", "1.0.0.0")).at("Owners").dword("me", 0x0002_0070);
    packages.at(&full("Installed", "1.0.0.0")).at("Updates").dword("TelnetClient", 0x40);
    packages.at("no identity").dword("CurrentState", 0x70);
    root
}

fn healthy() -> Files {
    let mut files = Files::default();
    files.put(r"Windows\System32\config\SOFTWARE", software().hive());
    files.put(r"Windows\System32\config\COMPONENTS", Node::default().hive());
    let mum = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v3' description='A package'><assemblyIdentity name='Installed' \
         version='1.0.0.0' language='neutral' processorArchitecture='amd64' publicKeyToken='{PKT}'/>\
         <package releaseType='Feature Pack'><update name='telnetclient' displayName='Telnet'><selectable/></update>\
         <update name='rest'/></package></assembly>"
    );
    files.put(&format!(r"{PACKAGES}\{}.mum", full("Installed", "1.0.0.0")), mum);
    files.put(&format!(r"{PACKAGES}\{}.MUM", full("Loose", "2.0.0.0")), "no manifest");
    files
}

#[test]
fn packages_come_from_the_hive_and_from_the_files() {
    let files = healthy();
    let mut state = read(&files).unwrap();
    state.describe(&files, &Limits::default()).unwrap();
    assert_eq!(state.source, StateSource::Registry);
    let found: Vec<_> =
        state.packages.iter().map(|p| (p.identity.name.as_str(), p.state.map(|s| s.0))).collect();
    let broken = Some(-0x70_i32 as u32);
    let expected = [
        ("Broken", broken),
        ("Installed", Some(0x70)),
        ("loose", None),
        ("Old", Some(0x50)),
        ("Staged", Some(0x40)),
    ];
    assert_eq!(found, expected);
    let package = &state.packages[1];
    assert_eq!((package.visibility, package.has_manifest), (2, true));
    assert_eq!(package.owners, [("me".to_owned(), 0x0002_0070)]);
    let json = serde_json::to_value(package).unwrap();
    assert_eq!(json["state"], "Installed");
    assert_eq!((&json["state_number"], &json["broken"]), (&0x70.into(), &false.into()));
    assert_eq!(json["install_time"], "2022-05-01T02:05:58Z");
    assert_eq!((&json["release_type"], &json["description"]), (&"Feature Pack".into(), &"A package".into()));
    assert_eq!(
        (&json["client"], &json["user"]),
        (&"DISM Package Manager Provider".into(), &"S-1-5-18".into())
    );
    assert_eq!(state.packages[0].state.unwrap().to_string(), "Installed, broken");
    assert_eq!(PackageState(0x71).to_string(), "0x71");
    let features = state.features(&files, &Limits::default()).unwrap();
    assert_eq!(features.len(), 1);
    assert_eq!((features[0].name.as_str(), features[0].state), ("telnetclient", Some("Staged")));
}

#[test]
fn a_healthy_image_has_a_stack_and_nothing_pending() {
    let state = read(&healthy()).unwrap();
    assert_eq!(state.stack(), Some(Version::new(10, 0, 19041, 1704)));
    assert_eq!(state.health.last_reset_base.as_deref(), Some("2022/05/01:10:20:30.4"));
    assert!(state.health.pending.is_empty() && !state.health.reboot_pending, "{:?}", state.health);
    assert!(state.health.refusal().is_none());
}

#[test]
fn every_marker_of_pending_work_is_found_and_named() {
    type Change = fn(&mut Node, &mut Node, &mut Files);
    let cases: [(&str, Change); 14] = [
        ("PackagesPending", |s, _, _| _ = s.at(CBS).at("PackagesPending")),
        ("RebootPending", |s, _, _| _ = s.at(CBS).at("RebootPending")),
        ("RebootInProgress", |s, _, _| _ = s.at(CBS).at("RebootInProgress")),
        ("30_2", |s, _, _| _ = s.at(CBS).at(r"SessionsPending\30_2")),
        ("Exclusive", |s, _, _| s.at(CBS).at("SessionsPending").values[0].2[0] = 3),
        ("PoqexecCmdline", |s, _, _| _ = s.at(SIDE_BY_SIDE).at("Configuration").text("PoqexecCmdline", "x")),
        ("pending.xml", |_, _, f| f.put(r"Windows\WinSxS\pending.xml", "<x/>")),
        ("PendingXmlIdentifier", |_, c, _| _ = c.binary("PendingXmlIdentifier", b"AB")),
        ("ExecutionState", |_, c, _| _ = c.dword("ExecutionState", 1)),
        ("NextQueueEntryIndex", |_, c, _| _ = c.dword("NextQueueEntryIndex", 1)),
        ("NextQueueEntryIndexBCDB", |_, c, _| _ = c.dword("NextQueueEntryIndexBCDB", 1)),
        ("AdvancedInstallersNeedResolving", |_, c, _| _ = c.dword("AdvancedInstallersNeedResolving", 1)),
        ("StoreDirty", |_, c, _| _ = c.dword("StoreDirty", 1)),
        ("Unserviceable", |s, _, _| _ = s.at(CBS).at("Unserviceable")),
    ];
    for (name, change) in cases {
        let (mut software, mut components, mut files) = (software(), Node::default(), healthy());
        change(&mut software, &mut components, &mut files);
        files.put(r"Windows\System32\config\SOFTWARE", software.hive());
        files.put(r"Windows\System32\config\COMPONENTS", components.hive());
        let health = read(&files).unwrap().health;
        let refusal = health.refusal().unwrap_or_else(|| panic!("{name} is not seen"));
        assert!(refusal.message().contains(name), "{refusal}");
        assert_eq!(health.reboot_pending, name.starts_with("Reboot"));
        let (markers, kind) = if name == "Unserviceable" {
            (health.unserviceable.len(), ErrorKind::Unserviceable)
        } else {
            (health.pending.len(), ErrorKind::Pending)
        };
        assert_eq!((markers, refusal.kind()), (1, kind), "{name}");
    }
}

#[test]
fn an_image_without_hives_tells_by_its_files() {
    let mut files = Files::default();
    files.put(&format!(r"{PACKAGES}\{}.mum", full("Loose", "2.0.0.0")), "");
    files.put(&format!(r"{PACKAGES}\{}.cat", full("Loose", "2.0.0.0")), "");
    files.put(r"Windows\servicing\Version\6.1.7601.17514\x", "");
    files.put(r"Windows\System32\config\SOFTWARE", "");
    files.put(r"Windows\WinSxS\Manifests\amd64_a.manifest", "");
    let state = read(&files).unwrap();
    assert_eq!((state.source, state.packages.len()), (StateSource::Files, 1));
    assert_eq!(state.packages[0].state, None);
    assert_eq!(state.stack(), Some(Version::new(6, 1, 7601, 17514)));
    let found = components(&files, &Limits::default()).unwrap();
    assert_eq!(found.iter().map(|c| c.keyform.as_str()).collect::<Vec<_>>(), ["amd64_a"]);
    let none = read(&Files::default()).unwrap();
    assert!(none.packages.is_empty() && none.health.refusal().is_none());
}

#[test]
fn components_and_winners_are_read() {
    let identity = Identity {
        version_scope: "nonSxS".into(),
        ..Identity::parse(&full("Some-Component", "10.0.19041.5")).unwrap()
    };
    let (mut software, mut root) = (software(), Node::default());
    let family = crate::cbs::keyform::family(&identity).to_uppercase();
    software.at(SIDE_BY_SIDE).at("Winners").at(&family).at("10.0").text("", "10.0.19041.9");
    software.at(SIDE_BY_SIDE).at("Winners").at(&family).at("6.1").text("", "6.1.7601.1");
    software.at(SIDE_BY_SIDE).at(r"Winners\odd\1").dword("", 1);
    let key = root.at(r"DerivedData\Components\amd64_x");
    key.binary("identity", b"Some-Component")
        .binary("c!dep", b"")
        .dword("CF", 0x40)
        .binary("S256H", &[7; 32]);
    let mut files = healthy();
    files.put(r"Windows\System32\config\SOFTWARE", software.hive());
    files.put(r"Windows\System32\config\COMPONENTS", root.hive());
    let winners = read(&files).unwrap().winners;
    assert_eq!(winners.of(&identity), Some(Version::new(10, 0, 19041, 9)));
    let other = Identity { version: Version::new(6, 2, 0, 0), ..identity };
    assert_eq!(winners.of(&other), None);
    let found = components(&files, &Limits::default()).unwrap();
    assert_eq!(
        (found[0].identity.as_deref(), found[0].deployments.as_slice()),
        (Some("Some-Component"), &["dep".into()][..])
    );
    assert!(found[0].payload_deleted && found[0].manifest_sha256 == Some(crate::base::Sha256Digest([7; 32])));
}

/// Damage ends in an answer or an error that names the hive, and a dirty hive without logs is refused.
#[test]
fn damaged_hives_end_in_a_clear_error() {
    let mut files = healthy();
    for (hive, path) in [
        (software().hive(), r"Windows\System32\config\SOFTWARE"),
        (Node::default().hive(), r"Windows\System32\config\COMPONENTS"),
    ] {
        let mut dirty = hive.clone();
        dirty[4] = 2;
        for bad in [dirty, hive[..5000].to_vec(), b"not a hive".to_vec()] {
            files.put(path, bad);
            let error = read(&files).unwrap_err();
            assert!(error.to_string().contains(path), "{error}");
        }
        files.put(path, hive);
    }
    let (whole, mut seed) = (software().hive(), 0x9E37_79B9_7F4A_7C15_u64);
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let (mut good, mut bad) = (0, 0);
    for _ in 0..4000 {
        let mut hive = whole.clone();
        for _ in 0..=next(3) {
            // Most of the hive is empty space; the first part holds its cells.
            let at = 4096 + next(5000.min(hive.len() - 4096));
            hive[at] = next(256) as u8;
        }
        files.put(r"Windows\System32\config\SOFTWARE", hive);
        match read(&files) {
            Ok(_) => good += 1,
            Err(error) => {
                assert!(error.to_string().contains("SOFTWARE"), "{error}");
                bad += 1;
            }
        }
    }
    assert!(good > 100 && bad > 100, "{good} {bad}");
}
