//! A folder as one run of bytes, and a member as a part of it.

use super::blocks::Blocks;
use super::{Cabinet, Compression, Folder, Member};
use crate::codec::{lzx, mszip};
use crate::error::{Error, ErrorKind, Result};
use std::io::{self, Read};

/// Decodes one folder forwards, block by block, as far as is asked.
pub(super) struct FolderStream<'a> {
    cabinet: &'a Cabinet,
    folder: &'a Folder,
    number: usize,
    blocks: Blocks<'a>,
    engine: Option<Engine>,
    /// Where the current block begins in the folder, and its size.
    start: u64,
    len: usize,
    /// What stopped the decoding.
    failed: Option<(ErrorKind, String)>,
}

enum Engine {
    Stored,
    MsZip(Box<mszip::Decoder>),
    Lzx(Box<lzx::Decoder>),
}

impl Engine {
    fn new(compression: Compression) -> Result<Self> {
        match compression {
            Compression::None => Ok(Self::Stored),
            Compression::MsZip => Ok(Self::MsZip(Box::default())),
            Compression::Lzx { window_bits } => Ok(Self::Lzx(Box::new(lzx::Decoder::new(window_bits)?))),
            Compression::Quantum => {
                Err(Error::unsupported("is compressed with Quantum, which is not handled"))
            }
            Compression::Unknown(n) => {
                Err(Error::unsupported(format!("is compressed with unknown method {n}")))
            }
        }
    }
}

impl<'a> FolderStream<'a> {
    pub(super) fn new(cabinet: &'a Cabinet, number: usize) -> Self {
        let folder = &cabinet.folders[number];
        Self {
            cabinet,
            folder,
            number,
            blocks: Blocks::new(&cabinet.parts, &folder.segments),
            engine: None,
            start: 0,
            len: 0,
            failed: None,
        }
    }

    /// How a member is called in errors.
    pub(super) fn entry(&self, member: &Member) -> String {
        self.cabinet.entry(member)
    }

    /// An error if decoding has failed already.
    pub(super) fn check(&self) -> Result<()> {
        match &self.failed {
            Some((kind, message)) => Err(Error::new(*kind, message.clone()).with_path(self.cabinet.name())),
            None => Ok(()),
        }
    }

    /// The bytes at `pos`, as many as the block that holds it has from there; `pos` never goes back.
    fn bytes_at(&mut self, pos: u64) -> Result<&[u8]> {
        while pos >= self.start + self.len as u64 {
            self.start += self.len as u64;
            self.len = 0;
            let Some(len) = self.next_block(pos)? else {
                return Err(Error::new(
                    ErrorKind::Truncated,
                    format!("ends inside this member, after {} bytes", self.start),
                ));
            };
            self.len = len;
        }
        let data = match &self.engine {
            Some(Engine::MsZip(decoder)) => decoder.output(),
            Some(Engine::Lzx(decoder)) => decoder.output(),
            _ => self.blocks.data(),
        };
        let from = pos.checked_sub(self.start).filter(|_| !self.blocks.skipped());
        match from.and_then(|from| data.get(from as usize..self.len)) {
            Some(bytes) => Ok(bytes),
            None => Err(Error::new(ErrorKind::Internal, "a folder was read backwards")),
        }
    }

    fn next_block(&mut self, pos: u64) -> Result<Option<usize>> {
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => none.insert(Engine::new(self.folder.compression)?),
        };
        let start = self.start;
        let next = match engine {
            // What lies before the wanted byte need not even be read.
            Engine::Stored => self.blocks.next(|len| pos >= start + len as u64)?,
            Engine::MsZip(_) | Engine::Lzx(_) => self.blocks.next(|_| false)?,
        };
        let Some(len) = next else { return Ok(None) };
        let data = self.blocks.data();
        match engine {
            Engine::Stored if self.blocks.skipped() || data.len() == len => {}
            Engine::Stored => {
                return Err(Error::malformed(format!(
                    "a stored block of {} bytes is said to have {len}",
                    data.len()
                )));
            }
            Engine::MsZip(decoder) => {
                decoder.decode(data, len)?;
            }
            Engine::Lzx(decoder) => {
                decoder.decode(data, len)?;
            }
        }
        Ok(Some(len))
    }

    /// [`bytes_at`](Self::bytes_at) for a member, with everything in the error that helps to find the place.
    fn member_bytes(&mut self, pos: u64, member: &Member) -> Result<&[u8]> {
        self.check()?;
        if let Err(e) = self.bytes_at(pos).map(|_| ()) {
            let (block, folder) = (self.blocks.count(), self.number);
            let message = format!("folder {folder}, block {block}: {}", e.message());
            self.failed = Some((e.kind(), message.clone()));
            let mut error = Error::new(e.kind(), message);
            if let Some(cause) = std::error::Error::source(&e) {
                error = error.with_source(cause.to_string());
            }
            return Err(error.with_path(self.entry(member)));
        }
        self.bytes_at(pos)
    }
}

/// Reads exactly one member.
pub(super) struct MemberReader<'s, 'a> {
    stream: &'s mut FolderStream<'a>,
    member: &'s Member,
    pos: u64,
    left: u64,
}

impl<'s, 'a> MemberReader<'s, 'a> {
    pub(super) fn new(stream: &'s mut FolderStream<'a>, member: &'s Member) -> Self {
        Self { stream, member, pos: member.offset, left: member.size }
    }
}

impl Read for MemberReader<'_, '_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buf.is_empty() {
            return Ok(0);
        }
        let bytes = self.stream.member_bytes(self.pos, self.member)?;
        let n = (bytes.len().min(buf.len()) as u64).min(self.left) as usize;
        buf[..n].copy_from_slice(&bytes[..n]);
        self.pos += n as u64;
        self.left -= n as u64;
        Ok(n)
    }

    fn read_to_end(&mut self, out: &mut Vec<u8>) -> io::Result<usize> {
        let before = out.len();
        while self.left > 0 {
            let bytes = self.stream.member_bytes(self.pos, self.member)?;
            let n = (bytes.len() as u64).min(self.left) as usize;
            if out.capacity() - out.len() < n {
                // The rest of the member, but for a size that so far is only claimed not all at once.
                out.reserve_exact(self.left.min((out.len() - before + (1 << 20)) as u64) as usize);
            }
            out.extend_from_slice(&bytes[..n]);
            self.pos += n as u64;
            self.left -= n as u64;
        }
        Ok(out.len() - before)
    }
}
