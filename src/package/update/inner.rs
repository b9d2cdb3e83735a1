//! The cabinets inside a container, decoded once into memory or a temporary file.

use super::shape::{self, Role};
use super::{Kind, PackageCab, properties, too_deep};
use crate::base::{FileAt, Limits, Meter, ReadAt, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::package::cab::{Cabinet, Member};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

/// Bytes copied to a temporary file between two looks at the cancel flag.
const STEP: usize = 1 << 20;

/// Opens what lies inside containers and gathers packages, properties and the answer file.
pub(super) struct Opener<'a> {
    limits: &'a Limits,
    meter: Meter,
    /// Bytes of inner cabinets held in memory and decoded in all.
    in_memory: u64,
    decoded: u64,
    found: Found,
}

/// What lies inside a container.
#[derive(Default)]
pub(super) struct Found {
    pub(super) packages: Vec<PackageCab>,
    /// Cabinets that hold no package.
    pub(super) plain: Vec<PackageCab>,
    /// Why the first unreadable cabinet is none.
    pub(super) broken: Option<Error>,
    pub(super) properties: Vec<(String, String)>,
    pub(super) answer: Option<Vec<u8>>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(limits: &'a Limits, meter: Meter) -> Self {
        Self { limits, meter, in_memory: 0, decoded: 0, found: Found::default() }
    }

    pub(super) fn finish(self) -> Found {
        self.found
    }

    /// Opens the packages of `container`, which is called `label` in its own container, and of the bundles in
    /// it, `depth` levels down.
    pub(super) fn open(&mut self, container: &Cabinet, label: &str, depth: u32) -> Result<()> {
        let mut inner: Vec<(usize, Source)> = Vec::new();
        for (number, folder) in container.folders().iter().enumerate() {
            if folder.members().iter().all(|&i| shape::role(&container.members()[i]) == Role::Other) {
                continue;
            }
            container.read_folder(number, |member, reader| {
                match shape::role(member) {
                    Role::Package => inner.push((member.index, self.hold(container, member, reader)?)),
                    Role::Properties => {
                        let text = self.document(container, member, reader)?;
                        self.found.properties.extend(properties::parse(&text));
                    }
                    Role::Answer if self.found.answer.is_none() => {
                        self.found.answer = Some(self.document(container, member, reader)?);
                    }
                    Role::Answer | Role::Other => {}
                }
                Ok(())
            })?;
        }
        inner.sort_by_key(|(index, _)| *index);
        for (index, source) in inner {
            let name = &container.members()[index].name;
            let inside = |e: Error| e.within(container.name());
            let cabinet = match Cabinet::open(source, self.limits).map_err(inside) {
                Ok(cabinet) => cabinet,
                Err(error) => {
                    self.found.broken.get_or_insert(error);
                    continue;
                }
            };
            let list = match shape::kind(&cabinet).map_err(inside)? {
                Kind::CabOfCabs => {
                    let depth = depth.checked_sub(1).ok_or_else(|| inside(too_deep(&cabinet)))?;
                    self.open(&cabinet, name, depth).map_err(inside)?;
                    continue;
                }
                Kind::PlainCab => &mut self.found.plain,
                Kind::Cab | Kind::CabMsu => &mut self.found.packages,
            };
            let taken = list.iter().any(|p| p.name.to_lowercase() == name.to_lowercase());
            let name = if taken { format!("{label}\\{name}") } else { name.clone() };
            list.push(PackageCab { name, cabinet });
        }
        Ok(())
    }

    /// A small member in memory.
    fn document(&self, container: &Cabinet, member: &Member, reader: &mut dyn Read) -> Result<Vec<u8>> {
        let path = format!("{}: {}", container.name(), member.name);
        Limits::check("the document's size", member.size, self.limits.max_document)
            .map_err(|e| e.with_path(&path))?;
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|e| Error::from_io("decode the member", e).with_path(path))?;
        Ok(bytes)
    }

    /// A cabinet that lies in `container`, as a source.
    fn hold(&mut self, container: &Cabinet, member: &Member, reader: &mut dyn Read) -> Result<Source> {
        let name = format!("{}: {}", container.name(), member.name);
        self.decoded += member.size;
        Limits::check("the size of the cabinets inside", self.decoded, self.limits.max_unpacked)
            .map_err(|e| e.with_path(&name))?;
        let source: Source = if self.in_memory + member.size <= self.limits.memory {
            let mut bytes = Vec::new();
            let read = reader.read_to_end(&mut bytes);
            read.map_err(|e| Error::from_io("decode the member", e).with_path(&name))?;
            self.in_memory += member.size;
            Arc::new(Named { bytes, name: member.name.clone() })
        } else {
            Arc::new(self.spill(reader, &name, &member.name)?)
        };
        self.meter.done(&member.name, member.size)?;
        Ok(source)
    }

    fn spill(&self, reader: &mut dyn Read, path: &str, name: &str) -> Result<FileAt> {
        let failed = |what: &str, e| Error::from_io(what, e).with_path(path);
        let mut file = tempfile::tempfile().map_err(|e| failed("make a temporary file", e))?;
        let mut step = vec![0; STEP];
        loop {
            let mut filled = 0;
            while filled < STEP {
                match reader.read(&mut step[filled..]) {
                    Ok(0) => break,
                    Ok(n) => filled += n,
                    Err(e) => return Err(failed("decode the member", e)),
                }
            }
            if filled == 0 {
                return FileAt::from_file(file, Path::new(name));
            }
            file.write_all(&step[..filled]).map_err(|e| failed("write a temporary file", e))?;
            self.meter.add_bytes(0)?;
        }
    }
}

/// Bytes with a name for messages.
struct Named {
    bytes: Vec<u8>,
    name: String,
}

impl ReadAt for Named {
    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        let from = usize::try_from(offset).ok();
        let part = from.and_then(|from| self.bytes.get(from..)?.get(..buf.len()));
        let Some(part) = part else {
            let text = format!("{} bytes at offset {offset} lie past the end", buf.len());
            return Err(Error::new(ErrorKind::Truncated, text).with_path(&self.name));
        };
        buf.copy_from_slice(part);
        Ok(())
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}
