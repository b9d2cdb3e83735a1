//! The changes of a mount as records on disk: what is needed to make them again over the image as it was.
//!
//! A record is a line, `CRC-32 JSON`. Entries and inodes go by the numbers they have in the image's metadata and get as
//! they are made, so making the records again in order gives the same tree. A line that was cut off ends the journal.

use crate::error::{Error, ErrorKind, Result};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// One of the contents of an inode.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::mount) enum Stream {
    /// The unnamed data stream.
    Data,
    /// The reparse data, without tag and length.
    Reparse,
    /// A named stream, as it is spelled.
    Named(Vec<u16>),
}

/// One change. Numbers of data files begin at 1; 0 is for contents that are empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(in crate::mount) enum Record {
    /// A new file, directory or reparse point.
    Create { dir: u32, name: Vec<u16>, attributes: u32, tag: u32, content: Option<(Stream, u64)>, time: u64 },
    /// A further name of a file, all of whose names then are of hard-link group `group`.
    Link { inode: u32, dir: u32, name: Vec<u16>, group: u64, time: u64 },
    /// A name taken away.
    Remove { dentry: u32, time: u64 },
    /// A name moved, perhaps over another.
    Move { dentry: u32, dir: u32, name: Vec<u16>, replaced: Option<u32>, time: u64 },
    /// Two names that changed places.
    Exchange { a: u32, b: u32, time: u64 },
    /// `FILE_ATTRIBUTE_*` bits.
    Attributes { inode: u32, attributes: u32 },
    /// Creation, access and write.
    Times { inode: u32, times: [u64; 3] },
    /// A security descriptor, or none.
    Security { inode: u32, descriptor: Option<Vec<u8>> },
    /// An 8.3 name, or none.
    ShortName { dentry: u32, name: Vec<u16> },
    /// A stream whose contents are those of a data file from now on.
    Content { inode: u32, stream: Stream, file: u64 },
    /// The data file of an inode is being written to again.
    Touched { inode: u32 },
    /// A named stream or the reparse data taken away.
    Drop { inode: u32, stream: Stream },
    /// Reparse data of another kind, or the first.
    Tag { inode: u32, tag: u32 },
}

/// A journal that is being written.
#[derive(Debug)]
pub(in crate::mount) struct Journal {
    file: File,
    len: u64,
    line: Vec<u8>,
}

impl Journal {
    /// A new one at `path`.
    pub fn create(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).open(path);
        let file = file.map_err(|e| Error::io("make the journal", path, e))?;
        Ok(Self { file, len: 0, line: Vec::new() })
    }

    /// Appends a record. One that cannot be written whole is not there at all.
    pub fn append(&mut self, record: &Record) -> Result<(), Errno> {
        self.line.clear();
        self.line.extend_from_slice(b"00000000 ");
        serde_json::to_writer(&mut self.line, record).map_err(|_| Errno::IO)?;
        let crc = format!("{:08x}", crc32fast::hash(&self.line[9..]));
        self.line[..8].copy_from_slice(crc.as_bytes());
        self.line.push(b'\n');
        if let Err(e) = (&self.file).write_all(&self.line) {
            // What fails here leaves a line that is not whole, which ends the journal for whoever reads it.
            let _ = self.file.set_len(self.len);
            return Err(Errno::from_io_error(&e).unwrap_or(Errno::IO));
        }
        self.len += self.line.len() as u64;
        Ok(())
    }

    /// Returns when all records would survive a loss of power.
    pub fn sync(&self) -> Result<(), Errno> {
        self.file.sync_data().map_err(|e| Errno::from_io_error(&e).unwrap_or(Errno::IO))
    }
}

/// The whole records of the journal at `path`, in order.
pub(in crate::mount) fn read(path: &Path) -> Result<Vec<Record>> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("read the journal", path, e))?;
    let mut records = Vec::new();
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let Some(record) = parse(line) else { break };
        records.push(record);
    }
    Ok(records)
}

fn parse(line: &[u8]) -> Option<Record> {
    let line = line.strip_suffix(b"\n")?;
    let (crc, json) = (std::str::from_utf8(line.get(..8)?).ok()?, line.get(9..)?);
    (u32::from_str_radix(crc, 16).ok()? == crc32fast::hash(json))
        .then(|| serde_json::from_slice(json).ok())?
}

/// Where data file `number` lies below `data`.
pub(in crate::mount) fn data_file(data: &Path, number: u64) -> PathBuf {
    data.join(format!("{:x}", number >> 10)).join(format!("{number:x}"))
}

/// A journal that does not fit the image.
pub(super) fn misfit(what: &str) -> Error {
    Error::new(
        ErrorKind::Malformed,
        format!("the journal of the mount names {what} that the image does not have"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_until_the_first_that_is_not_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let mut journal = Journal::create(&path).unwrap();
        let records = [
            Record::Create {
                dir: 0,
                name: vec![0xD800, 10, 0x61],
                attributes: 32,
                tag: 0,
                content: Some((Stream::Named(vec![1]), 7)),
                time: u64::MAX,
            },
            Record::Security { inode: 3, descriptor: Some(vec![0, 255]) },
            Record::Content { inode: 1, stream: Stream::Data, file: 9 },
        ];
        for record in &records {
            journal.append(record).unwrap();
        }
        journal.sync().unwrap();
        assert_eq!(read(&path).unwrap(), records);
        let whole = std::fs::read(&path).unwrap();
        for cut in 1..40 {
            std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            assert_eq!(read(&path).unwrap(), records[..2]);
        }
        let mut bad = whole.clone();
        bad[12] ^= 1;
        std::fs::write(&path, bad).unwrap();
        assert_eq!(read(&path).unwrap(), []);
        assert!(Journal::create(&path).is_err());
    }
}
