//! The smallest hive: one bin with a root key and its security descriptor.

use super::base_block::{BASE_SIZE, BaseBlock, FileType};
use super::key::{KeyFlags, NAME};
use super::{NONE, put_u16, put_u32};

/// S-1-5-32-544, the administrators.
const ADMINISTRATORS: [u8; 16] = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
/// S-1-5-18, the system.
const SYSTEM: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
/// All access to a key.
const ALL: u32 = 0x000F_003F;
const BIN: usize = 4096;

pub(super) fn bytes() -> Vec<u8> {
    let (name, descriptor) = (b"ROOT", descriptor());
    let mut nk = vec![0; NAME];
    nk[..2].copy_from_slice(b"nk");
    put_u16(&mut nk, 2, KeyFlags::ROOT | KeyFlags::NO_DELETE | KeyFlags::COMPRESSED_NAME);
    for nothing in [16, 28, 32, 40, 48] {
        put_u32(&mut nk, nothing, NONE);
    }
    put_u16(&mut nk, 72, name.len() as u16);
    nk.extend_from_slice(name);
    let root = 32;
    let security = root + (nk.len() + 4).next_multiple_of(8);
    put_u32(&mut nk, 44, security as u32);

    let mut sk = vec![0; 20];
    sk[..2].copy_from_slice(b"sk");
    for (at, number) in [(4, security as u32), (8, security as u32), (12, 1), (16, descriptor.len() as u32)] {
        put_u32(&mut sk, at, number);
    }
    sk.extend(descriptor);

    let mut data = vec![0; BASE_SIZE + BIN];
    data[..4].copy_from_slice(b"regf");
    for (at, number) in [(20, 1), (24, 5), (32, 1), (44, 1)] {
        put_u32(&mut data, at, number);
    }
    let bin = &mut data[BASE_SIZE..];
    bin[..4].copy_from_slice(b"hbin");
    put_u32(bin, 8, BIN as u32);
    let mut at = root;
    for cell in [nk, sk] {
        let size = (cell.len() + 4).next_multiple_of(8);
        put_u32(bin, at, (size as u32).wrapping_neg());
        bin[at + 4..][..cell.len()].copy_from_slice(&cell);
        at += size;
    }
    put_u32(bin, at, (BIN - at) as u32);
    let base = BaseBlock {
        sequence: (1, 1),
        written: 0,
        minor: 5,
        file_type: FileType::Hive,
        root: root as u32,
        bins_size: BIN as u32,
        checksum_ok: true,
    };
    base.write_to(&mut data);
    data
}

/// Owner administrators, group system, all access for both, inherited by subkeys.
fn descriptor() -> Vec<u8> {
    let mut acl = Vec::new();
    for sid in [&ADMINISTRATORS[..], &SYSTEM] {
        acl.extend([0, 2]);
        acl.extend((8 + sid.len() as u16).to_le_bytes());
        acl.extend(ALL.to_le_bytes());
        acl.extend_from_slice(sid);
    }
    let group = 20 + ADMINISTRATORS.len() as u32;
    let list = group + SYSTEM.len() as u32;
    let mut out = vec![1, 0, 0x04, 0x80];
    for field in [20, group, 0, list] {
        out.extend(field.to_le_bytes());
    }
    out.extend(ADMINISTRATORS);
    out.extend(SYSTEM);
    out.extend([2, 0]);
    out.extend((8 + acl.len() as u16).to_le_bytes());
    out.extend([2, 0, 0, 0]);
    out.extend(acl);
    out
}
