//! Level `deliver`: the update itself is placed in the image, with what makes Windows install it.
//!
//! `Windows\Setup\Wimwright` holds a folder for each update, named by the beginning of its SHA-256, a script for each, and
//! the answer file. Nothing that the image has is written over or shadowed: a `SetupComplete.cmd` is kept under another
//! name and called, and no answer file is put where Windows looks for one by itself.

mod answer;
mod place;
mod script;

pub(super) use place::take_back;

use super::receipt::IndexRecord;
use crate::base::{Blob, BlobSource as _, FileBlob, ImagePath, Sha1Digest, Sha256Digest, TeeHasher};
use crate::cbs::Identity;
use crate::error::{Error, ErrorKind, Result};
use crate::package::{Kind, Update};
use crate::wim::overlay::{Content, Overlay};
use place::Place;
use script::Source;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// Where delivered updates lie in an image.
const FOLDER: &str = r"Windows\Setup\Wimwright";
const ANSWER_FILE: &str = "unattend.xml";
/// Characters of an update's SHA-256 that name its folder.
const DIGITS: usize = 16;

/// What makes Windows install what was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Delivery {
    /// An answer file for a package (`.cab`), `SetupComplete.cmd` for an MSU.
    #[default]
    ByForm,
    /// An answer file for the pass `offlineServicing`. It takes packages only.
    AnswerFile,
    /// `SetupComplete.cmd`, which Windows Setup runs at its end.
    SetupComplete,
    /// Both.
    Both,
}

/// An update that was delivered into one index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// The update's file.
    pub update: String,
    /// Where it lies in the image.
    pub path: String,
    /// The packages of it that apply and are to be installed.
    pub packages: Vec<String>,
    /// The answer file that names it.
    pub answer_file: Option<String>,
    /// The script that installs it.
    pub script: Option<String>,
    /// Where the image's own `SetupComplete.cmd` lies now, which is called after all scripts.
    pub kept_script: Option<String>,
    /// Whether it was moved there for this update.
    pub script_moved: bool,
}

/// The update's file, as it was when it was verified.
#[derive(Clone)]
pub(super) struct Original {
    pub name: String,
    pub kind: Kind,
    /// The members of an MSU.
    pub members: Vec<String>,
    pub blob: Blob,
    pub sha1: Sha1Digest,
    pub sha256: Sha256Digest,
}

impl Original {
    /// Reads the file once more, which must still be the one of this digest.
    pub fn new(path: &Path, update: &Update, expected: Sha256Digest) -> Result<Self> {
        let blob = FileBlob::new(path)?;
        let mut tee = TeeHasher::new(blob.open()?);
        std::io::copy(&mut tee, &mut std::io::sink()).map_err(|e| Error::io("read the file", path, e))?;
        let (_, sha1, sha256, _) = tee.finish();
        if sha256 != expected {
            let e = Error::new(ErrorKind::HashMismatch, "changed while it was being worked on");
            return Err(e.with_path(path.display()));
        }
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let members = update.outer.iter().map(|m| m.name.clone()).collect();
        Ok(Self { name, kind: update.kind, members, blob: Arc::new(blob), sha1, sha256 })
    }
}

/// A package of an update that applies to an index.
pub(super) struct Applying<'a> {
    /// Its name in the receipt.
    pub label: String,
    /// Its cabinet's name in the update.
    pub member: &'a str,
    /// Its identity, where it has a manifest.
    pub identity: Option<&'a Identity>,
}

/// Places an update in an index, with what installs those packages of it that apply.
pub(super) fn deliver(
    original: &Original,
    packages: &[Applying<'_>],
    how: Delivery,
    architecture: &str,
    overlay: &mut Overlay,
    record: &mut IndexRecord,
) -> Result<DeliveryRecord> {
    let (answer, setup) = ways(original, packages, how)?;
    let digits = original.sha256.to_string()[..DIGITS].to_owned();
    let folder = ImagePath::parse(FOLDER)?;
    let path = folder.join(&*digits).join(&*original.name);
    let mut place = Place { overlay, record };
    place.put(&path, "update", original.content(), (original.blob.size(), original.sha1, original.sha256))?;
    let answer_file = if answer {
        let file = folder.join(ANSWER_FILE);
        place.answer(&file, original, &digits, packages, architecture)?;
        Some(file.to_string())
    } else {
        None
    };
    let (mut script, mut kept_script, mut script_moved) = (None, None, false);
    if setup {
        let members: Vec<String> = packages.iter().map(|p| p.member.to_owned()).collect();
        let source = if original.kind == Kind::Cab { Source::Package } else { Source::Members(&members) };
        let text = script::update(&original.name, &digits, &original.sha256, &source);
        script = Some(place.script(&folder, &digits, text)?.to_string());
        let (kept, moved) = place.setup_complete()?;
        (kept_script, script_moved) = (kept.map(|path| path.to_string()), moved);
    }
    Ok(DeliveryRecord {
        update: original.name.clone(),
        path: path.to_string(),
        packages: packages.iter().map(|p| p.label.clone()).collect(),
        answer_file,
        script,
        kept_script,
        script_moved,
    })
}

/// Whether an answer file names the update, and whether a script installs it. What Windows would not install is refused.
fn ways(original: &Original, packages: &[Applying<'_>], how: Delivery) -> Result<(bool, bool)> {
    let refuse = |kind, why: &str| Err(Error::new(kind, why).with_path(&original.name));
    let package = match original.kind {
        Kind::Cab => true,
        Kind::CabMsu => false,
        Kind::CabOfCabs => {
            return refuse(
                ErrorKind::Unsupported,
                "is a cabinet of packages, which DISM does not install; deliver each package",
            );
        }
        _ => return refuse(ErrorKind::Unsupported, "holds no package that Windows could install"),
    };
    let (answer, setup) = match how {
        Delivery::ByForm => (package, !package),
        Delivery::AnswerFile => (true, false),
        Delivery::SetupComplete => (false, true),
        Delivery::Both => (true, true),
    };
    if answer && !package {
        return refuse(
            ErrorKind::InvalidArgument,
            "is an MSU, which an answer file cannot name; deliver it by SetupComplete",
        );
    }
    if answer && packages.iter().any(|p| p.identity.is_none()) {
        return refuse(
            ErrorKind::Unsupported,
            "has no package manifest, and an answer file needs the identity",
        );
    }
    let inside = packages.iter().filter(|_| !package).map(|p| p.member);
    if inside.clone().any(|name| !original.members.iter().any(|m| m == name)) {
        return refuse(
            ErrorKind::Unsupported,
            "holds a package inside another cabinet, which a script cannot take out",
        );
    }
    for name in std::iter::once(original.name.as_str()).chain(inside) {
        if !script::is_plain(name) {
            let why =
                format!("the name '{name}' cannot stand in a script; only letters, digits and ._-~+() can");
            return refuse(ErrorKind::InvalidArgument, &why);
        }
    }
    Ok((answer, setup))
}

impl Original {
    fn content(&self) -> Content {
        Content::with_sha1(self.blob.clone(), self.sha1)
    }
}

/// What is left to Windows at this level.
pub(super) fn left_to_windows(deliveries: &[&DeliveryRecord]) -> Vec<String> {
    let mut left = vec![
        "all of the installation: the updates lie in Windows\\Setup\\Wimwright and nothing of them is in the component store"
            .to_owned(),
    ];
    if deliveries.iter().any(|d| d.answer_file.is_some()) {
        left.push(
            "the answer file Windows\\Setup\\Wimwright\\unattend.xml, which nothing reads by itself: give it to Windows Setup \
             (/unattend) as part of a configuration set, or to DISM (/Image, /Apply-Unattend) with the variable \
             configsetroot set to its folder"
                .to_owned(),
        );
    }
    if deliveries.iter().any(|d| d.script.is_some()) {
        left.push(
            "running SetupComplete.cmd, which Windows Setup does at its end as the system, without regard to what comes of \
             it, and not with OEM product keys unless the edition is Enterprise or a Server; an upgrade needs /PostOOBE"
                .to_owned(),
        );
        left.push(
            "what DISM says of each update then: Windows\\Logs\\wimwright-setup.log, and a restart"
                .to_owned(),
        );
    }
    left
}
