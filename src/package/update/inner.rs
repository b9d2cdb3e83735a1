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
    packages: Vec<PackageCab>,
    properties: Vec<(String, String)>,
    answer: Option<Vec<u8>>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(limits: &'a Limits, meter: Meter) -> Self {
        Self {
            limits,
            meter,
            in_memory: 0,
            decoded: 0,
            packages: Vec::new(),
            properties: Vec::new(),
            answer: None,
        }
    }

    #[expect(clippy::type_complexity, reason = "taken apart at once by its one caller")]
    pub(super) fn finish(self) -> (Vec<PackageCab>, Vec<(String, String)>, Option<Vec<u8>>) {
        (self.packages, self.properties, self.answer)
    }

    /// Opens the packages of `container`, which is called `label` in its own container, and of the bundles in
    /// it, `depth` levels down.
    pub(super) fn open(&mut self, container: &Cabinet, label: &str, depth: u32) -> Result<()> {
        let mut found: Vec<(usize, Source)> = Vec::new();
        for (number, folder) in container.folders().iter().enumerate() {
            if folder.members().iter().all(|&i| shape::role(&container.members()[i]) == Role::Other) {
                continue;
            }
            container.read_folder(number, |member, reader| {
                match shape::role(member) {
                    Role::Package => found.push((member.index, self.hold(container, member, reader)?)),
                    Role::Properties => {
                        self.properties.extend(properties::parse(&self.document(container, member, reader)?));
                    }
                    Role::Answer if self.answer.is_none() => {
                        self.answer = Some(self.document(container, member, reader)?);
                    }
                    Role::Answer | Role::Other => {}
                }
                Ok(())
            })?;
        }
        found.sort_by_key(|(index, _)| *index);
        for (index, source) in found {
            let name = &container.members()[index].name;
            let inside = |e: Error| e.within(container.name());
            let cabinet = Cabinet::open(source, self.limits).map_err(inside)?;
            if shape::kind(&cabinet).map_err(inside)? == Kind::CabOfCabs {
                let depth = depth.checked_sub(1).ok_or_else(|| inside(too_deep(&cabinet)))?;
                self.open(&cabinet, name, depth).map_err(inside)?;
                continue;
            }
            let taken = self.packages.iter().any(|p| p.name.to_lowercase() == name.to_lowercase());
            let name = if taken { format!("{label}\\{name}") } else { name.clone() };
            self.packages.push(PackageCab { name, cabinet });
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
