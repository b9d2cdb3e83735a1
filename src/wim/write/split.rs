//! One WIM as a set of files of a bounded size.

use super::blobs::Appender;
use super::disk::Disk as _;
use super::new_file::NewFile;
use super::random_guid;
use super::resource::Format;
use crate::base::{Meter, Phase, Progress};
use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
use crate::wim::blob_table::{BlobEntry, BlobTable};
use crate::wim::file::WimFile;
use crate::wim::header::{HEADER_LEN, Header, ResourceHeader, flags};
use crate::wim::integrity::{CHUNK_SIZE, IntegrityTable};
use crate::wim::parts::part_path;
use crate::wim::resource::Layout;
use crate::wim::solid::StoredBlob;
use std::path::{Path, PathBuf};

/// How a WIM is split.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SplitOptions {
    /// Whether the parts have integrity tables; `None` as the source.
    pub integrity: Option<bool>,
    /// Replace parts that exist; otherwise they are an error.
    pub replace: bool,
    /// The 16 bytes that name the set; `None` for random ones.
    pub guid: Option<[u8; 16]>,
}

impl SplitOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What a split did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SplitReport {
    /// The parts in order.
    pub parts: Vec<SplitPart>,
    /// Parts that are larger than was asked for, because one resource, or the metadata of all images, is.
    pub too_large: u64,
    /// Bytes of the source, all its parts.
    pub size_before: u64,
}

/// One part of a split set.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SplitPart {
    /// The file.
    #[serde(serialize_with = "crate::base::path_text")]
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// Blobs in it, without metadata.
    pub blobs: u64,
}

/// Splits `wim` into files of at most `part_size` bytes: `first`, and beside it its name with 2, 3, ... added.
///
/// Nothing is decoded or compressed anew, and a resource is never cut, so one that is larger than `part_size` makes a
/// part of its own. The metadata of all images lies in the first part. The parts are put into their places, the first
/// one last, when all are written.
pub fn split(
    wim: &WimFile,
    first: &Path,
    part_size: u64,
    options: &SplitOptions,
    progress: &Progress,
) -> Result<SplitReport> {
    let plan = Plan::new(wim, part_size, options)?;
    let total = u16::try_from(plan.parts.len()).map_err(|_| {
        Error::new(ErrorKind::InvalidArgument, format!("parts of {part_size} bytes would be too many"))
    })?;
    let paths: Vec<_> =
        (1..=total).map(|n| if n == 1 { first.to_owned() } else { part_path(first, n) }).collect();
    if let Some(there) = paths.iter().find(|p| !options.replace && p.symlink_metadata().is_ok()) {
        return Err(Error::new(ErrorKind::AlreadyExists, "exists already").with_path(there.display()));
    }
    let guid = options.guid.unwrap_or_else(random_guid);
    let bytes = plan.parts.iter().flatten().map(|b| b.size).sum();
    let meter = progress.begin(Phase::Write, plan.parts.iter().map(|p| p.len() as u64).sum(), bytes);
    let mut report =
        SplitReport { size_before: wim.sources().iter().map(|s| s.size()).sum(), ..SplitReport::default() };
    let mut files = Vec::new();
    let permissions = wim.path().and_then(|p| std::fs::metadata(p).ok()).map(|m| m.permissions());
    for ((number, path), blobs) in (1..).zip(&paths).zip(&plan.parts) {
        let file = NewFile::beside(path, true, permissions.clone())?;
        let header = Header { guid, part_number: number, total_parts: total, ..wim.header().clone() };
        let size = plan.write(&file, wim, header, blobs, &meter, progress)?;
        report.too_large += u64::from(size > part_size);
        report.parts.push(SplitPart { path: path.clone(), size, blobs: blobs.len() as u64 });
        files.push(file);
    }
    progress.check()?;
    for file in files.into_iter().rev() {
        file.put()?;
    }
    Ok(report)
}

/// Which blobs go into which part.
struct Plan {
    parts: Vec<Vec<StoredBlob>>,
    integrity: bool,
}

impl Plan {
    fn new(wim: &WimFile, part_size: u64, options: &SplitOptions) -> Result<Self> {
        let integrity = options.integrity.unwrap_or(!wim.header().integrity.is_empty());
        let entry = BlobEntry::LEN as u64;
        let table = if integrity { 12 + 20 * (part_size / u64::from(CHUNK_SIZE) + 1) } else { 0 };
        let empty = HEADER_LEN as u64 + wim.xml_bytes().len() as u64 + table;
        let mut size = empty;
        for index in 1..=wim.image_count() {
            size += wim.place(wim.image_blob(index)?)?.0.stored_size + entry;
        }
        let mut blobs = Vec::with_capacity(wim.blobs().len());
        for blob in wim.blobs() {
            let resource = wim.place(blob)?.0;
            if resource.layout == Layout::Pipable {
                let e =
                    Error::unsupported("a pipable WIM cannot be split; export it to an ordinary one first");
                return Err(e.with_path(wim.name()));
            }
            blobs.push(((resource.part, resource.offset, blob.offset), *blob));
        }
        blobs.sort_unstable_by_key(|(place, _)| *place);
        let (mut parts, mut part) = (Vec::new(), Vec::new());
        for own in blobs.chunk_by(|(_, a), (_, b)| a.resource == b.resource) {
            let resource = wim.place(&own[0].1)?.0;
            let solid = u64::from(resource.layout == Layout::Solid);
            let more = resource.stored_size + entry * (own.len() as u64 + solid);
            // What lies in the first part already is the metadata.
            if size + more > part_size && (!part.is_empty() || parts.is_empty()) {
                parts.push(std::mem::take(&mut part));
                size = empty;
            }
            size += more;
            part.extend(own.iter().map(|(_, blob)| *blob));
        }
        if !part.is_empty() || parts.is_empty() {
            parts.push(part);
        }
        Ok(Self { parts, integrity })
    }

    /// Writes one part and gives its size.
    fn write(
        &self,
        file: &NewFile,
        wim: &WimFile,
        mut header: Header,
        blobs: &[StoredBlob],
        meter: &Meter,
        progress: &Progress,
    ) -> Result<u64> {
        let disk = file.disk()?;
        // Nothing is compressed here.
        let format = Format { compression: Compression::None, chunk_size: 0, level: 0 };
        let mut out = Appender::new(&disk, format, HEADER_LEN as u64, header.part_number);
        out.copy_resources(wim, blobs, meter)?;
        for entry in out.entries.iter_mut().filter(|e| !e.is_solid_resource()) {
            entry.ref_count = wim.blob(&entry.sha1).map_or(1, |blob| blob.ref_count);
        }
        let mut entries = Vec::new();
        header.boot_metadata = ResourceHeader::default();
        if header.part_number == 1 {
            for index in 1..=wim.image_count() {
                let blob = wim.image_blob(index)?;
                let (resource, source) = wim.place(blob)?;
                let resource_header = resource.header_at(out.at, ResourceHeader::METADATA);
                out.copy(&**source, resource.offset, resource.stored_size)?;
                if index == header.boot_index {
                    header.boot_metadata = resource_header;
                }
                let (resource, sha1) = (resource_header, blob.sha1);
                entries.push(BlobEntry { resource, part_number: 1, ref_count: 1, sha1 });
            }
        } else {
            header.boot_index = 0;
        }
        entries.append(&mut out.entries);
        header.blob_table = out.add_raw(&BlobTable { entries }.to_bytes(), ResourceHeader::METADATA)?;
        let covered = out.at;
        // Each part has it, as the source had it.
        header.xml = out.add_raw(wim.xml_bytes(), ResourceHeader::METADATA)?;
        header.integrity = ResourceHeader::default();
        if self.integrity {
            let table = IntegrityTable::compute(&disk, covered, None, progress)?;
            header.integrity = out.add_raw(&table.to_bytes(), ResourceHeader::METADATA)?;
        }
        header.flags &= !(flags::WRITE_IN_PROGRESS | flags::READ_ONLY | flags::SPANNED);
        if header.total_parts > 1 {
            header.flags |= flags::SPANNED;
        }
        disk.write_at(&header.to_bytes(), 0)?;
        disk.sync()?;
        Ok(out.at)
    }
}
