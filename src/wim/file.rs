//! One handle for a WIM, ESD or split set: opened once, cheap to clone, shared by any number of threads.

use super::blob_table::BlobTable;
use super::cache::ChunkCache;
use super::header::{HEADER_LEN, Header, ResourceHeader};
use super::metadata::Metadata;
use super::parts::{find_part, in_order, not_first};
use super::resource::Resource;
use super::solid::{IgnoredEntries, Places, StoredBlob};
use super::xml::WimXml;
use crate::base::{FileAt, Limits, ReadAt, Sha1Digest, Source, utf16le_to_string};
use crate::codec::wimlib::Compression;
use crate::error::{Error, ErrorKind, Result};
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How a WIM is opened.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct OpenOptions {
    /// What is accepted from the file.
    pub limits: Limits,
    /// The other parts of a split set, in any order. Empty: they are looked for beside the first part, under the
    /// names that splitting gives them (`install.swm`, `install2.swm`, ...).
    pub parts: Vec<PathBuf>,
    /// WIMs, ESDs and parts of split sets that blobs are taken from which the WIM does not hold, as a delta WIM
    /// leaves them out. `*` and `?` in a file's name stand for all files that match; the first parts of sets bring
    /// those beside them along.
    pub references: Vec<PathBuf>,
}

impl OpenOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }
}

/// An open WIM. Clones share everything; all methods take `&self` and may be called from any thread.
///
/// ```
/// use wimwright::base::ImagePath;
/// use wimwright::wim::{OpenOptions, VerifyOptions, WimFile};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let (folder, file) = (dir.path().join("folder"), dir.path().join("a.wim"));
/// # std::fs::create_dir_all(folder.join("Windows/System32")).unwrap();
/// # std::fs::write(folder.join("Windows/System32/a.txt"), "contents").unwrap();
/// # use wimwright::wim::capture::{CaptureOptions, capture};
/// # capture(&folder, &file, &CaptureOptions::new(), &wimwright::base::Progress::none())?;
/// let wim = WimFile::open(&file, &OpenOptions::new())?;
/// assert_eq!(wim.image_count(), 1);
/// assert_eq!(wim.path(), Some(&*file));
/// assert!(!wim.is_solid() && wim.blobs().len() == 1);
/// assert_eq!(wim.info()?.images[0].index, 1);
/// let listing = wim.listing(1, &ImagePath::root(), true)?;
/// assert_eq!(listing.entries.last().unwrap().path, r"\Windows\System32\a.txt");
/// assert!(wim.verify(&VerifyOptions::default(), &wimwright::base::Progress::none())?.outcome().is_ok());
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone)]
pub struct WimFile {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    /// Its own parts, then those of its references.
    pub parts: Vec<Source>,
    /// How each part says that its resources are compressed.
    pub kinds: Vec<Compression>,
    /// How many of `parts` and of the blobs of `places` are its own.
    pub own: (usize, usize),
    pub header: Header,
    pub table: BlobTable,
    pub xml: Vec<u8>,
    pub parsed_xml: OnceLock<Arc<WimXml>>,
    pub places: Places,
    pub images: Vec<Mutex<Option<Arc<Metadata>>>>,
    /// The names in them, which they share.
    pub names: Mutex<HashSet<Arc<[u16]>>>,
    pub limits: Limits,
    pub cache: ChunkCache,
    pub path: Option<PathBuf>,
}

impl fmt::Debug for WimFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WimFile").field(&self.name()).finish()
    }
}

///
/// ```
/// use std::sync::Arc;
/// use wimwright::base::Limits;
/// use wimwright::wim::{OpenOptions, WimFile};
///
#[doc = include_str!("../../docs/doctest/image.md")]
/// # let dir = tempfile::tempdir()?;
/// let path = sample_image(dir.path())?;
/// // From memory, or from anything else that implements `ReadAt`.
/// let wim = WimFile::open_source(Arc::new(std::fs::read(&path)?), &OpenOptions::new())?;
/// assert!(wim.path().is_none() && wim.name() == "memory" && wim.sources().len() == 1);
/// assert_eq!(wim.header().image_count, wim.image_count());
/// assert_eq!(wim.xml()?.image(1).unwrap().name, "Windows 10 Pro");
/// assert!(wim.xml_bytes().starts_with(&[0xFF, 0xFE]));
/// // As here the parts of a split set.
/// assert_eq!(WimFile::open_sources(wim.sources().to_vec(), &OpenOptions::new())?.image_count(), 1);
/// // The blobs, by digest; what an image holds stands in its metadata, which is a blob too.
/// for blob in wim.blobs() {
///     assert_eq!(wim.blob(&blob.sha1).unwrap().size, blob.size);
/// }
/// assert!(wim.image(1)?.walk(wim.image(1)?.root()).count() > 5 && wim.image_blob(2).is_err());
/// assert_eq!(wim.blob_table().entries.len(), wim.blobs().len() + 1);
/// assert_eq!(wim.ignored_entries().duplicates, 0);
/// assert_eq!(wim.limits().max_entries, Limits::default().max_entries);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl WimFile {
    /// Opens the WIM, ESD or first part of a split set at `path`.
    ///
    /// Refused with [`Unsupported`](ErrorKind::Unsupported): an encrypted ESD, an unknown version or compression.
    /// A missing part of a split set is [`NotFound`](ErrorKind::NotFound) and named.
    pub fn open(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Self> {
        let path = path.as_ref();
        if path == Path::new("-") && !path.exists() {
            let message =
                "a WIM that comes through a pipe is read by extract, verify, ls, cat and export only";
            return Err(Error::unsupported(message).with_path("-"));
        }
        let first: Source = Arc::new(FileAt::open(path)?);
        let header = read_header(&*first).map_err(|e| e.with_path(path.display()))?;
        let mut sources = vec![first];
        if options.parts.is_empty() {
            not_first(&header).map_or(Ok(()), |e| Err(e.with_path(path.display())))?;
            for number in 2..=header.total_parts {
                sources.push(Arc::new(FileAt::open(find_part(path, number, header.total_parts)?)?));
            }
        } else {
            for part in &options.parts {
                sources.push(Arc::new(FileAt::open(part)?));
            }
        }
        let (sources, headers) = in_order(sources)?;
        let wim = Self::load(sources, &headers, options, Some(path.to_owned()))?;
        wim.lent(&options.references, options)
    }

    /// Opens a WIM that lies in `source`; `parts` of `options` do not count.
    pub fn open_source(source: Source, options: &OpenOptions) -> Result<Self> {
        Self::open_sources(vec![source], options)
    }

    /// Opens a split set from its parts: the first one first, the others in any order.
    pub fn open_sources(sources: Vec<Source>, options: &OpenOptions) -> Result<Self> {
        let (sources, headers) = in_order(sources)?;
        Self::load(sources, &headers, options, None)?.lent(&options.references, options)
    }

    /// Opens parts that are in order, or one part of a set by itself.
    pub(super) fn load(
        sources: Vec<Source>,
        headers: &[Header],
        options: &OpenOptions,
        path: Option<PathBuf>,
    ) -> Result<Self> {
        let limits = options.limits.clone();
        let (Some(header), Some(first)) = (headers.first().cloned(), sources.first()) else {
            return Err(Error::new(ErrorKind::InvalidArgument, "a WIM needs at least one source"));
        };
        let named = |e: Error| e.with_path(first.name());
        if u64::from(header.image_count) > limits.max_entries {
            return Err(named(Error::malformed(format!(
                "{} images are more than any WIM has",
                header.image_count
            ))));
        }
        let xml =
            whole(&**first, &header, &header.xml, &limits, limits.max_document, "XML data").map_err(named)?;
        if is_encrypted(&xml) {
            return Err(named(Error::unsupported("is an encrypted ESD; it has to be decrypted first")));
        }
        let mut places = Places::default();
        let mut first_table = None;
        for (part, (source, header)) in sources.iter().zip(headers).enumerate() {
            let table = read_table(&**source, header, &limits)
                .and_then(|table| {
                    places.add_part(header, &table.entries, part, &**source, &limits)?;
                    Ok(table)
                })
                .map_err(|e| e.with_path(source.name()))?;
            first_table.get_or_insert(table);
        }
        let images = places.images.iter().map(|_| Mutex::default()).collect();
        let parsed_xml = OnceLock::new();
        let cache = ChunkCache::new(limits.memory);
        let table = first_table.unwrap_or_default();
        let kinds = headers.iter().map(|h| h.compression().unwrap_or_default()).collect();
        let own = (sources.len(), places.blobs.len());
        let parts = sources;
        let names = Mutex::default();
        let inner = Inner {
            parts,
            kinds,
            own,
            header,
            table,
            xml,
            parsed_xml,
            places,
            images,
            names,
            limits,
            cache,
            path,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The header of the (first part of the) file.
    pub fn header(&self) -> &Header {
        &self.inner.header
    }

    /// The blob table of the first part, as on disk.
    pub fn blob_table(&self) -> &BlobTable {
        &self.inner.table
    }

    /// Entries of the blob tables that were passed over.
    pub fn ignored_entries(&self) -> IgnoredEntries {
        self.inner.places.ignored
    }

    /// The XML data as stored: UTF-16LE with a byte-order mark.
    pub fn xml_bytes(&self) -> &[u8] {
        &self.inner.xml
    }

    /// What the XML data says; parsed once, then shared.
    pub fn xml(&self) -> Result<Arc<WimXml>> {
        if let Some(xml) = self.inner.parsed_xml.get() {
            return Ok(xml.clone());
        }
        let xml = WimXml::parse(&self.inner.xml, &self.inner.limits).map_err(|e| e.within(self.name()))?;
        Ok(self.inner.parsed_xml.get_or_init(|| Arc::new(xml)).clone())
    }

    /// The bounds it was opened with.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The path it was opened by; `None` for a source.
    pub fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }

    /// What it is called in messages.
    pub fn name(&self) -> String {
        self.inner.parts.first().map(|p| p.name()).unwrap_or_default()
    }

    /// The parts: one, or those of a split set in order. References are not among them.
    pub fn sources(&self) -> &[Source] {
        &self.inner.parts[..self.inner.own.0]
    }

    /// How many images have metadata here.
    pub fn image_count(&self) -> u32 {
        self.inner.images.len() as u32
    }

    /// Whether any of its resources is solid, as in an ESD.
    pub fn is_solid(&self) -> bool {
        self.inner.table.entries.iter().any(super::blob_table::BlobEntry::is_solid)
    }

    /// The blobs of all parts, without the images' metadata, in the order of the tables. What references lend is not
    /// among them.
    pub fn blobs(&self) -> &[StoredBlob] {
        &self.inner.places.blobs[..self.inner.own.1]
    }

    /// The blob with this digest, its own or a reference's.
    pub fn blob(&self, sha1: &Sha1Digest) -> Option<&StoredBlob> {
        let index = *self.inner.places.by_sha1.get(sha1)?;
        self.inner.places.blobs.get(index as usize)
    }

    /// The metadata resource of image `index` (from 1) as a blob.
    pub fn image_blob(&self, index: u32) -> Result<&StoredBlob> {
        let slot = index.checked_sub(1).and_then(|i| self.inner.places.images.get(i as usize));
        slot.ok_or_else(|| {
            let count = self.image_count();
            let kind = if index == 0 { ErrorKind::InvalidArgument } else { ErrorKind::NotFound };
            Error::new(kind, format!("there is no image {index}; images are numbered 1 to {count}"))
                .with_path(self.name())
        })
    }

    /// The metadata of image `index` (from 1): decoded and parsed once, then shared.
    pub fn image(&self, index: u32) -> Result<Arc<Metadata>> {
        let blob = *self.image_blob(index)?;
        let Some(slot) = self.inner.images.get(index as usize - 1) else {
            return Err(Error::new(ErrorKind::Internal, "an image without a place"));
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metadata) = &*slot {
            return Ok(metadata.clone());
        }
        let mut metadata = self.load_image(index, &blob)?;
        if self.inner.images.len() > 1 {
            metadata.share_names(&mut self.inner.names.lock().unwrap_or_else(PoisonError::into_inner));
        }
        Ok(slot.insert(Arc::new(metadata)).clone())
    }

    /// Keeps this form of an image no longer; who asks for it again has it decoded anew.
    pub(super) fn forget_image(&self, index: u32, known: &Arc<Metadata>) {
        let Some(slot) = index.checked_sub(1).and_then(|i| self.inner.images.get(i as usize)) else { return };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.as_ref().is_some_and(|metadata| Arc::ptr_eq(metadata, known)) {
            *slot = None;
        }
    }

    /// Decodes and parses an image's metadata, not kept.
    pub(super) fn load_image(&self, index: u32, blob: &StoredBlob) -> Result<Metadata> {
        let limits = &self.inner.limits;
        self.read_blob_to_vec(blob, limits.max_metadata)
            .and_then(|data| Metadata::parse(&data, limits))
            .map_err(|e| e.within(format!("{}: image {index}", self.name())))
    }
}

/// Reads the header, which a pipable WIM keeps up to date at its end only.
pub(super) fn read_header(source: &dyn ReadAt) -> Result<Header> {
    let size = source.size();
    let read = |at| Header::parse(&source.read_vec(at, (size - at).min(HEADER_LEN as u64) as usize)?);
    let header = read(0)?;
    match size.checked_sub(HEADER_LEN as u64) {
        Some(at) if header.pipable => Ok(Header { pipable: true, ..read(at)? }),
        _ => Ok(header),
    }
}

/// A resource of the header, in memory; none of them is ever larger than the file.
fn whole(
    source: &dyn ReadAt,
    header: &Header,
    at: &ResourceHeader,
    limits: &Limits,
    most: u64,
    what: &str,
) -> Result<Vec<u8>> {
    if at.is_empty() || at.original_size == 0 {
        return Ok(Vec::new());
    }
    Limits::check(&format!("the size of the {what}"), at.original_size, most.min(source.size()))?;
    let resource = Resource::new(header, at, 0, limits)?;
    let mut out = Vec::new();
    resource
        .decode_whole(source, &mut Vec::new(), &mut out)
        .map_err(|e| Error::new(e.kind(), format!("the {what} cannot be read")).with_source(e))?;
    Ok(out)
}

fn read_table(source: &dyn ReadAt, header: &Header, limits: &Limits) -> Result<BlobTable> {
    BlobTable::parse(&whole(source, header, &header.blob_table, limits, u64::MAX, "blob table")?, limits)
}

fn is_encrypted(xml: &[u8]) -> bool {
    let text = utf16le_to_string(xml);
    text.contains("<ENCRYPTED") && text.contains("<ESD")
}
