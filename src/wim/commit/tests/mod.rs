//! Commits on images made here, without other tools: contents, counts, refusals, and cuts of power.

mod added;
mod power;
mod runs;
mod written;

use super::*;
use crate::base::{ImagePath, sha1};
use crate::wim::OpenOptions;
use crate::wim::blob_table::{BlobEntry, BlobTable};
use crate::wim::header::{HEADER_LEN, ResourceHeader, VERSION_DEFAULT};
use crate::wim::metadata::Metadata;

/// A WIM with one empty image.
#[cfg(all(target_os = "linux", feature = "mount"))]
pub(crate) fn blank_image() -> Vec<u8> {
    blank_wim(Compression::Lzx, 1 << 15, 1, false)
}

/// A WIM with empty images, as the least a commit can start from.
pub(crate) fn blank_wim(kind: Compression, chunk_size: u32, images: u32, integrity: bool) -> Vec<u8> {
    let bits = match kind {
        Compression::None => 0,
        Compression::Xpress => flags::COMPRESSION | flags::COMPRESS_XPRESS,
        Compression::Lzx => flags::COMPRESSION | flags::COMPRESS_LZX,
        Compression::Lzms => flags::COMPRESSION | flags::COMPRESS_LZMS,
    };
    let mut out = vec![0; HEADER_LEN];
    let mut put = |data: &[u8], flags: u8| {
        let (offset, size) = (out.len() as u64, data.len() as u64);
        out.extend_from_slice(data);
        ResourceHeader { stored_size: size, flags, offset, original_size: size }
    };
    let mut xml = String::from("<WIM><TOTALBYTES>0</TOTALBYTES><!-- kept -->");
    let mut entries = Vec::new();
    for i in 1..=images {
        let mut metadata = Metadata::empty();
        metadata.inodes[0].times.creation = u64::from(i);
        let data = metadata.to_bytes().unwrap();
        let resource = put(&data, ResourceHeader::METADATA);
        entries.push(BlobEntry { resource, part_number: 1, ref_count: 1, sha1: sha1(&data) });
        let i = i.to_string();
        xml.extend(["<IMAGE INDEX=\"", &i, "\"><NAME>image ", &i, "</NAME><ODD a='1'/></IMAGE>"]);
    }
    let blob_table = put(&BlobTable { entries }.to_bytes(), 0);
    let covered = blob_table.offset + blob_table.stored_size;
    let utf16: Vec<u8> =
        [0xFEFF].into_iter().chain((xml + "</WIM>").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut header = Header {
        version: VERSION_DEFAULT,
        flags: bits,
        chunk_size,
        guid: *b"a blank wim file",
        part_number: 1,
        total_parts: 1,
        image_count: images,
        blob_table,
        xml: put(&utf16, 0),
        unused: vec![0; 60],
        ..Header::default()
    };
    if integrity {
        let table = crate::wim::integrity::IntegrityTable {
            chunk_size: 10 << 20,
            digests: vec![sha1(&out[HEADER_LEN..covered as usize])],
        };
        let (offset, table) = (out.len() as u64, table.to_bytes());
        let size = table.len() as u64;
        out.extend(table);
        header.integrity = ResourceHeader { stored_size: size, flags: 0, offset, original_size: size };
    }
    out[..HEADER_LEN].copy_from_slice(&header.to_bytes());
    out
}

pub(crate) fn path(text: &str) -> ImagePath {
    ImagePath::parse(text).unwrap()
}

/// Bytes that compress somewhat and differ by `seed`.
fn data(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut out = Vec::with_capacity(len + 8);
    while out.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend_from_slice(b"run of text ");
        out.extend_from_slice(&state.to_le_bytes()[..=(state % 7) as usize]);
    }
    out.truncate(len);
    out
}

fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

fn temp_wim(data: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.wim");
    std::fs::write(&path, data).unwrap();
    (dir, path)
}

fn open(path: &Path) -> WimFile {
    WimFile::open(path, &OpenOptions::new()).unwrap()
}
