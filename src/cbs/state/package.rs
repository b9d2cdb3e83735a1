//! One package of an image: how far it is installed, and what the hive keeps beside that.

use crate::base::{ImagePath, ImageTree, Limits};
use crate::cbs::{Identity, Mum};
use crate::error::Result;
use crate::registry::Key;
use serde::{Serialize, Serializer};
use std::fmt;

/// How far a package is installed: the number of `CurrentState`.
///
/// A negative number is the same state, broken.
///
/// ```
/// use wimwright::cbs::state::PackageState;
///
/// let broken = PackageState(0xFFFF_FF90);
/// assert!(broken.is_broken() && broken.is_unclear() && broken.to_string() == "Installed, broken");
/// assert_eq!(PackageState::SUPERSEDED.name(), Some("Superseded"));
/// assert!(!PackageState::SUPERSEDED.is_installed() && PackageState::SUPERSEDED.in_lineage());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageState(pub u32);

#[allow(missing_docs, reason = "the names are Windows' own")]
impl PackageState {
    pub const ABSENT: Self = Self(0x00);
    pub const UNINSTALL_PENDING: Self = Self(0x05);
    pub const RESOLVING: Self = Self(0x10);
    pub const RESOLVED: Self = Self(0x20);
    pub const STAGING: Self = Self(0x30);
    pub const STAGED: Self = Self(0x40);
    pub const SUPERSEDED: Self = Self(0x50);
    pub const INSTALL_PENDING: Self = Self(0x60);
    pub const PARTIALLY_INSTALLED: Self = Self(0x65);
    pub const INSTALLED: Self = Self(0x70);
    pub const PERMANENT: Self = Self(0x80);

    const NAMES: [(Self, &'static str); 11] = [
        (Self::ABSENT, "Absent"),
        (Self::UNINSTALL_PENDING, "UninstallPending"),
        (Self::RESOLVING, "Resolving"),
        (Self::RESOLVED, "Resolved"),
        (Self::STAGING, "Staging"),
        (Self::STAGED, "Staged"),
        (Self::SUPERSEDED, "Superseded"),
        (Self::INSTALL_PENDING, "InstallPending"),
        (Self::PARTIALLY_INSTALLED, "PartiallyInstalled"),
        (Self::INSTALLED, "Installed"),
        (Self::PERMANENT, "Permanent"),
    ];

    /// Whether the state is marked as broken.
    pub fn is_broken(self) -> bool {
        (self.0 as i32) < 0
    }

    /// Microsoft's name of the state; `None` for a number without one.
    pub fn name(self) -> Option<&'static str> {
        let number = (self.0 as i32).unsigned_abs();
        Self::NAMES.iter().find(|(state, _)| state.0 == number).map(|(_, name)| *name)
    }

    /// Whether the package is installed now, or will be when Windows next starts.
    pub fn is_installed(self) -> bool {
        matches!(self, Self::INSTALLED | Self::PERMANENT | Self::INSTALL_PENDING)
    }

    /// Whether the package is or was installed: a newer one that superseded it stands in for it.
    pub fn in_lineage(self) -> bool {
        self.is_installed() || self == Self::SUPERSEDED
    }

    /// Whether the state says neither that the package is installed nor that it is not.
    pub fn is_unclear(self) -> bool {
        self.is_broken() || self == Self::PARTIALLY_INSTALLED || self.name().is_none()
    }
}

impl fmt::Display for PackageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) if self.is_broken() => write!(f, "{name}, broken"),
            Some(name) => f.write_str(name),
            None => write!(f, "{:#x}", self.0),
        }
    }
}

/// When a package was installed, as a FILETIME; serialised as UTC in RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InstallTime(pub u64);

impl fmt::Display for InstallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Seconds from 1601 to 1970.
        let seconds = (self.0 / 10_000_000) as i64 - 11_644_473_600;
        let text = time::OffsetDateTime::from_unix_timestamp(seconds)
            .ok()
            .and_then(|t| t.format(&time::format_description::well_known::Rfc3339).ok());
        match text {
            Some(text) => f.write_str(&text),
            None => write!(f, "{:#018x}", self.0),
        }
    }
}

impl Serialize for InstallTime {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// One package of an image. What the hive does not say is `None` or empty.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct InstalledPackage {
    /// The identity.
    pub identity: Identity,
    /// How far it is installed; `None` where only its files are there.
    pub state: Option<PackageState>,
    /// When it was installed.
    pub installed: Option<InstallTime>,
    /// The program that installed it (`DISM Package Manager Provider`).
    pub client: Option<String>,
    /// Who installed it, a SID.
    pub user: Option<String>,
    /// 1 is shown to people, 2 is hidden.
    pub visibility: u32,
    /// Who needs it, each with a number whose meaning is not documented.
    pub owners: Vec<(String, u32)>,
    /// The states of its own updates and features, by their names.
    pub updates: Vec<(String, PackageState)>,
    /// Whether its manifest lies in `Windows\servicing\Packages`.
    pub has_manifest: bool,
    /// The manifest's file name there.
    pub manifest: String,
    /// `Update`, `Feature Pack`, ...; read by [`ServicingState::describe`](super::ServicingState::describe).
    pub release_type: Option<String>,
    /// One line for people, read with it.
    pub description: Option<String>,
}

impl InstalledPackage {
    pub(super) fn of_files(identity: Identity) -> Self {
        Self { identity, visibility: 1, ..Self::default() }
    }

    pub(super) fn read(identity: Identity, key: &Key<'_>) -> Result<Self> {
        let mut package = Self::of_files(identity);
        let mut time = (None, None);
        for value in key.values()? {
            match value.name().to_string().to_ascii_lowercase().as_str() {
                "currentstate" => package.state = value.dword()?.map(PackageState),
                "installtimehigh" => time.0 = value.dword()?,
                "installtimelow" => time.1 = value.dword()?,
                "installclient" => package.client = value.text()?,
                "installuser" => package.user = value.text()?,
                "visibility" => package.visibility = value.dword()?.unwrap_or(package.visibility),
                _ => {}
            }
        }
        if let (Some(high), Some(low)) = time {
            package.installed = Some(InstallTime(u64::from(high) << 32 | u64::from(low)));
        }
        // A key without a number is a package of which nothing is known.
        package.state.get_or_insert(PackageState::ABSENT);
        package.owners = numbers(key, "Owners")?;
        let updates = numbers(key, "Updates")?;
        package.updates = updates.into_iter().map(|(name, state)| (name, PackageState(state))).collect();
        Ok(package)
    }

    pub(super) fn describe(&mut self, tree: &dyn ImageTree, limits: &Limits) -> Result<()> {
        if let Ok(mum) = self.mum(tree, limits)? {
            self.release_type = Some(mum.release_type).filter(|t| !t.is_empty());
            self.description = Some(mum.description).filter(|t| !t.is_empty());
        }
        Ok(())
    }

    /// The package's manifest in the image. The outer error is of the image, the inner one of the manifest.
    pub(super) fn mum(&self, tree: &dyn ImageTree, limits: &Limits) -> Result<Result<Mum>> {
        let path = ImagePath::parse(super::PACKAGES)?.join(self.manifest.as_str());
        let data = tree.read(&path, limits.max_document)?;
        Ok(Mum::parse(&data, limits).map_err(|e| e.within(&path)))
    }
}

/// The DWORDs of a subkey, with their names.
fn numbers(key: &Key<'_>, subkey: &str) -> Result<Vec<(String, u32)>> {
    let Some(key) = key.child(subkey)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for value in key.values()? {
        if let Some(number) = value.dword()? {
            found.push((value.name().to_string(), number));
        }
    }
    Ok(found)
}

/// The state as name, number and whether it is broken; the owners by name.
impl Serialize for InstalledPackage {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = s.serialize_map(None)?;
        map.serialize_entry("identity", &self.identity)?;
        map.serialize_entry("state", &self.state.and_then(PackageState::name))?;
        map.serialize_entry("state_number", &self.state.map(|s| s.0))?;
        map.serialize_entry("broken", &self.state.is_some_and(PackageState::is_broken))?;
        map.serialize_entry("release_type", &self.release_type)?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("install_time", &self.installed)?;
        map.serialize_entry("client", &self.client)?;
        map.serialize_entry("user", &self.user)?;
        map.serialize_entry("visibility", &self.visibility)?;
        map.serialize_entry("owners", &self.owners.iter().map(|(name, _)| name).collect::<Vec<_>>())?;
        map.serialize_entry("has_manifest", &self.has_manifest)?;
        map.end()
    }
}
