//! The hives of two images: which there are, and what differs in each pair.

use super::{Count, ImageDiff, KeyDifference};
use crate::base::{ImagePath, Name, Phase, Progress, Sha1Digest};
use crate::cbs::state::{logs_of, open_at};
use crate::error::{Error, ErrorKind, Result};
use crate::registry;
use crate::wim::ImageView;
use crate::wim::metadata::Metadata;
use serde::Serialize;
use std::collections::BTreeSet;

/// The system's hives, in `Windows\System32\config`.
const SYSTEM: [&str; 11] = [
    "BBI",
    "BCD-Template",
    "COMPONENTS",
    "DEFAULT",
    "DRIVERS",
    "ELAM",
    "SAM",
    "SECURITY",
    "SOFTWARE",
    "SYSTEM",
    "USERDIFF",
];
/// Other hives at one place.
const OTHERS: [&str; 3] = [
    r"Windows\System32\config\systemprofile\NTUSER.DAT",
    r"Windows\System32\SMI\Store\Machine\SCHEMA.DAT",
    r"Windows\AppCompat\Programs\Amcache.hve",
];
/// Folders of profiles, and the hives in each profile.
const PROFILES: [&str; 2] = ["Users", r"Windows\ServiceProfiles"];
const OF_PROFILE: [&str; 2] = ["NTUSER.DAT", r"AppData\Local\Microsoft\Windows\UsrClass.dat"];

/// How the comparison of a hive ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HiveState {
    /// Both say the same, whatever their bytes.
    Equal,
    /// Keys differ.
    Different,
    /// Only the second image has it; its keys are not listed.
    Added,
    /// Only the first image has it; its keys are not listed.
    Removed,
    /// One of them cannot be read, so what was listed of it may not be all.
    Failed,
}

/// A hive of both images, compared.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct HiveComparison {
    /// Its path in the image.
    pub path: String,
    /// How the comparison ended.
    pub state: HiveState,
    /// Keys that differ.
    pub keys: Count,
    /// Values that differ, those of added and removed keys included.
    pub values: Count,
    /// The kind of what is wrong, where it failed.
    pub kind: Option<ErrorKind>,
    /// What is wrong, where it failed.
    pub reason: Option<String>,
}

pub(super) fn compare(
    diff: &ImageDiff,
    progress: &Progress,
    each: &mut dyn FnMut(KeyDifference) -> Result<()>,
) -> Result<Vec<HiveComparison>> {
    let (before, after) = diff.images();
    let mut places = BTreeSet::new();
    for view in [after, before] {
        places.extend(hives(view.metadata())?.into_iter().filter(|path| diff.covers(path)));
    }
    let bytes = places.iter().flat_map(|p| [digests(before, p), digests(after, p)]);
    let meter = progress.begin(Phase::Compare, places.len() as u64, bytes.map(|d| d.size).sum());
    let mut compared = Vec::with_capacity(places.len());
    for path in places {
        let (one, other) = (digests(before, &path), digests(after, &path));
        let mut hive = HiveComparison {
            path: path.to_string(),
            state: HiveState::Equal,
            keys: Count::default(),
            values: Count::default(),
            kind: None,
            reason: None,
        };
        match (one.is_there(), other.is_there()) {
            (true, false) => hive.state = HiveState::Removed,
            (false, true) => hive.state = HiveState::Added,
            _ if one == other => {}
            _ => pair(diff, &path, &mut hive, progress, each)?,
        }
        meter.done_with(|| hive.path.clone(), one.size + other.size)?;
        compared.push(hive);
    }
    Ok(compared)
}

/// Compares one hive of both images. What the caller's own function says ends everything; a hive that cannot be read
/// ends itself.
fn pair(
    diff: &ImageDiff,
    path: &ImagePath,
    hive: &mut HiveComparison,
    progress: &Progress,
    each: &mut dyn FnMut(KeyDifference) -> Result<()>,
) -> Result<()> {
    let limits = &diff.options.limits;
    let (before, after) = diff.images();
    let open = |view: &ImageView, side: &str| {
        let opened = open_at(view, path, limits).map_err(|e| e.within(side))?;
        opened.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "is not in the image").with_path(path).within(side)
        })
    };
    let name = path.to_string();
    let mut stop = None;
    let result = open(before, "before").and_then(|one| {
        let other = open(after, "after")?;
        registry::diff(&one, &other, diff.options.times, &mut |found| {
            let difference = KeyDifference::new(&name, found)?;
            hive.keys.add(difference.change);
            difference.values.iter().for_each(|v| hive.values.add(v.change));
            progress.check().and_then(|()| each(difference)).map_err(|error| {
                stop = Some(error);
                Error::new(ErrorKind::Cancelled, "stopped")
            })
        })
    });
    if let Some(error) = stop {
        return Err(error);
    }
    match result {
        Ok(_) if hive.keys.total() > 0 => hive.state = HiveState::Different,
        Ok(_) => {}
        Err(error) => {
            hive.state = HiveState::Failed;
            hive.kind = Some(error.kind());
            hive.reason = Some(error.to_string());
        }
    }
    Ok(())
}

/// What decides whether a hive has to be opened: its contents and its logs'.
#[derive(PartialEq)]
struct Digests {
    size: u64,
    contents: Vec<Sha1Digest>,
}

impl Digests {
    /// Whether the image has the hive; one whose contents are missing is there.
    fn is_there(&self) -> bool {
        self.contents.first().is_some_and(|sha1| !sha1.is_zero())
    }
}

fn digests(view: &ImageView, path: &ImagePath) -> Digests {
    let metadata: &Metadata = view.metadata();
    let of = |path: &ImagePath| {
        let inode = metadata.inode_of(metadata.lookup(path)?);
        (!inode.is_dir()).then(|| inode.data_sha1())
    };
    let contents: Vec<Sha1Digest> = std::iter::once(path.clone())
        .chain(logs_of(path))
        .map(|file| of(&file).unwrap_or_default())
        .collect();
    let size = contents.first().and_then(|sha1| view.wim().blob(sha1)).map_or(0, |blob| blob.size);
    Digests { size, contents }
}

/// Where an image has hives.
fn hives(metadata: &Metadata) -> Result<Vec<ImagePath>> {
    let mut found = Vec::new();
    let config = ImagePath::parse(r"Windows\System32\config")?;
    found.extend(SYSTEM.map(|name| config.join(name)));
    for path in OTHERS {
        found.push(ImagePath::parse(path)?);
    }
    for folder in PROFILES {
        let folder = ImagePath::parse(folder)?;
        let Some(id) = metadata.lookup(&folder) else { continue };
        for &profile in metadata.dentry(id).children() {
            let profile = folder.join(metadata.dentry(profile).name().clone());
            for hive in OF_PROFILE {
                let below = ImagePath::parse(hive)?;
                found.push(
                    below.names().iter().fold(profile.clone(), |path, name: &Name| path.join(name.clone())),
                );
            }
        }
    }
    found.retain(|path| metadata.lookup(path).is_some_and(|id| !metadata.inode_of(id).is_dir()));
    Ok(found)
}
