//! Keys written down with all below them: to compare them by a digest, and to make them again.
//!
//! A key is its name, its values in their order (name, type, data), its class, its security descriptor, and the keys
//! below it. Texts are UTF-16 units, counts and lengths 32-bit numbers, least byte first.

use crate::base::{Bytes, Limits, Name, Sha256Digest, sha256};
use crate::error::{Error, Result};
use crate::registry::{Hive, HiveEditor, Key, KeyMut, Value, ValueKind};
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use std::io::Read as _;

/// The most bytes that removed keys may take; over this they are not kept, and cannot be brought back.
const MAX: u64 = 256 << 20;

/// SHA-256 of a key with all below it: names in order without regard to case, no times, classes or descriptors.
pub(super) fn digest(key: &Key<'_>) -> Result<Sha256Digest> {
    let mut out = Vec::new();
    put_for_digest(&mut out, key)?;
    Ok(sha256(&out))
}

fn put_for_digest(out: &mut Vec<u8>, key: &Key<'_>) -> Result<()> {
    name(out, &key.name());
    let mut values = key.values()?;
    values.sort_by_cached_key(Value::name);
    number(out, values.len());
    for value in &values {
        name(out, &value.name());
        out.extend(value.kind().0.to_le_bytes());
        bytes(out, &value.data()?);
    }
    let subkeys = key.subkeys()?;
    number(out, subkeys.len());
    subkeys.iter().try_for_each(|key| put_for_digest(out, key))
}

/// Appends a key, after the path of the key that it is in; gives the number of keys.
pub(super) fn write(out: &mut Vec<u8>, key: &Key<'_>) -> Result<u64> {
    let above = key.parent()?.map(|k| k.path()).unwrap_or_default();
    name(out, &Name::from(above.as_str()));
    put(out, key)
}

fn put(out: &mut Vec<u8>, key: &Key<'_>) -> Result<u64> {
    name(out, &key.name());
    name(out, &key.class()?);
    bytes(out, key.security()?.unwrap_or_default());
    let values = key.values()?;
    number(out, values.len());
    for value in &values {
        name(out, &value.name());
        out.extend(value.kind().0.to_le_bytes());
        bytes(out, &value.data()?);
    }
    Limits::check("the keys that were removed", out.len() as u64, MAX)?;
    let subkeys = key.subkeys()?;
    number(out, subkeys.len());
    subkeys.iter().try_fold(1, |sum, key| Ok(sum + put(out, key)?))
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend((number as u32).to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn name(out: &mut Vec<u8>, name: &Name) {
    number(out, name.units().len());
    out.extend(name.units().iter().flat_map(|unit| unit.to_le_bytes()));
}

pub(super) fn deflate(data: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = DeflateEncoder::new(data, Compression::best());
    encoder.read_to_end(&mut out).map_err(|e| Error::from_io("compress removed keys", e))?;
    Ok(out)
}

pub(super) fn inflate(data: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut decoder = DeflateDecoder::new(data).take(MAX + 1);
    decoder.read_to_end(&mut out).map_err(|_| Error::malformed("the removed keys are not deflated"))?;
    Limits::check("the keys that were removed", out.len() as u64, MAX)?;
    Ok(out)
}

/// An error where a key that is to be made again is there.
pub(super) fn check_absent(removed: &[u8], hive: &Hive) -> Result<()> {
    let mut input = Bytes::new(removed);
    while input.left() > 0 {
        let above = take_name(&mut input)?.to_string();
        let entry = take_name(&mut input)?;
        if let Some(key) = hive.key(&above)?
            && key.child(entry.clone())?.is_some()
        {
            return Err(super::differs(&format!("{above}\\{entry}")));
        }
        skip(&mut input, 0)?;
    }
    Ok(())
}

/// Makes the keys again.
pub(super) fn restore(removed: &[u8], editor: &mut HiveEditor) -> Result<()> {
    let mut input = Bytes::new(removed);
    while input.left() > 0 {
        let above = take_name(&mut input)?.to_string();
        let entry = take_name(&mut input)?;
        let mut parent = editor.create(&above)?;
        let mut key = parent.create_child(entry)?;
        fill(&mut input, &mut key, 0)?;
    }
    Ok(())
}

/// Everything of a key behind its name.
fn fill(input: &mut Bytes<'_>, key: &mut KeyMut<'_>, depth: u32) -> Result<()> {
    check_depth(depth)?;
    let class = take_name(input)?;
    if !class.is_empty() {
        key.set_class(class)?;
    }
    let security = take_bytes(input)?;
    if !security.is_empty() {
        key.set_security(security)?;
    }
    for _ in 0..input.u32()? {
        let name = take_name(input)?;
        let kind = ValueKind(input.u32()?);
        key.set(name, kind, take_bytes(input)?)?;
    }
    for _ in 0..input.u32()? {
        let name = take_name(input)?;
        fill(input, &mut key.create_child(name)?, depth + 1)?;
    }
    Ok(())
}

fn skip(input: &mut Bytes<'_>, depth: u32) -> Result<()> {
    check_depth(depth)?;
    take_name(input)?;
    take_bytes(input)?;
    for _ in 0..input.u32()? {
        take_name(input)?;
        input.u32()?;
        take_bytes(input)?;
    }
    for _ in 0..input.u32()? {
        take_name(input)?;
        skip(input, depth + 1)?;
    }
    Ok(())
}

fn check_depth(depth: u32) -> Result<()> {
    Limits::check("the depth of removed keys", depth.into(), 512).map(|_| ())
}

fn take_bytes<'a>(input: &mut Bytes<'a>) -> Result<&'a [u8]> {
    let len = input.u32()? as usize;
    input.take(len)
}

fn take_name(input: &mut Bytes<'_>) -> Result<Name> {
    let len = input.u32()? as usize;
    let units = input.take(len.saturating_mul(2))?;
    Ok(Name::from_units(units.as_chunks::<2>().0.iter().map(|u| u16::from_le_bytes(*u)).collect::<Vec<_>>()))
}
