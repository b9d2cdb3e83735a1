//! Images as a new WIM file, and a WIM file made anew without what nothing uses.

use super::blobs::{Appender, NewBlob};
use super::disk::Disk;
use super::form::{ExportOptions, Form};
use super::images::{NewImage, NewImages, Whole};
use super::new_file::NewFile;
use super::on_threads;
use super::selected::Selected;
use crate::base::{Meter, Phase, Progress, Sha1Digest};
use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::blob_table::BlobEntry;
use crate::wim::commit;
use crate::wim::file::{OpenOptions, WimFile};
use crate::wim::header::{ResourceHeader, flags};
use crate::wim::resource::{Layout, Resource};
use crate::wim::solid::StoredBlob;
use crate::wim::xml::WimXml;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct ExportReport {
    /// The new file.
    #[serde(serialize_with = "crate::base::path_text")]
    pub path: PathBuf,
    /// Indexes, in the source, of the images that were exported, in order.
    pub images: Vec<u32>,
    /// Their indexes in the file.
    pub indexes: Vec<u32>,
    /// Blobs in it, without metadata.
    pub blobs: u64,
    /// Their bytes, uncompressed.
    pub bytes: u64,
    /// Those of the blobs that were taken over as they were stored.
    pub reused_blobs: u64,
    /// Their bytes, uncompressed.
    pub reused_bytes: u64,
    /// Blobs of the source that are not in the new file.
    pub dropped_blobs: u64,
    /// Bytes of the source, all its parts.
    pub size_before: u64,
    /// Bytes of the new file.
    pub size_after: u64,
}

/// Writes images of `wim`, numbered from 1, as a new WIM file in this order.
///
/// What is known of each image is kept: its metadata byte for byte and its properties; the boot index stays with its
/// image. Each blob is written once; where type and chunk size match, its stored bytes are taken over without being
/// decoded. Split sets, ESDs and pipable WIMs are sources like any other, so this also joins and converts them.
///
/// With [`append`](ExportOptions::append) a destination that exists gets the images behind its own, in place and under
/// the promises of a [commit](crate::wim::commit); a name that one of its images has is an error.
///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::wim::write::{Compression, ExportOptions, SplitOptions, export, optimize, split};
/// use wimwright::wim::{OpenOptions, WimFile};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let (folder, file) = (dir.path().join("folder"), dir.path().join("a.wim"));
/// # std::fs::create_dir_all(folder.join("Windows/System32")).unwrap();
/// # std::fs::write(folder.join("Windows/System32/a.txt"), "contents").unwrap();
/// # use wimwright::wim::capture::{CaptureOptions, capture};
/// # capture(&folder, &file, &CaptureOptions::new(), &wimwright::base::Progress::none())?;
/// let (new, parts) = (dir.path().join("new.wim"), dir.path().join("set.swm"));
/// let mut options = ExportOptions::new();
/// options.compression = Some(Compression::Xpress);
/// let wim = WimFile::open(&file, &OpenOptions::new())?;
/// assert_eq!(export(&wim, &[1], &new, &options, &Progress::none())?.images, [1]);
/// let wim = WimFile::open(&new, &OpenOptions::new())?;
/// assert!(!split(&wim, &parts, 1 << 20, &SplitOptions::new(), &Progress::none())?.parts.is_empty());
/// optimize(&wim, &ExportOptions::new(), &Progress::none())?;
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn export(
    wim: &WimFile,
    images: &[u32],
    destination: &Path,
    options: &ExportOptions,
    progress: &Progress,
) -> Result<ExportReport> {
    if images.is_empty() {
        return Err(Error::new(ErrorKind::InvalidArgument, "no image was chosen"));
    }
    for (i, &index) in images.iter().enumerate() {
        wim.image_blob(index)?;
        if images[..i].contains(&index) {
            let message =
                format!("image {index} was chosen twice; every image of a WIM has a name of its own");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    if images.len() > 1 && (options.name.is_some() || options.description.is_some()) {
        let message = "a name and a description can be given to one image only";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    if options.append && destination.symlink_metadata().is_ok() {
        return into(wim, images, destination, options, progress);
    }
    if !options.replace && destination.symlink_metadata().is_ok() {
        let e = Error::new(ErrorKind::AlreadyExists, "exists already");
        return Err(e.with_path(destination.display()));
    }
    let form = Form::new(wim, options, false)?;
    on_threads(options.threads, || {
        let new = NewFile::beside(destination, true, permissions(wim))?;
        let guid = options.guid.unwrap_or_else(random_guid);
        let make = Make {
            wim,
            images,
            form,
            options,
            guid,
            lenient: false,
            progress,
            report: ExportReport::default(),
            added: false,
        };
        let report = make.write_whole(&new.disk()?).map_err(|e| e.within(wim.name()))?;
        new.put()?;
        let indexes = (1..).take(images.len()).collect();
        Ok(ExportReport { path: destination.to_owned(), indexes, ..report })
    })
}

/// Adds images to a WIM that exists, in place.
fn into(
    wim: &WimFile,
    images: &[u32],
    destination: &Path,
    options: &ExportOptions,
    progress: &Progress,
) -> Result<ExportReport> {
    let to = WimFile::open(destination, &OpenOptions { limits: wim.limits().clone(), ..OpenOptions::new() })?;
    let mut make = Make::into(wim, &to, images, options, progress)?;
    let mut commit = commit::CommitOptions::new();
    (commit.level, commit.threads, commit.integrity) = (options.level, options.threads, options.integrity);
    let done = commit::add_images(&to, &mut make, &commit, progress)?;
    let (path, size_after) = (destination.to_owned(), done.size_after);
    Ok(ExportReport { path, indexes: done.images, size_after, ..make.report })
}

/// Makes the file of `wim` anew without what no image uses, and puts it in the place of the old one.
///
/// It stays what it was: its images, its name (GUID), its kind of compression unless the options say otherwise, solid
/// or not, with an integrity table or not. It is locked against other writers meanwhile.
pub fn optimize(wim: &WimFile, options: &ExportOptions, progress: &Progress) -> Result<ExportReport> {
    let path = wim.path().ok_or_else(|| {
        Error::new(ErrorKind::InvalidArgument, "a WIM that was not opened by a path cannot be replaced")
    })?;
    commit::check(wim, &commit::CommitOptions::new()).map_err(|e| e.with_path(path.display()))?;
    let lock = commit::WriteLock::new(wim)?;
    let form = Form::new(wim, options, true)?;
    let images: Vec<u32> = (1..=wim.image_count()).collect();
    on_threads(options.threads, || {
        let new = NewFile::beside(path, false, permissions(wim))?;
        let guid = options.guid.unwrap_or(wim.header().guid);
        let make = Make {
            wim,
            images: &images,
            form,
            options,
            guid,
            lenient: true,
            progress,
            report: ExportReport::default(),
            added: false,
        };
        let report = make.write_whole(&new.disk()?).map_err(|e| e.within(wim.name()))?;
        #[cfg(windows)]
        drop(lock);
        #[cfg(not(windows))]
        let _lock = lock;
        new.put()?;
        Ok(ExportReport { path: path.to_owned(), indexes: images.clone(), ..report })
    })
}

fn permissions(wim: &WimFile) -> Option<std::fs::Permissions> {
    Some(std::fs::metadata(wim.path()?).ok()?.permissions())
}

pub(in crate::wim) fn random_guid() -> [u8; 16] {
    // Seeded by the operating system for each of them.
    let half = || RandomState::new().build_hasher().finish().to_le_bytes();
    let mut guid = [0; 16];
    guid[..8].copy_from_slice(&half());
    guid[8..].copy_from_slice(&half());
    guid
}

/// Images of a WIM on their way into a new file, or into one that is there.
pub(in crate::wim) struct Make<'a> {
    wim: &'a WimFile,
    images: &'a [u32],
    form: Form,
    options: &'a ExportOptions,
    guid: [u8; 16],
    /// Contents that are missing in the source are missing in the new file.
    lenient: bool,
    progress: &'a Progress,
    report: ExportReport,
    /// They are added to images that are there, one of which may boot.
    added: bool,
}

impl<'a> Make<'a> {
    /// Images to be added to `to`.
    pub(in crate::wim) fn into(
        wim: &'a WimFile,
        to: &WimFile,
        images: &'a [u32],
        options: &'a ExportOptions,
        progress: &'a Progress,
    ) -> Result<Self> {
        let form = Form::adding_to(to, options).map_err(|e| e.with_path(to.name()))?;
        let (guid, report) = (to.header().guid, ExportReport::default());
        Ok(Self { wim, images, form, options, guid, lenient: false, progress, report, added: true })
    }

    /// Writes the images as a whole new WIM.
    fn write_whole(mut self, disk: &dyn Disk) -> Result<ExportReport> {
        let (wim, progress) = (self.wim, self.progress);
        let old = wim.header();
        let whole = Whole {
            plain: self.form.plain,
            guid: Some(self.guid),
            integrity: self.options.integrity.unwrap_or(!old.integrity.is_empty()),
            rp_fix: old.flags & flags::RP_FIX != 0,
            unused: old.unused.clone(),
            xml: wim.xml()?.without_images(wim.limits())?,
            // They were left out before.
            elsewhere: Vec::new(),
        };
        let size = whole.write(disk, &mut self, wim.limits(), progress)?.size;
        self.report.size_after = size;
        Ok(self.report)
    }

    /// The blobs: first what is taken over, then what is compressed.
    fn contents(
        &mut self,
        out: &mut Appender<'_>,
        selected: &Selected,
        exists: &dyn Fn(&Sha1Digest) -> bool,
        meter: &Meter,
    ) -> Result<()> {
        let mut wanted: HashMap<u32, u64> = HashMap::new();
        let mut all: HashMap<u32, u64> = HashMap::new();
        for blob in self.wim.all_blobs() {
            *all.entry(blob.resource).or_default() += 1;
        }
        let new = || selected.blobs.iter().filter(|blob| !exists(&blob.sha1));
        for blob in new() {
            *wanted.entry(blob.resource).or_default() += 1;
        }
        self.report.blobs = wanted.values().sum();
        self.report.bytes = new().map(|b| b.size).sum();
        let (mut reused, mut rest) = (Vec::new(), Vec::new());
        for blob in new() {
            let whole = wanted.get(&blob.resource) == all.get(&blob.resource);
            if whole && self.reusable(self.wim.place(blob)?.0) {
                reused.push(*blob);
            } else {
                rest.push(*blob);
            }
        }
        self.report.reused_blobs = reused.len() as u64;
        self.report.reused_bytes = reused.iter().map(|b| b.size).sum();
        let run = out.copy_resources(self.wim, &reused, meter)?;
        if let Some(format) = self.form.solid {
            rest.sort_by(|a, b| selected.kinds.get(&a.sha1).cmp(&selected.kinds.get(&b.sha1)));
            return out.add_solid(format, &self.new_blobs(&rest), run, meter);
        }
        out.add_all(&self.new_blobs(&rest), &|_| false, meter).map(|_| ())
    }

    fn new_blobs(&self, blobs: &[StoredBlob]) -> Vec<NewBlob> {
        let one = |blob: &StoredBlob| NewBlob {
            blob: self.wim.blob_source(blob),
            sha1: Some(blob.sha1),
            name: format!("blob {}", blob.sha1),
        };
        blobs.iter().map(one).collect()
    }

    /// Whether the stored bytes are what the new file wants.
    fn reusable(&self, resource: &Resource) -> bool {
        let Some(solid) = self.form.solid else { return self.reusable_plain(resource) };
        !self.options.recompress
            && resource.layout == Layout::Solid
            && resource.compression == solid.compression
            && (self.form.any_chunk || resource.chunk_size == solid.chunk_size as u64)
    }

    /// The same of one that is not solid and is not to become so.
    fn reusable_plain(&self, resource: &Resource) -> bool {
        let plain = self.form.plain;
        let alike = match resource.layout {
            Layout::Chunked => {
                resource.compression == plain.compression && resource.chunk_size == plain.chunk_size as u64
            }
            // Stored raw because it did not become smaller, if it was tried.
            Layout::Raw => {
                plain.compression == Compression::None
                    || self.wim.inner.kinds.get(resource.part) == Some(&plain.compression)
            }
            Layout::Solid | Layout::Pipable => false,
        };
        alike && !self.options.recompress
    }

    /// Appends the metadata of one image, byte for byte.
    fn metadata(&self, out: &mut Appender<'_>, index: u32) -> Result<BlobEntry> {
        let blob = self.wim.image_blob(index)?;
        let (resource, source) = self.wim.place(blob)?;
        let resource = if self.reusable_plain(resource) {
            let header = resource.header_at(out.at, ResourceHeader::METADATA);
            out.copy(&**source, resource.offset, resource.stored_size)?;
            header
        } else {
            let data = self.wim.read_blob_to_vec(blob, self.wim.limits().max_metadata)?;
            out.add_bytes(&data, ResourceHeader::METADATA)?
        };
        Ok(BlobEntry { resource, part_number: out.part_number, ref_count: 1, sha1: blob.sha1 })
    }
}

impl NewImages for Make<'_> {
    fn names(&self) -> Vec<String> {
        if let Some(name) = &self.options.name {
            return vec![name.clone()];
        }
        let xml = self.wim.xml();
        let name = |&index: &u32| xml.as_ref().ok()?.image(index).map(|image| image.name.clone());
        self.images.iter().map(|index| name(index).unwrap_or_default()).collect()
    }

    fn write(
        &mut self,
        out: &mut Appender<'_>,
        exists: &dyn Fn(&Sha1Digest) -> bool,
        progress: &Progress,
    ) -> Result<Vec<NewImage>> {
        let (wim, mut xml) = (self.wim, (*self.wim.xml()?).clone());
        let values = [("NAME", &self.options.name), ("DESCRIPTION", &self.options.description)];
        let values: Vec<_> = values.iter().filter_map(|(path, v)| Some((*path, v.as_deref()?))).collect();
        if let Some(&index) = self.images.first().filter(|_| !values.is_empty()) {
            xml = xml.with_values(index, &values, wim.limits())?;
        }
        let kinds = self.form.solid.is_some() && !wim.is_solid();
        let mut selected =
            Selected::new(wim, self.images, kinds, self.lenient, &self.options.delta_from, progress)?;
        let bytes = selected.blobs.iter().map(|b| b.size).sum();
        self.report = ExportReport {
            images: self.images.to_vec(),
            blobs: selected.blobs.len() as u64,
            bytes,
            dropped_blobs: wim.blobs().iter().filter(|b| !selected.uses(&b.sha1)).count() as u64,
            size_before: wim.sources().iter().map(|s| s.size()).sum(),
            ..ExportReport::default()
        };
        let meter = progress.begin(Phase::Write, self.report.blobs, bytes);
        self.contents(out, &selected, exists, &meter)?;
        let mut images = Vec::with_capacity(self.images.len());
        for (&index, references) in self.images.iter().zip(selected.counts.drain(..)) {
            let entry = self.metadata(out, index)?;
            let element = match xml.image(index) {
                Some(_) => xml.element(index, wim.limits())?,
                None => WimXml::blank_image(),
            };
            images.push(NewImage {
                entry,
                element,
                references,
                boot: !self.added && index == wim.header().boot_index,
            });
        }
        Ok(images)
    }
}
