//! Metadata both ways: hand-made bytes, real images, hostile ones.

use super::*;
use crate::ErrorKind;
use crate::base::{Limits, Name};
use crate::codec::wimlib::with_decompressor;
use crate::wim::blob_table::BlobTable;
use crate::wim::header::{Header, ResourceHeader};
use std::path::{Path, PathBuf};

fn resource(file: &[u8], header: &Header, r: ResourceHeader) -> Option<Vec<u8>> {
    let stored = &file[r.offset as usize..][..r.stored_size as usize];
    if !r.has(ResourceHeader::COMPRESSED) {
        return Some(stored.to_vec());
    }
    let (size, chunk) = (r.original_size as usize, header.chunk_size as usize);
    let count = size.div_ceil(chunk);
    let table = 4 * (count - 1);
    let start = |i: usize| match i {
        0 => 0,
        i if i == count => stored.len() - table,
        i => u32::from_le_bytes(stored[4 * (i - 1)..][..4].try_into().unwrap()) as usize,
    };
    let mut out = vec![0; size];
    for (i, part) in out.chunks_mut(chunk).enumerate() {
        let input = &stored[table..][start(i)..start(i + 1)];
        with_decompressor(header.compression().unwrap(), chunk, |d| d.decompress(input, part)).ok()?;
    }
    Some(out)
}

/// The metadata resources of a WIM file that is not pipable; damaged ones left out.
pub(crate) fn metadata_of(file: &[u8]) -> Vec<Vec<u8>> {
    let header = Header::parse(file).unwrap();
    let table =
        BlobTable::parse(&resource(file, &header, header.blob_table).unwrap(), &Limits::default()).unwrap();
    let images = table.entries.iter().filter(|e| e.is_metadata());
    images.filter_map(|e| resource(file, &header, e.resource)).collect()
}

fn wims() -> Vec<PathBuf> {
    let fallback = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/testdata");
    let root = std::env::var_os("WIMWRIGHT_TESTDATA").map_or(fallback, PathBuf::from).join("wim");
    let folders = [root.clone(), root.join("wimlib"), root.join("ManagedWimLib"), root.join("wim-format")];
    let files = folders.iter().flat_map(|d| std::fs::read_dir(d).into_iter().flatten().flatten());
    let mut wims: Vec<_> =
        files.map(|f| f.path()).filter(|p| p.extension().is_some_and(|e| e == "wim")).collect();
    // wimlib's pipable files keep their blob table elsewhere; the reader's own tests cover them.
    wims.retain(|p| Header::parse(&std::fs::read(p).unwrap()).is_ok_and(|h| !h.pipable));
    if wims.is_empty() {
        // By the macro it would be shown only when the test fails.
        let line = b"skipped: no test data (set WIMWRIGHT_TESTDATA)\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line);
    }
    wims
}

fn same(a: &Metadata, b: &Metadata) {
    assert_eq!(a.security, b.security);
    let (all_a, all_b): (Vec<_>, Vec<_>) = (a.walk(a.root()).collect(), b.walk(b.root()).collect());
    assert_eq!(all_a.len(), all_b.len());
    for (&x, &y) in all_a.iter().zip(&all_b) {
        assert_eq!(a.path(x), b.path(y));
        let (dx, dy) = (a.dentry(x), b.dentry(y));
        assert!(dx.name.same_spelling(&dy.name) && dx.short_name.same_spelling(&dy.short_name));
        assert_eq!(a.inode(dx.inode), b.inode(dy.inode));
    }
}

#[test]
fn real_images_come_back_equal() {
    let mut identical = 0;
    let mut total = 0;
    for wim in wims() {
        if wim.ends_with("cyclic.wim") {
            continue;
        }
        for data in metadata_of(&std::fs::read(&wim).unwrap()) {
            let metadata = Metadata::parse(&data, &Limits::default()).unwrap();
            let out = metadata.to_bytes().unwrap();
            let back = Metadata::parse(&out, &Limits::default()).unwrap();
            same(&metadata, &back);
            assert_eq!(back.to_bytes().unwrap(), out);
            let odd = wim.ends_with("dotdot.wim") || wim.ends_with("duplicate_names.wim");
            if out != data {
                eprintln!("{}: {} bytes became {}", wim.display(), data.len(), out.len());
                assert!(odd, "{}", wim.display());
            }
            identical += usize::from(out == data);
            total += 1;
        }
    }
    eprintln!("{identical} of {total} byte-identical");
}

#[test]
fn cycles_are_refused_and_dots_left_out() {
    for wim in wims() {
        let data = std::fs::read(&wim).unwrap();
        match wim.file_name().unwrap().to_str().unwrap() {
            "cyclic.wim" => {
                let e = Metadata::parse(&metadata_of(&data)[0], &Limits::default()).unwrap_err();
                assert_eq!(e.kind(), ErrorKind::Malformed);
            }
            "dotdot.wim" => {
                let metadata = Metadata::parse(&metadata_of(&data)[0], &Limits::default()).unwrap();
                assert!(metadata.dentry(metadata.root()).children().is_empty());
            }
            "duplicate_names.wim" => {
                let metadata = Metadata::parse(&metadata_of(&data)[0], &Limits::default()).unwrap();
                assert_eq!(metadata.dentry(metadata.root()).children().len(), 1);
            }
            _ => {}
        }
    }
}

fn sample() -> Metadata {
    let mut m = Metadata::empty();
    let root = m.root();
    let dir = m.add_inode(Inode { attributes: attributes::DIRECTORY, has_list: true, ..Inode::default() });
    let dir = m.add_dentry(root, Name::from("Dir"), dir);
    let file = Inode {
        attributes: attributes::ARCHIVE,
        security_id: m.security.add(b"a descriptor"),
        default_sha1: Sha1Digest::default(),
        streams: vec![
            ExtraStream { name: Name::default(), sha1: Sha1Digest([7; 20]), reserved: 0 },
            ExtraStream { name: Name::from("Zone.Identifier"), sha1: Sha1Digest([9; 20]), reserved: 3 },
        ],
        tagged: Box::new([1, 2, 3, 4, 5, 6, 7, 8]),
        link: 77,
        ..Inode::default()
    };
    let file = m.add_inode(file);
    m.add_dentry(dir, Name::from("b.txt"), file);
    m.add_dentry(root, Name::from("A.txt"), file);
    let link = Inode {
        attributes: attributes::REPARSE_POINT,
        link: 0xA000_000C,
        default_sha1: Sha1Digest([3; 20]),
        ..Inode::default()
    };
    let link = m.add_inode(link);
    m.add_dentry(root, Name::from_units(vec![0xD800, 0x61]), link);
    m
}

#[test]
fn made_metadata_comes_back_sorted_with_links() {
    let metadata = sample();
    let bytes = metadata.to_bytes().unwrap();
    let back = Metadata::parse(&bytes, &Limits::default()).unwrap();
    assert_eq!(back.to_bytes().unwrap(), bytes);
    let root = back.dentry(back.root());
    let names: Vec<_> = root.children().iter().map(|&c| back.dentry(c).name().units().to_vec()).collect();
    assert_eq!(names[..2], [Name::from("A.txt").units(), Name::from("Dir").units()]);
    let a = back.lookup(&ImagePath::parse("a.TXT").unwrap()).unwrap();
    let b = back.lookup(&ImagePath::parse("DIR\\B.txt").unwrap()).unwrap();
    assert_eq!(back.dentry(a).inode, back.dentry(b).inode);
    let inode = back.inode_of(a);
    assert_eq!((inode.links(), inode.link_group(), inode.data_sha1()), (2, Some(77), Sha1Digest([7; 20])));
    assert_eq!(inode.named_streams().next().unwrap().sha1(), Sha1Digest([9; 20]));
    let link = back.inode_of(root.children()[2]);
    assert_eq!((link.reparse_tag(), link.reparse_sha1()), (Some(0xA000_000C), Some(Sha1Digest([3; 20]))));
    assert_eq!((link.data_sha1(), link.link_group()), (Sha1Digest::default(), None));
}

#[test]
fn names_found_after_changes() {
    let mut m = sample();
    let root = m.root();
    let find = |m: &Metadata, p: &str| m.lookup(&ImagePath::parse(p).unwrap());
    let a = find(&m, "a.txt").unwrap();
    m.move_dentry(a, root, Name::from("a.TXT"));
    assert_eq!(find(&m, "A.txt"), Some(a));
    let dir = find(&m, "dir").unwrap();
    m.move_dentry(a, dir, Name::from("c"));
    assert_eq!((find(&m, "A.txt"), find(&m, "dir\\C")), (None, Some(a)));
    m.remove_dentry(dir);
    assert_eq!((find(&m, "dir"), find(&m, "dir\\c")), (None, None));
    assert_eq!(m.inode_of(a).links(), 0);
    // Names that differ in case only may stand side by side; the exact one is found.
    let inode = m.add_inode(Inode::default());
    let (x, y) =
        (m.add_dentry(root, Name::from("same"), inode), m.add_dentry(root, Name::from("SAME"), inode));
    assert_eq!((find(&m, "same"), find(&m, "SAME"), find(&m, "Same")), (Some(x), Some(y), Some(x)));
    let third = m.add_dentry(root, Name::from("sAmE"), inode);
    assert_eq!((find(&m, "sAmE"), find(&m, "Same")), (Some(third), Some(x)));
    m.remove_dentry(x);
    assert_eq!((find(&m, "same"), find(&m, "sAmE")), (Some(y), Some(third)));
    let x = m.add_dentry(root, Name::from("same"), inode);
    m.remove_dentry(third);
    assert_eq!((find(&m, "SAME"), find(&m, "sAmE"), find(&m, "same")), (Some(y), Some(y), Some(x)));
    m.remove_dentry(y);
    assert_eq!(find(&m, "SAME"), Some(x));
    m.remove_dentry(x);
    assert_eq!(find(&m, "same"), None);
}

#[test]
fn directories_that_share_lists_do_not_explode() {
    const DENTRY: usize = 112;
    // Forty directories, each with two children whose lists are the next one's: 2^40 entries if believed.
    let mut data = vec![8, 0, 0, 0, 0, 0, 0, 0];
    let dentry = |name: &str, list: usize| {
        let mut d = vec![0u8; DENTRY];
        d[0] = DENTRY as u8;
        d[8] = attributes::DIRECTORY as u8;
        d[16..24].copy_from_slice(&(list as u64).to_le_bytes());
        if let Some(&c) = name.as_bytes().first() {
            (d[100], d[102]) = (2, c);
        }
        d
    };
    let list_len = 2 * DENTRY + 8;
    let first = 8 + DENTRY + 8;
    data.extend(dentry("", first));
    data.extend([0; 8]);
    for level in 1..=40 {
        let next = if level == 40 { 0 } else { first + level * list_len };
        data.extend(dentry("a", next));
        data.extend(dentry("b", next));
        data.extend([0; 8]);
    }
    assert_eq!(Metadata::parse(&data, &Limits::default()).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn mutated_metadata_never_panics() {
    let mut seeds: Vec<Vec<u8>> = vec![sample().to_bytes().unwrap()];
    for wim in wims() {
        seeds.extend(metadata_of(&std::fs::read(wim).unwrap()).into_iter().filter(|m| m.len() < 8192));
    }
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let limits = Limits::default();
    for seed in &seeds {
        for _ in 0..400 {
            let mut data = seed.clone();
            for _ in 0..=random() % 6 {
                let at = random() % data.len();
                data[at] = [0, 1, 8, 0x7F, 0xFF, random() as u8][random() % 6];
            }
            data.truncate(data.len() - random() % 9 * (random() % 2));
            if let Ok(metadata) = Metadata::parse(&data, &limits) {
                let out = metadata.to_bytes().unwrap();
                same(&metadata, &Metadata::parse(&out, &limits).unwrap());
            }
        }
    }
}
