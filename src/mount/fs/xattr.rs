//! Extended attributes: what Windows keeps beside the data, under the names that ntfs-3g gave to it.

use super::journal::{Record, Stream};
use super::state::State;
use super::{FsResult, ImageFs, Kind};
use crate::base::Name;
use crate::wim::metadata::{DentryId, InodeId};
use crate::wim::overlay::check_name;
use rustix::io::Errno;

/// The most that the kernel takes for one value.
const MOST: u64 = 64 << 10;
/// The longest name of an extended attribute.
const MAX_XATTR_NAME: usize = 255;

/// Extended attributes that are no streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Special {
    Attributes,
    Acl,
    Reparse,
    ShortName,
    Times,
}

fn special(name: &[u8]) -> Option<Special> {
    Some(match name {
        b"system.ntfs_attrib" => Special::Attributes,
        b"system.ntfs_acl" => Special::Acl,
        b"system.ntfs_reparse_data" => Special::Reparse,
        b"system.ntfs_dos_name" => Special::ShortName,
        b"system.ntfs_times" => Special::Times,
        _ => return None,
    })
}

fn stream_name(name: &[u8]) -> Option<Name> {
    name.strip_prefix(b"user.").and_then(Name::from_wtf8).filter(|name| !name.is_empty())
}

impl ImageFs {
    /// The value of an extended attribute.
    pub fn get_xattr(&self, ino: u64, name: &[u8]) -> FsResult<Vec<u8>> {
        let state = self.read_state();
        let id = self.inode(&state, ino)?;
        let inode = state.metadata.inode(id);
        match special(name) {
            Some(Special::Attributes) => Ok(inode.attributes().to_le_bytes().to_vec()),
            Some(Special::Acl) => {
                state.metadata.security().get(inode.security_id()).map(<[u8]>::to_vec).ok_or(Errno::NODATA)
            }
            Some(Special::Reparse) => {
                let tag = inode.reparse_tag().ok_or(Errno::NODATA)?;
                let data = self.small(&state, id, &Stream::Reparse, MOST - 8)?;
                let mut out = tag.to_le_bytes().to_vec();
                out.extend((data.len() as u16).to_le_bytes());
                out.extend([0; 2]);
                out.extend(data);
                Ok(out)
            }
            Some(Special::ShortName) => {
                let short = state.metadata.dentry(live_name(&state, id)?).short_name();
                if short.is_empty() { Err(Errno::NODATA) } else { Ok(short.to_wtf8()) }
            }
            Some(Special::Times) => {
                let times = self.attr_of(&state, id).times;
                Ok([times.creation, times.write, times.access]
                    .into_iter()
                    .flat_map(u64::to_le_bytes)
                    .collect())
            }
            None => {
                let stream =
                    stream_name(name).and_then(|name| state.stream(id, &name)).ok_or(Errno::NODATA)?;
                self.small(&state, id, &stream, MOST)
            }
        }
    }

    /// The names of the extended attributes that are streams, each with a zero byte behind it. The others are not listed,
    /// so that copying does not carry them to file systems that do not know them.
    pub fn list_xattrs(&self, ino: u64) -> FsResult<Vec<u8>> {
        let state = self.read_state();
        let id = self.inode(&state, ino)?;
        let mut out = Vec::new();
        for stream in state.metadata.inode(id).named_streams() {
            let name = stream.name().to_wtf8();
            let fits = name.len() + 5 <= MAX_XATTR_NAME && out.len() + name.len() + 6 <= MOST as usize;
            if fits && !name.contains(&0) {
                out.extend_from_slice(b"user.");
                out.extend(name);
                out.push(0);
            }
        }
        Ok(out)
    }

    /// Sets an extended attribute; `create` fails where it is there already, `replace` where it is not.
    pub fn set_xattr(
        &self,
        ino: u64,
        name: &[u8],
        value: &[u8],
        create: bool,
        replace: bool,
    ) -> FsResult<()> {
        self.edits()?;
        let Some(what) = special(name) else { return self.set_stream(ino, name, value, create, replace) };
        if create && self.get_xattr(ino, name).is_ok() {
            return Err(Errno::EXIST);
        }
        if what == Special::Reparse {
            return self.set_reparse(ino, value);
        }
        let mut state = self.write_state();
        let id = self.inode(&state, ino)?;
        match what {
            Special::Attributes => {
                let bits = value.try_into().map_err(|_| Errno::INVAL)?;
                self.set_attributes(&mut state, id, u32::from_le_bytes(bits))
            }
            Special::Acl => {
                if value.len() < 20 || value[0] != 1 {
                    return Err(Errno::INVAL);
                }
                let descriptor = Some(value.to_vec());
                self.change(&mut state, &Record::Security { inode: id.0, descriptor })
            }
            Special::ShortName => {
                let short = Name::from_wtf8(value).ok_or(Errno::INVAL)?;
                check_name(&short).map_err(|_| Errno::INVAL)?;
                // Eight characters, a point, three.
                if short.units().len() > 12 {
                    return Err(Errno::INVAL);
                }
                let dentry = live_name(&state, id)?.0;
                self.change(&mut state, &Record::ShortName { dentry, name: short.units().to_vec() })
            }
            Special::Times => {
                let old = self.attr_of(&state, id).times;
                let mut times = [old.creation, old.write, old.access];
                if value.is_empty() || !value.len().is_multiple_of(8) {
                    return Err(Errno::INVAL);
                }
                for (time, bytes) in times.iter_mut().zip(value.chunks_exact(8)) {
                    *time = u64::from_le_bytes(bytes.try_into().map_err(|_| Errno::INVAL)?);
                }
                let [creation, write, access] = times;
                if let Some(upper) = state.contents.get(&(id, Stream::Data)) {
                    upper.touch(0);
                }
                self.change(&mut state, &Record::Times { inode: id.0, times: [creation, access, write] })
            }
            Special::Reparse => Err(Errno::INVAL),
        }
    }

    fn set_stream(&self, ino: u64, name: &[u8], value: &[u8], create: bool, replace: bool) -> FsResult<()> {
        let name = stream_name(name).ok_or(Errno::OPNOTSUPP)?;
        check_name(&name).map_err(|_| Errno::INVAL)?;
        let edits = self.edits()?;
        let file = if value.is_empty() { 0 } else { edits.new_file(value)? };
        let mut state = self.write_state();
        let id = self.inode(&state, ino)?;
        let known = state.stream(id, &name);
        let refused = match &known {
            Some(_) if create => Some(Errno::EXIST),
            None if replace => Some(Errno::NODATA),
            None if state.metadata.inode(id).extra_streams().len() >= usize::from(u16::MAX) - 3 => {
                Some(Errno::NOSPC)
            }
            _ => None,
        };
        if let Some(e) = refused {
            let _ = std::fs::remove_file(edits.path(file));
            return Err(e);
        }
        let stream = known.unwrap_or_else(|| Stream::Named(name.units().to_vec()));
        self.put(&mut state, id, stream, file, value.len() as u64)
    }

    /// Makes a data file the contents of a stream, and takes away the one before.
    fn put(&self, state: &mut State, id: InodeId, stream: Stream, file: u64, len: u64) -> FsResult<()> {
        let old = state.contents.get(&(id, stream.clone())).map(|upper| upper.number);
        self.change(state, &Record::Content { inode: id.0, stream: stream.clone(), file })?;
        if let Some(upper) = state.contents.get(&(id, stream)) {
            upper.set_len(len);
        }
        if let Some(old) = old {
            let _ = std::fs::remove_file(self.edits()?.path(old));
        }
        Ok(())
    }

    /// Makes an empty file, an empty directory or a reparse point a reparse point of the given kind.
    fn set_reparse(&self, ino: u64, value: &[u8]) -> FsResult<()> {
        let Some((head, data)) = value.split_first_chunk::<8>() else { return Err(Errno::INVAL) };
        let [t0, t1, t2, t3, l0, l1, ..] = *head;
        if usize::from(u16::from_le_bytes([l0, l1])) != data.len() {
            return Err(Errno::INVAL);
        }
        let file = self.edits()?.new_file(data)?;
        let mut state = self.write_state();
        let id = self.inode(&state, ino)?;
        let inode = state.metadata.inode(id);
        let has_data = match Kind::of(inode) {
            _ if inode.is_reparse_point() => false,
            Kind::Directory => !state.metadata.dentry(state.home[id.0 as usize]).children().is_empty(),
            _ => self.attr_of(&state, id).size != 0,
        };
        if has_data || id == self.root {
            return Err(Errno::NOTEMPTY);
        }
        // An image cannot store hard links of reparse points.
        if inode.links() > 1 {
            return Err(Errno::MLINK);
        }
        self.change(&mut state, &Record::Tag { inode: id.0, tag: u32::from_le_bytes([t0, t1, t2, t3]) })?;
        self.put(&mut state, id, Stream::Reparse, file, data.len() as u64)
    }

    /// Takes an extended attribute away.
    pub fn remove_xattr(&self, ino: u64, name: &[u8]) -> FsResult<()> {
        self.get_xattr(ino, name).or_else(|e| if e == Errno::TOOBIG { Ok(Vec::new()) } else { Err(e) })?;
        let mut state = self.write_state();
        let id = self.inode(&state, ino)?;
        let stream = match special(name) {
            Some(Special::Acl) => {
                return self.change(&mut state, &Record::Security { inode: id.0, descriptor: None });
            }
            Some(Special::ShortName) => {
                let dentry = live_name(&state, id)?.0;
                return self.change(&mut state, &Record::ShortName { dentry, name: Vec::new() });
            }
            Some(Special::Attributes | Special::Times) => return Err(Errno::OPNOTSUPP),
            Some(Special::Reparse) => Stream::Reparse,
            None => stream_name(name).and_then(|name| state.stream(id, &name)).ok_or(Errno::NODATA)?,
        };
        let old = state.contents.get(&(id, stream.clone())).map(|upper| upper.number);
        self.change(&mut state, &Record::Drop { inode: id.0, stream })?;
        if let Some(old) = old {
            let _ = std::fs::remove_file(self.edits()?.path(old));
        }
        Ok(())
    }
}

/// A name that an inode has now; the one that was given to it last, where it is there still.
fn live_name(state: &State, id: InodeId) -> FsResult<DentryId> {
    let metadata = &state.metadata;
    let alive = |at: &DentryId| {
        let dentry = metadata.dentry(*at);
        dentry.inode() == id && metadata.dentry(dentry.parent()).children().contains(at)
    };
    let home = state.home[id.0 as usize];
    if home == metadata.root() || alive(&home) {
        return Ok(home);
    }
    let mut all = (0..metadata.dentries.len() as u32).map(DentryId);
    all.find(|at| metadata.dentry(*at).inode() == id && alive(at)).ok_or(Errno::NOENT)
}
