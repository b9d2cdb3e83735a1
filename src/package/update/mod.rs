//! Update files: which packages a `.msu` or `.cab` brings.

mod inner;
mod properties;
mod shape;

use super::cab::{Cabinet, Signature};
use super::detect::{FileKind, detect};
use super::signature::{SignatureCheck, SignatureState};
use crate::base::{FileAt, Limits, Phase, Progress};
use crate::error::{Error, ErrorKind, Result};
use std::path::Path;

/// Cabinets within cabinets, at most; real bundles have two levels.
const MAX_NESTING: u32 = 4;

/// What an update file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A package: a cabinet with an `update.mum` (or an index of its payload).
    Cab,
    /// An MSU in the form of a cabinet: packages with what Windows Update wants to know of them.
    CabMsu,
    /// A cabinet of nothing but packages.
    CabOfCabs,
    /// A cabinet without a package in it: its files are all that is known.
    PlainCab,
}

/// A member of an MSU beside its packages' contents.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OuterMember {
    /// The name in the container.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A cabinet that an update file holds, or is.
#[derive(Debug)]
pub struct PackageCab {
    /// Its file name; with the bundle's name and `\` in front where two of that name would be.
    pub name: String,
    /// The cabinet. What lay compressed in a container is decoded once: in memory, or past
    /// [`Limits::memory`] in a temporary file that is gone when this is.
    pub cabinet: Cabinet,
}

/// An update file, opened.
///
/// ```
/// use wimwright::base::{Limits, Progress};
/// use wimwright::package::{Kind, SignatureCheck, SignatureState, Update};
///
#[doc = include_str!("../../../docs/doctest/update.md")]
/// # let dir = tempfile::tempdir()?;
/// let update = Update::open(&sample_update(dir.path())?, &Limits::default(), &Progress::none())?;
/// assert_eq!((update.kind, update.packages.len()), (Kind::Cab, 1));
/// // What an MSU says of itself beside its packages; this update is a package alone.
/// assert!(update.property("KB Article Number").is_none());
/// let check: SignatureCheck = update.check_signature(&Progress::none())?;
/// let state: SignatureState = check.state;
/// assert!(state.name() == "unsigned" && !check.is_broken());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Update {
    /// What it is.
    pub kind: Kind,
    /// The members of the outer container; none where the file itself is the package.
    pub outer: Vec<OuterMember>,
    /// What `*-pkgProperties.txt` says, in its order.
    pub properties: Vec<(String, String)>,
    /// The answer file (XML) that an MSU carries.
    pub answer: Option<Vec<u8>>,
    /// Where the outer file's Authenticode signature lies.
    pub signature: Option<Signature>,
    /// The packages, in the container's order; the scan metadata (`WSUSSCAN.cab`) is none.
    pub packages: Vec<PackageCab>,
    /// The file itself, where the packages lie in it.
    container: Option<Cabinet>,
}

impl Update {
    /// Opens the update file at `path` and the cabinets in it.
    ///
    /// [`ErrorKind::Unsupported`]: forms that are known and not handled, namely WIM-form MSU, express and
    /// combined updates with PSF payload, bundles with `toc.xml`. [`ErrorKind::Malformed`]: anything else that
    /// is no cabinet.
    pub fn open(path: &Path, limits: &Limits, progress: &Progress) -> Result<Self> {
        match detect(&FileAt::open(path)?).map_err(|e| e.with_path(path.display()))? {
            FileKind::Cabinet => {}
            FileKind::Wim => {
                return Err(Error::unsupported(
                    "is a WIM; updates in that form (MSU of Windows 11 24H2) are not handled",
                )
                .with_path(path.display()));
            }
            FileKind::Psf => {
                return Err(Error::unsupported(
                    "is the payload of an express update (PSF), which is not handled",
                )
                .with_path(path.display()));
            }
            kind => {
                let text = format!("is not a Windows update container: it is {}", kind.describe());
                return Err(Error::malformed(text).with_path(path.display()));
            }
        }
        let cabinet = Cabinet::open_path(path, limits)?;
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut update = Self {
            kind: shape::kind(&cabinet)?,
            outer: Vec::new(),
            properties: Vec::new(),
            answer: None,
            signature: cabinet.signature(),
            packages: Vec::new(),
            container: None,
        };
        match update.kind {
            Kind::Cab | Kind::PlainCab => {
                update.packages.push(PackageCab { name, cabinet });
            }
            Kind::CabMsu | Kind::CabOfCabs => {
                let mut opener = inner::Opener::new(limits, progress.begin(Phase::Open, 0, 0));
                opener.open(&cabinet, "", MAX_NESTING.min(limits.max_depth))?;
                update.fill(name, cabinet, opener.finish())?;
            }
        }
        Ok(update)
    }

    /// Takes what was found inside the container that `cabinet` is.
    fn fill(&mut self, name: String, cabinet: Cabinet, found: inner::Found) -> Result<()> {
        if found.packages.is_empty() && self.kind == Kind::CabOfCabs {
            // Cabinets that hold no package are files like others.
            self.kind = Kind::PlainCab;
            self.packages.push(PackageCab { name, cabinet });
            return Ok(());
        }
        if let Some(error) = found.broken {
            return Err(error);
        }
        let members = cabinet.members().iter();
        self.outer = members.map(|m| OuterMember { name: m.name.clone(), size: m.size }).collect();
        self.packages = if found.packages.is_empty() { found.plain } else { found.packages };
        (self.properties, self.answer) = (found.properties, found.answer);
        self.container = Some(cabinet);
        Ok(())
    }

    /// Checks the Authenticode signatures of the file and of the cabinets in it. The file's own counts, and covers all that
    /// is inside; where it has none, the packages' do, the worst first. One that is broken anywhere makes all of it broken.
    pub fn check_signature(&self, progress: &Progress) -> Result<SignatureCheck> {
        let own = match &self.container {
            Some(container) => container.check_signature(progress)?,
            None => SignatureCheck::new(SignatureState::Unsigned, "there is no signature"),
        };
        let mut worst: Option<SignatureCheck> = None;
        for package in &self.packages {
            let check = package.cabinet.check_signature(progress)?;
            let check = if self.container.is_some() { check.within(&package.name) } else { check };
            if worst.as_ref().is_none_or(|w| check.state < w.state) {
                worst = Some(check);
            }
        }
        Ok(match worst {
            Some(inner)
                if !own.is_broken() && (inner.is_broken() || own.state == SignatureState::Unsigned) =>
            {
                inner
            }
            _ => own,
        })
    }

    /// The value of a property, by its key in any case.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v.as_str())
    }
}

fn too_deep(cabinet: &Cabinet) -> Error {
    Error::new(ErrorKind::LimitExceeded, "cabinets lie in cabinets too deep").with_path(cabinet.name())
}
