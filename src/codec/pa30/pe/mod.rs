//! Transforms of PE images: the source is changed towards the target before the patch body copies from it.
//!
//! The order of the passes and many of their rules are what the makers of the deltas did, found out from real
//! ones; where a rule looks arbitrary, real deltas need it.

mod amd64;
mod cli;
mod copy;
mod find;
mod i386;
mod image;
mod imports;
mod relocs;
mod resources;
mod work;

pub(crate) use find::resource;

use super::bits::Bits;
use super::header::Delta;
use super::rift::{Entry, Rift};
use crate::error::Result;
use image::{AMD64, Headers, I386};
use work::Work;

const MARK: u64 = 0x2;
const IMPORTS: u64 = 0x4;
const EXPORTS: u64 = 0x8;
const RESOURCES: u64 = 0x10;
const RELOCS: u64 = 0x20;
const I386_JMPS: u64 = 0x80;
const I386_CALLS: u64 = 0x100;
const AMD64_DISASM: u64 = 0x200;
const AMD64_PDATA: u64 = 0x400;
const UNBIND: u64 = 0x2000;
const CLI_DISASM: u64 = 0x4000;
const CLI_METADATA: u64 = 0x8000;

/// What the preprocess buffer says of the target.
struct Preprocess {
    base: u64,
    time: u32,
    /// Target address to target file offset.
    offsets: Rift,
    target_cli: Option<cli::Layout>,
    /// Source address to target address.
    addresses: Rift,
    cli_map: cli::Map,
    /// Whether the CLI map was stored at all.
    has_map: bool,
}

impl Preprocess {
    fn read(data: &[u8]) -> Result<Self> {
        let mut bits = Bits::new(data)?;
        let base = bits.wide_bits(64)?;
        bits.u32()?; // the target's checksum, which the patch body brings
        let time = bits.u32()?;
        let offsets = Rift::read(&mut bits)?;
        let target_cli = cli::Layout::read(&mut bits)?;
        let addresses = Rift::read(&mut bits)?;
        let (cli_map, has_map) = cli::Map::read(&mut bits)?;
        Ok(Self { base, time, offsets, target_cli, addresses, cli_map, has_map })
    }
}

/// The source as the patch body sees it and the rift that leads to it.
pub(super) fn prepare(source: &[u8], delta: &Delta<'_>) -> Result<(Vec<u8>, Vec<Entry>)> {
    let pre = Preprocess::read(delta.preprocess)?;
    let headers = Headers::parse(source)?;
    let has = |flag| delta.flags & flag != 0;
    let i386 = headers.machine == I386;
    let amd64 = headers.machine == AMD64 && !pre.addresses.is_empty();
    let (coff, optional) = (headers.coff, headers.optional);
    let marked = i386 && has(I386_JMPS | I386_CALLS);
    let mut work = Work::new(source, headers, &pre.addresses, pre.base, marked);

    work.put32(optional + 64, 0);
    let metadata = cli::Metadata::parse(&work.bytes, &work.headers);
    if has(UNBIND) {
        imports::unbind(&mut work)?;
    }
    work.put32(coff + 4, pre.time);
    if i386 && has(MARK) {
        i386::mark_all_but_code(&mut work);
        if let Some(metadata) = &metadata {
            cli::mark_bodies(&mut work, metadata)?;
        }
    }
    if has(IMPORTS) {
        imports::imports(&mut work)?;
    }
    if has(EXPORTS) {
        imports::exports(&mut work);
    }
    if has(RESOURCES) {
        resources::resources(&mut work)?;
    }
    if has(RELOCS) {
        relocs::relocs(&mut work);
    }
    if i386 && has(I386_JMPS) {
        i386::jumps(&mut work);
    }
    if i386 && has(I386_CALLS) {
        i386::calls(&mut work);
    }
    if amd64 && has(AMD64_DISASM) {
        amd64::disassemble(&mut work)?;
    }
    if amd64 && has(AMD64_PDATA) {
        amd64::pdata(&mut work);
    }
    if work.headers.wide {
        work.put64(optional + 24, pre.base);
    } else {
        work.put32(optional + 28, pre.base as u32);
    }
    // Wide heaps without a map leave the metadata alone; so do the real deltas.
    let metadata = metadata.filter(|m| pre.has_map || !m.wide_heaps());
    if let Some(metadata) = &metadata {
        if has(CLI_DISASM) {
            cli::disassemble(&mut work, metadata, &pre.cli_map)?;
        }
        if has(CLI_METADATA) {
            cli::remap(&mut work, metadata, &pre.cli_map)?;
        }
    }
    let mut rift = copy::copy_rift(&work.headers.sections, &pre.addresses, &pre.offsets)?;
    if let (Some(metadata), Some(target)) = (&metadata, &pre.target_cli) {
        rift.extend(cli::entries(metadata, target, &pre.cli_map, &work.bytes));
    }
    let base = source.len() as i64;
    for entry in &mut rift {
        *entry = Entry { at: entry.at.saturating_add(base), shift: entry.shift.wrapping_sub(base) };
    }
    Ok((work.bytes, rift))
}
