//! Changes to the list of images: taking images out, naming them, choosing the one that boots. Like any commit they
//! append, and take effect with the header.

use super::append::{finish, next_header};
use super::table::{apart, count_into, is_image};
use super::{Change, CommitOptions, CommitReport, run};
use crate::base::{Progress, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::blob_table::BlobEntry;
use crate::wim::file::WimFile;
use crate::wim::header::{Header, ResourceHeader};
use crate::wim::write::blobs::Appender;
use crate::wim::xml::WimXml;
use std::collections::HashMap;

/// What is done to the list of images. Indexes are those of the WIM as it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageEdits {
    /// Images to take out. The indexes of those behind them become smaller.
    pub delete: Vec<u32>,
    /// What images are called from now on.
    pub properties: Vec<(u32, ImageProperties)>,
    /// The image that boots; `Some(0)` for none.
    pub boot: Option<u32>,
}

/// What an image is called. `None` leaves a value as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageProperties {
    /// Its name, which no other image of the WIM may have.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its name for people, where it differs.
    pub display_name: Option<String>,
    /// Its description for people, where it differs.
    pub display_description: Option<String>,
    /// Its edition: the `FLAGS` that Setup goes by and, of an image with Windows in it, the `EDITIONID`.
    pub edition: Option<String>,
}

impl ImageProperties {
    /// The elements below `IMAGE` that are set, and their text.
    pub(in crate::wim) fn values(&self) -> Vec<(&'static str, &str)> {
        let values = [
            ("NAME", &self.name),
            ("DESCRIPTION", &self.description),
            ("FLAGS", &self.edition),
            ("WINDOWS/EDITIONID", &self.edition),
            ("DISPLAYNAME", &self.display_name),
            ("DISPLAYDESCRIPTION", &self.display_description),
        ];
        values.iter().filter_map(|(path, value)| Some((*path, value.as_deref()?))).collect()
    }
}

/// Takes images out, names them, or makes one boot; in place or, with an output, in another file.
///
/// The same promises as of [`commit`](super::commit) hold: one writer at a time, the old state or the new wherever
/// it is cut off. What only the removed images used stays in the file until it is
/// [optimised](crate::wim::write::optimize).
///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::wim::commit::{CommitOptions, ImageEdits, ImageProperties, edit_images};
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let path = sample_image(dir.path())?;
/// let mut properties = ImageProperties::default();
/// properties.name = Some("Renamed".into());
/// let mut edits = ImageEdits::default();
/// edits.properties.push((1, properties));
/// edits.boot = Some(1);
/// let wim = WimFile::open(&path, &OpenOptions::new())?;
/// edit_images(&wim, &edits, &CommitOptions::new(), &Progress::none())?;
/// let again = WimFile::open(&path, &OpenOptions::new())?;
/// assert!(again.info()?.images[0].name == "Renamed" && again.header().boot_index == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn edit_images(
    wim: &WimFile,
    edits: &ImageEdits,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    check(wim, edits).map_err(|e| e.with_path(wim.name()))?;
    let changes = !edits.delete.is_empty()
        || edits.boot.is_some_and(|boot| boot != wim.header().boot_index)
        || with_properties(wim, edits)?.text() != wim.xml()?.text();
    let change = (changes || options.output.is_some()).then(|| Change::Images(edits.clone()));
    run(wim, change, options, progress)
}

fn check(wim: &WimFile, edits: &ImageEdits) -> Result<()> {
    let named = edits.properties.iter().map(|(index, _)| *index);
    for index in edits.delete.iter().copied().chain(named).chain(edits.boot.filter(|&b| b != 0)) {
        wim.image_blob(index)?;
    }
    let gone = |index: &u32| edits.delete.contains(index);
    let wrong = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
    if let Some(boot) = edits.boot.filter(gone) {
        return wrong(format!("image {boot} cannot be both taken out and made to boot"));
    }
    let xml = wim.xml()?;
    for (index, properties) in &edits.properties {
        if gone(index) {
            return wrong(format!("image {index} cannot be both taken out and named"));
        }
        let Some(name) = properties.name.as_deref().filter(|name| !name.is_empty()) else { continue };
        let new_name = |i: u32| {
            let new = edits.properties.iter().rev().find(|(n, p)| *n == i && p.name.is_some());
            new.and_then(|(_, p)| p.name.clone())
                .unwrap_or_else(|| xml.image(i).map(|x| x.name.clone()).unwrap_or_default())
        };
        let other = (1..=wim.image_count()).find(|i| i != index && !gone(i) && new_name(*i) == name);
        if let Some(other) = other {
            let message = format!("image {other} is called '{name}' already");
            return Err(Error::new(ErrorKind::AlreadyExists, message));
        }
    }
    Ok(())
}

fn with_properties(wim: &WimFile, edits: &ImageEdits) -> Result<WimXml> {
    let mut xml = (*wim.xml()?).clone();
    for (index, properties) in &edits.properties {
        xml = xml.with_values(*index, &properties.values(), wim.limits())?;
    }
    Ok(xml)
}

/// Appends the tables of the changed list. Gives the header that makes them count.
pub(super) fn write(
    out: &mut Appender<'_>,
    wim: &WimFile,
    edits: &ImageEdits,
    options: &CommitOptions,
    progress: &Progress,
    report: &mut CommitReport,
) -> Result<Header> {
    let mut header = next_header(wim.header());
    let mut xml = with_properties(wim, edits)?;
    let mut images: Vec<_> = edits.properties.iter().map(|(index, _)| *index).chain(edits.boot).collect();
    images.retain(|&index| index != 0);
    if let Some(boot) = edits.boot {
        header.boot_index = boot;
        header.boot_metadata = match boot {
            0 => ResourceHeader::default(),
            index => image_entry(wim, index)?.resource,
        };
    }
    let mut entries = None;
    if !edits.delete.is_empty() {
        let kept: Vec<u32> = (1..=wim.image_count()).filter(|i| !edits.delete.contains(i)).collect();
        let place = |index: u32| kept.iter().position(|&i| i == index).map_or(0, |at| at as u32 + 1);
        if header.boot_index != 0 && place(header.boot_index) == 0 {
            header.boot_metadata = ResourceHeader::default();
        }
        header.boot_index = place(header.boot_index);
        header.image_count = kept.len() as u32;
        xml = xml.with_images(&kept, wim.limits())?;
        let (rest, dropped) = without(wim, &kept, progress)?;
        entries = Some(rest);
        report.dropped_blobs = dropped;
        images.extend(&edits.delete);
    }
    images.sort_unstable();
    images.dedup();
    report.images = images;
    finish(out, wim, &mut header, entries, |end| xml.sized(end, wim.limits()), options, progress)?;
    Ok(header)
}

fn image_entry(wim: &WimFile, index: u32) -> Result<BlobEntry> {
    let mut images = wim.blob_table().entries.iter().filter(|e| is_image(e, wim.header()));
    images.nth(index as usize - 1).copied().ok_or_else(|| {
        Error::new(ErrorKind::Internal, format!("the blob table has no place for image {index}"))
    })
}

/// The blob table of the images that stay, and how many blobs none of them uses.
fn without(wim: &WimFile, kept: &[u32], progress: &Progress) -> Result<(Vec<BlobEntry>, u64)> {
    // Counted anew over what stays: the counts in the table are wrong often enough. Where an image that stays cannot
    // be read, what it may use is kept.
    let mut counts = Some(HashMap::<Sha1Digest, i64>::new());
    for &index in kept {
        progress.check()?;
        match wim.load_image(index, wim.image_blob(index)?) {
            Ok(metadata) => {
                if let Some(counts) = &mut counts {
                    count_into(&metadata.inodes, 1, counts);
                }
            }
            Err(_) => counts = None,
        }
    }
    let header = wim.header();
    let old = &wim.blob_table().entries;
    let (mut dropped, mut image) = (0, 0);
    let one = |entry: &BlobEntry| {
        let mut entry = *entry;
        if is_image(&entry, header) {
            image += 1;
            if image <= wim.image_count() && !kept.contains(&image) {
                entry.ref_count = 0;
            }
        } else if !entry.is_metadata()
            && !entry.is_solid_resource()
            && let Some(counts) = &counts
        {
            let refs = counts.get(&entry.sha1).copied().unwrap_or(0);
            dropped += u64::from(refs == 0);
            entry.ref_count = u32::try_from(refs).unwrap_or(u32::MAX);
        }
        (entry, entry.ref_count != 0 || entry.is_solid_resource())
    };
    let out = apart(header, old.iter().map(one));
    Ok((out, dropped))
}
