//! Writing a metadata file: entry by entry, so that it takes no memory of its own however large the image is.

use super::{INLINE, Record, Reparse, SCHEMA, Stream, Text, Ticks, data_folder, hex};
use crate::base::{Limits, Meter, Name, Replacement, Sha1Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::wim::extract::is_link;
use crate::wim::file::WimFile;
use crate::wim::metadata::attributes::DIRECTORY;
use crate::wim::metadata::{DentryId, ExtraStream, Inode, Metadata};
use crate::wim::solid::StoredBlob;
use crate::wim::sweep::{Visitor, sweep};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What an extraction tells of its entries.
pub(in crate::wim) struct Kept<'a> {
    pub wim: &'a WimFile,
    pub index: u32,
    pub metadata: &'a Metadata,
    /// The entries that were chosen, directories before what is in them.
    pub chosen: &'a [DentryId],
    /// Those that are not in the folder.
    pub missing: &'a HashSet<DentryId>,
    /// What the links in the folder say.
    pub links: &'a HashMap<DentryId, Name>,
    pub threads: usize,
}

/// Writes the metadata file to `path`, and what is too large for it to the folder beside it. Gives the contents that
/// belong there and cannot be read; what needs them stands there without them.
pub(in crate::wim) fn write(
    kept: &Kept<'_>,
    path: &Path,
    meter: &Meter,
) -> Result<BTreeMap<Sha1Digest, Error>> {
    let new = Replacement::begin(path)?;
    let store = Store { folder: data_folder(path), inline: Mutex::default(), damaged: Mutex::default() };
    let blobs = kept.contents(&store);
    if blobs.iter().any(|blob| blob.size > INLINE) {
        std::fs::create_dir_all(&store.folder).map_err(|e| Error::io("make the folder", &store.folder, e))?;
    }
    sweep(kept.wim, &blobs, &store, meter, kept.threads)?;
    let failed = |e: std::io::Error| Error::io("write the metadata file", path, e);
    let mut out = BufWriter::with_capacity(1 << 18, new.file());
    kept.document(&store, &mut out, meter).map_err(failed)?;
    out.flush().map_err(failed)?;
    drop(out);
    new.finish()?;
    Ok(store.damaged.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Kept<'_> {
    /// The contents that the folder does not hold: named streams, reparse data, and all of what is missing.
    fn contents(&self, store: &Store) -> Vec<StoredBlob> {
        let mut wanted = BTreeSet::new();
        for &id in self.chosen {
            let inode = self.metadata.inode_of(id);
            if self.missing.contains(&id) {
                wanted.extend(inode.digests());
                continue;
            }
            // The data of a file lies in the folder.
            let file = inode.attributes() & DIRECTORY == 0 && !is_link(inode);
            let data = inode.data_slot().filter(|_| file).map(|slot| inode.sha1_at(slot));
            wanted.extend(inode.digests().filter(|d| Some(*d) != data));
            wanted.extend(inode.named_streams().map(ExtraStream::sha1).filter(|d| !d.is_zero()));
        }
        let mut blobs = Vec::with_capacity(wanted.len());
        for sha1 in wanted {
            match self.wim.blob(&sha1) {
                Some(blob) => blobs.push(*blob),
                None => store.lost(sha1, Error::new(ErrorKind::NotFound, "is not in the WIM")),
            }
        }
        blobs
    }

    fn document(&self, store: &Store, out: &mut impl Write, meter: &Meter) -> std::io::Result<()> {
        let limits: &Limits = self.wim.limits();
        let xml = self.wim.xml()?;
        let element = xml.element(self.index, limits).ok();
        let name = xml.image(self.index).map(|image| image.name.clone());
        write!(out, "{{\n\"schema\":\"{SCHEMA}\",\n\"image\":")?;
        serde_json::to_writer(&mut *out, &serde_json::json!({ "name": name, "element": element }))?;
        write!(out, ",\n\"security\":[")?;
        for id in 0..self.metadata.security().len() {
            let descriptor = self.metadata.security().get(id as i32).unwrap_or_default();
            let text = hex(descriptor.iter().copied());
            write!(out, "{}\n\"{text}\"", if id == 0 { "" } else { "," })?;
        }
        write!(out, "],\n\"entries\":[")?;
        let mut names = Names::default();
        let damaged = store.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, &id) in self.chosen.iter().enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, &self.record(id, names.of(self.metadata, id), &damaged))?;
            if at.is_multiple_of(4096) {
                meter.add_bytes(0)?;
            }
        }
        write!(out, "],\n\"contents\":{{")?;
        let inline = store.inline.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, (sha1, data)) in inline.iter().enumerate() {
            write!(out, "{}\n\"{sha1}\":\"{}\"", if at == 0 { "" } else { "," }, hex(data.iter().copied()))?;
        }
        writeln!(out, "}}\n}}")
    }

    fn record(&self, id: DentryId, names: &[Name], damaged: &BTreeMap<Sha1Digest, Error>) -> Record {
        let (dentry, inode) = (self.metadata.dentry(id), self.metadata.inode_of(id));
        let there = |sha1: &Sha1Digest| !sha1.is_zero() && !damaged.contains_key(sha1);
        let digest = |sha1: Sha1Digest| there(&sha1).then(|| sha1.to_string());
        let stream = |stream: &ExtraStream| Stream {
            name: Text::new(&stream.name),
            sha1: digest(stream.sha1),
            reserved: Some(Ticks(stream.reserved)).filter(|r| r.0 != 0),
        };
        let reparse = inode.reparse_tag().map(|tag| Reparse {
            tag,
            reserved: (inode.link >> 32) as u16,
            flags: (inode.link >> 48) as u16,
            link: self.links.get(&id).map(Text::new),
        });
        let times = inode.times;
        Record {
            path: Text::path(names),
            attributes: inode.attributes,
            security: u32::try_from(inode.security_id).ok().filter(|&i| self.has_descriptor(i)),
            created: Ticks(times.creation),
            accessed: Ticks(times.access),
            written: Ticks(times.write),
            short_name: Some(&dentry.short_name).filter(|name| !name.is_empty()).map(Text::new),
            file: (inode.links > 1).then_some(dentry.inode.0),
            link_group: inode.link_group().map(Ticks),
            reparse,
            sha1: digest(inode.default_sha1),
            streams: inode.streams.iter().map(stream).collect(),
            tagged_items: (!inode.tagged.is_empty()).then(|| hex(inode.tagged.iter().copied())),
            unused: unused(inode),
            has_list: Some(inode.has_list).filter(|&has| has != inode.is_dir()),
            // What was refused because its data is damaged is nowhere.
            only_here: self.missing.contains(&id) && inode.digests().all(|sha1| there(&sha1)),
        }
    }

    fn has_descriptor(&self, id: u32) -> bool {
        self.metadata.security().get(id as i32).is_some()
    }
}

/// The fields that nobody knows the meaning of, where one is set.
fn unused(inode: &Inode) -> Option<String> {
    let [a, b] = inode.unused;
    let set = a != 0 || b != 0 || inode.unknown != 0;
    let bytes = a.to_le_bytes().into_iter().chain(b.to_le_bytes()).chain(inode.unknown.to_le_bytes());
    set.then(|| hex(bytes))
}

/// The names on the way to one entry after the other; most share all but the last with the one before.
#[derive(Default)]
struct Names {
    dir: Option<DentryId>,
    names: Vec<Name>,
}

impl Names {
    fn of(&mut self, metadata: &Metadata, id: DentryId) -> &[Name] {
        if id == metadata.root() {
            *self = Self::default();
            return &self.names;
        }
        let parent = metadata.dentry(id).parent();
        if self.dir == Some(parent) {
            self.names.pop();
        } else {
            self.names = metadata.path(parent).names().to_vec();
            self.dir = Some(parent);
        }
        self.names.push(metadata.dentry(id).name().clone());
        &self.names
    }
}

/// Where contents go that the folder does not hold.
struct Store {
    folder: PathBuf,
    inline: Mutex<BTreeMap<Sha1Digest, Vec<u8>>>,
    /// What cannot be read.
    damaged: Mutex<BTreeMap<Sha1Digest, Error>>,
}

impl Store {
    fn lost(&self, sha1: Sha1Digest, e: Error) {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).insert(sha1, e);
    }

    fn create(&self, blob: &StoredBlob) -> Result<(PathBuf, File)> {
        let path = self.folder.join(blob.sha1.to_string());
        let file = File::create(&path).map_err(|e| Error::io("create the file", &path, e))?;
        Ok((path, file))
    }
}

fn put((path, file): &mut (PathBuf, File), data: &[u8]) -> Result<()> {
    file.write_all(data).map_err(|e| Error::io("write the file", path, e))
}

impl Visitor for Store {
    type State = (PathBuf, File);

    fn whole(&self, blob: &StoredBlob, data: &[u8]) -> Result<()> {
        if blob.size > INLINE {
            return self.create(blob).and_then(|mut file| put(&mut file, data));
        }
        self.inline.lock().unwrap_or_else(PoisonError::into_inner).insert(blob.sha1, data.to_vec());
        Ok(())
    }

    fn begin(&self, blob: &StoredBlob) -> Result<Self::State> {
        self.create(blob)
    }

    fn data(&self, file: &mut Self::State, data: &[u8]) -> Result<()> {
        put(file, data)
    }

    fn end(&self, _: &StoredBlob, _: Self::State) -> Result<()> {
        Ok(())
    }

    fn failed(&self, blob: &StoredBlob, begun: Option<Self::State>, error: Error) -> Result<()> {
        if let Some((path, _)) = begun {
            // What made it fail is what the caller hears of.
            let _ = std::fs::remove_file(path);
        }
        self.lost(blob.sha1, error);
        Ok(())
    }
}
