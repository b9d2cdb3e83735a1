//! Whether an image may be serviced: pending operations by their markers, and what else speaks against it.

use super::names;
use crate::base::{ImagePath, ImageTree};
use crate::cbs::Version;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::Key;
use std::fmt;

/// Values at the root of COMPONENTS that are there only while work is unfinished.
const COMPONENTS_MARKERS: [&str; 6] = [
    "PendingXmlIdentifier",
    "ExecutionState",
    "NextQueueEntryIndex",
    "NextQueueEntryIndexBCDB",
    "AdvancedInstallersNeedResolving",
    "StoreDirty",
];
/// Keys that are there only while work is unfinished, and whether they ask for a restart.
const CBS_MARKERS: [(&str, bool); 3] =
    [("PackagesPending", false), ("RebootPending", true), ("RebootInProgress", true)];
const CBS_PLACE: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";
const CONFIGURATION_PLACE: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\SideBySide\Configuration";

/// A sign of unfinished work, or of damage.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Marker {
    /// What it is called.
    pub name: String,
    /// The key or folder that it is in.
    pub place: String,
}

impl Marker {
    fn new(name: impl Into<String>, place: impl Into<String>) -> Self {
        Self { name: name.into(), place: place.into() }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.place)
    }
}

/// Whether an image may be serviced, and what it says of its last servicing.
///
/// ```
/// use wimwright::ErrorKind;
/// use wimwright::base::Limits;
/// use wimwright::cbs::ServicingState;
/// use wimwright::cbs::state::Health;
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let wim = WimFile::open(sample_image(dir.path())?, &OpenOptions::new())?;
/// let health: Health = ServicingState::read(&wim.view(1)?, &Limits::default())?.health;
/// assert!(health.refusal().is_none());
/// // What Windows leaves while it is not done.
/// use wimwright::base::ImagePath;
/// use wimwright::wim::overlay::Overlay;
/// let mut image = Overlay::new(&wim, 1)?;
/// image.put(&ImagePath::parse(r"Windows\WinSxS\pending.xml")?, b"<PendingTransaction/>".to_vec())?;
/// let health = ServicingState::read(&image, &Limits::default())?.health;
/// assert_eq!(health.refusal().unwrap().kind(), ErrorKind::Pending);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Every sign of work that Windows has not finished. An image with one is read, never written.
    pub pending: Vec<Marker>,
    /// Whether a restart is outstanding.
    pub reboot_pending: bool,
    /// Signs that Windows has given the image up. It is read, never written.
    pub unserviceable: Vec<Marker>,
    /// The version of the newest servicing stack.
    pub servicing_stack: Option<Version>,
    /// When superseded components were last removed for good, as the hive spells it.
    pub last_reset_base: Option<String>,
}

impl Health {
    /// Why the image may not be written; each sign is named.
    pub fn refusal(&self) -> Option<Error> {
        let list =
            |markers: &[Marker]| markers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if !self.unserviceable.is_empty() {
            let sentence =
                format!("Windows marked the image as unserviceable: {}", list(&self.unserviceable));
            return Some(Error::new(ErrorKind::Unserviceable, sentence));
        }
        (!self.pending.is_empty()).then(|| {
            let sentence = format!(
                "the image has pending servicing operations, which only Windows can finish: {}",
                list(&self.pending)
            );
            Error::new(ErrorKind::Pending, sentence)
        })
    }

    /// What the `Component Based Servicing` key says.
    pub(super) fn read_cbs(&mut self, cbs: &Key<'_>) -> Result<()> {
        for (name, restart) in CBS_MARKERS {
            if cbs.child(name)?.is_some() {
                self.pending.push(Marker::new(name, CBS_PLACE));
                self.reboot_pending |= restart;
            }
        }
        if let Some(sessions) = cbs.child("SessionsPending")? {
            self.read_sessions(&sessions)?;
        }
        let flagged =
            cbs.value("Unserviceable")?.map_or(Ok(None), |v| v.dword())?.is_some_and(|flag| flag != 0);
        if flagged || cbs.child("Unserviceable")?.is_some() {
            self.unserviceable.push(Marker::new("Unserviceable", CBS_PLACE));
        }
        if let Some(value) = cbs.value("LastResetBase_UTC")? {
            self.last_reset_base = value.text()?;
        }
        if let Some(versions) = cbs.child("Version")? {
            let names = versions.values()?.into_iter().map(|v| v.name().to_string());
            self.servicing_stack = names.filter_map(|name| name.parse().ok()).max();
        }
        Ok(())
    }

    /// The key is there in every image; sessions that are not complete, and one that keeps the others out, count.
    fn read_sessions(&mut self, sessions: &Key<'_>) -> Result<()> {
        let place = format!(r"{CBS_PLACE}\SessionsPending");
        for session in sessions.subkeys()? {
            let complete = session.value("Complete")?.map_or(Ok(None), |v| v.dword())?;
            if complete != Some(1) {
                self.pending.push(Marker::new(session.name().to_string(), &place));
            }
        }
        let exclusive = sessions.value("Exclusive")?.map_or(Ok(None), |v| v.dword())?;
        if exclusive.is_some_and(|number| number != 0) {
            self.pending.push(Marker::new("Exclusive", &place));
        }
        Ok(())
    }

    /// What the `SideBySide` key says.
    pub(super) fn read_side_by_side(&mut self, key: &Key<'_>) -> Result<()> {
        if let Some(configuration) = key.child("Configuration")?
            && configuration.value("PoqexecCmdline")?.is_some_and(|v| !v.is_empty())
        {
            self.pending.push(Marker::new("PoqexecCmdline", CONFIGURATION_PLACE));
        }
        Ok(())
    }

    /// What the root of COMPONENTS says.
    pub(super) fn read_components(&mut self, root: &Key<'_>) -> Result<()> {
        for name in COMPONENTS_MARKERS {
            if root.value(name)?.is_some() {
                self.pending.push(Marker::new(name, "COMPONENTS"));
            }
        }
        Ok(())
    }

    /// What the image's files say; the folders of `servicing\Version` where the hive does not name a stack.
    pub(super) fn read_files(&mut self, tree: &dyn ImageTree) -> Result<()> {
        if tree.stat(&ImagePath::parse(r"Windows\WinSxS\pending.xml")?)?.is_some() {
            self.pending.push(Marker::new("pending.xml", r"\Windows\WinSxS"));
        }
        if self.servicing_stack.is_none() {
            let folders = names(tree, r"Windows\servicing\Version")?;
            self.servicing_stack = folders.iter().filter_map(|n| n.parse().ok()).max();
        }
        Ok(())
    }
}
