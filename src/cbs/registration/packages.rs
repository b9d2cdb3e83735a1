//! The servicing part of SOFTWARE: packages as Staged, who owns them, what they look for.

use super::{Facts, PackageFact, set_new, text};
use crate::cbs::state::{CBS, PackageState};
use crate::cbs::{Identity, Version};
use crate::error::{Error, Result};
use crate::registry::{HiveEditor, ValueKind};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// What the packages' keys name as the program that staged them.
const CLIENT: &str = "Wimwright";
/// The high word of an owner's number, as one export of a real hive has it.
const OWNER: u32 = 0x0002_0000;

/// How a package met the hive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisteredPackage {
    /// Its identity.
    pub package: Identity,
    /// Its state in the hive now.
    pub state: PackageState,
    /// Whether this registration gave it that state; otherwise the hive had it in that state already, and it was kept.
    pub registered: bool,
}

/// The state as name and number.
impl Serialize for RegisteredPackage {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(4))?;
        map.serialize_entry("package", &self.package)?;
        map.serialize_entry("state", &self.state.to_string())?;
        map.serialize_entry("state_number", &self.state.0)?;
        map.serialize_entry("registered", &self.registered)?;
        map.end()
    }
}

/// Writes every package of an update as Staged, at `time` (a FILETIME). A package that the hive has as staged or further
/// is kept as it is, and so is one that it calls broken.
///
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the hive has no place for packages.
pub fn register_packages(
    editor: &mut HiveEditor,
    facts: &Facts,
    time: u64,
) -> Result<Vec<RegisteredPackage>> {
    if editor.hive().key(CBS)?.is_none() {
        return Err(Error::unsupported(format!(r"the SOFTWARE hive has no key {CBS}")));
    }
    facts.packages.iter().map(|package| register(editor, package, time)).collect()
}

fn register(editor: &mut HiveEditor, package: &PackageFact, time: u64) -> Result<RegisteredPackage> {
    let name = package.identity.to_string();
    let path = format!(r"{CBS}\Packages\{name}");
    let found = match editor.hive().key(&path)? {
        Some(key) => {
            let state = key.value("CurrentState")?.map_or(Ok(None), |v| v.dword())?;
            PackageState(state.unwrap_or_default())
        }
        None => PackageState::ABSENT,
    };
    let kept = found.is_broken() || found >= PackageState::STAGED;
    if kept && found != PackageState::STAGED {
        return Ok(RegisteredPackage { package: package.identity.clone(), state: found, registered: false });
    }
    let mut key = editor.create(&path)?;
    if !kept {
        key.set_dword("CurrentState", PackageState::STAGED.0)?;
        set_new(&mut key, "InstallName", ValueKind::SZ, &text(&format!("{name}.mum")))?;
        set_new(&mut key, "InstallClient", ValueKind::SZ, &text(CLIENT))?;
        key.set_dword("InstallTimeHigh", (time >> 32) as u32)?;
        key.set_dword("InstallTimeLow", time as u32)?;
        set_new(&mut key, "SelfUpdate", ValueKind::DWORD, &[0; 4])?;
        let visibility: u32 = if package.hidden { 2 } else { 1 };
        set_new(&mut key, "Visibility", ValueKind::DWORD, &visibility.to_le_bytes())?;
    }
    let mut owners = key.create("Owners")?;
    for owner in &package.owners {
        let number = OWNER | PackageState::STAGED.0;
        set_new(&mut owners, owner.to_string().as_str(), ValueKind::DWORD, &number.to_le_bytes())?;
    }
    index(editor, &package.identity)?;
    for parent in &package.parents {
        let path = format!(r"{CBS}\PackageDetect\{}", family(parent));
        set_new(&mut editor.create(&path)?, name.as_str(), ValueKind::DWORD, &[0; 4])?;
    }
    // What Windows had worked out of the package before it was there.
    editor.delete(&format!(r"{CBS}\ApplicabilityEvaluationCache\{name}"))?;
    Ok(RegisteredPackage {
        package: package.identity.clone(),
        state: PackageState::STAGED,
        registered: !kept,
    })
}

/// The newest version of a package that the hive knows.
fn index(editor: &mut HiveEditor, identity: &Identity) -> Result<()> {
    let mut key = editor.create(&format!(r"{CBS}\PackageIndex\{}", family(identity)))?;
    let names: Vec<String> = key.key()?.values()?.iter().map(|v| v.name().to_string()).collect();
    let known = |name: &String| Identity::parse(name).is_ok_and(|found| found.version >= identity.version);
    if names.iter().any(known) {
        return Ok(());
    }
    for older in names.iter().filter(|name| Identity::parse(name).is_ok()) {
        key.unset(older.as_str())?;
    }
    key.set_dword(identity.to_string().as_str(), 0)
}

/// The identity with the version 0.0.0.0, which stands for all versions.
fn family(identity: &Identity) -> String {
    // `*` would be every language; no key can be named so.
    let language = if identity.language == "*" { String::new() } else { identity.language.clone() };
    Identity { version: Version::default(), language, ..identity.clone() }.to_string()
}
