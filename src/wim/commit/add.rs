//! Images added behind those that a WIM has. Like any commit it appends, and takes effect with the header.

use super::append::{finish, next_header};
use super::{Change, CommitOptions, CommitReport, run};
use crate::base::Progress;
use crate::error::Result;
use crate::wim::blob_table::BlobEntry;
use crate::wim::file::WimFile;
use crate::wim::header::{Header, VERSION_SOLID};
use crate::wim::write::blobs::Appender;
use crate::wim::write::images::{NewImages, check_names, ref_count, references};
use crate::wim::xml::WimXml;

/// Adds images behind those of `wim`, in place or, with an output, in another file.
///
/// The same promises as of [`commit`](super::commit) hold: one writer at a time, the old state or the new wherever it
/// is cut off. A name that an image has already is an error before anything is written.
pub(in crate::wim) fn add_images(
    wim: &WimFile,
    images: &mut dyn NewImages,
    options: &CommitOptions,
    progress: &Progress,
) -> Result<CommitReport> {
    check_names(&taken(wim)?, &images.names()).map_err(|e| e.with_path(wim.name()))?;
    run(wim, Some(Change::Add(images)), options, progress)
}

/// The names of the WIM's images, from image 1 on.
fn taken(wim: &WimFile) -> Result<Vec<String>> {
    let xml = wim.xml()?;
    let name = |index| xml.image(index).map(|image| image.name.clone()).unwrap_or_default();
    Ok((1..=wim.image_count()).map(name).collect())
}

/// Appends the images and the tables of the longer list. Gives the header that makes them count.
pub(super) fn write(
    out: &mut Appender<'_>,
    wim: &WimFile,
    images: &mut dyn NewImages,
    options: &CommitOptions,
    progress: &Progress,
    report: &mut CommitReport,
) -> Result<Header> {
    let old = wim.header();
    let xml = with_every_image(wim)?;
    let start = out.at;
    let added = images.write(out, &|sha1| wim.blob(sha1).is_some(), progress)?;
    let mut contents = std::mem::take(&mut out.entries);
    report.new_blobs = contents.iter().filter(|e| !e.is_solid_resource()).count() as u64;
    report.new_bytes = contents.iter().filter(|e| !e.is_solid_resource()).map(BlobEntry::size).sum();
    let metadata: u64 = added.iter().map(|image| image.entry.resource.stored_size).sum();
    report.stored_bytes = (out.at - start).saturating_sub(metadata);
    report.deduplicated = out.deduplicated;
    let mut header = next_header(old);
    for (image, index) in added.iter().zip(old.image_count + 1..) {
        if image.boot {
            header.boot_index = index;
            header.boot_metadata = image.entry.resource;
        }
        report.images.push(index);
    }
    header.image_count += added.len() as u32;
    if contents.iter().any(BlobEntry::is_solid) {
        header.version = VERSION_SOLID;
    }
    let counts = references(&added);
    let of = |entry: &BlobEntry| counts.get(&entry.sha1).copied().unwrap_or(0);
    let mut entries = wim.blob_table().entries.clone();
    for entry in entries.iter_mut().filter(|e| !e.is_metadata() && !e.is_solid_resource()) {
        entry.ref_count = ref_count(i64::from(entry.ref_count) + of(entry));
    }
    // The metadata lies between the old entries and the new ones, so that two runs of solid ones stay two.
    entries.extend(added.iter().map(|image| image.entry));
    for entry in contents.iter_mut().filter(|e| !e.is_solid_resource()) {
        entry.ref_count = ref_count(of(entry).max(1));
    }
    entries.extend(contents);
    let elements: Vec<_> = added.iter().map(|image| image.element.as_str()).collect();
    let xml = xml.with_added(&elements, old.image_count, wim.limits())?;
    finish(out, wim, &mut header, Some(entries), |end| xml.sized(end, wim.limits()), options, progress)?;
    Ok(header)
}

/// The XML data with an element for each image, so that those added are counted as the header counts them.
fn with_every_image(wim: &WimFile) -> Result<WimXml> {
    let xml = wim.xml()?;
    let blank = WimXml::blank_image();
    (1..=wim.image_count())
        .filter(|index| xml.image(*index).is_none())
        .try_fold((*xml).clone(), |xml, index| xml.with_added(&[blank.as_str()], index - 1, wim.limits()))
}
