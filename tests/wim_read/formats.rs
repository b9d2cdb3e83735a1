//! Small trees in every form that wimlib writes, and one that nobody reads.

use crate::common::{run, temp, tool};
use crate::{capture, open, verify};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wimwright::ErrorKind;
use wimwright::base::Progress;
use wimwright::codec::wimlib::Compression;
use wimwright::wim::header::{HEADER_LEN, Header};
use wimwright::wim::{ExtractOptions, OpenOptions, WimFile};

/// Files around the ends of chunks, of text, of noise and of calls.
fn small_tree(dir: &Path) -> PathBuf {
    let tree = dir.join("tree");
    std::fs::create_dir_all(tree.join("sub")).unwrap();
    let text: Vec<u8> = (0u32..40_000).flat_map(|i| (i * i / 7).to_string().into_bytes()).collect();
    let calls: Vec<u8> =
        (0u32..9000).flat_map(|i| [0xE8, (i * 37) as u8, (i >> 6) as u8, 0, 0, i as u8]).collect();
    let noise: Vec<u8> = (0u32..70_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (kind, data) in [("text", &text), ("calls", &calls), ("noise", &noise)] {
        for len in [1, 2, 3, 17, 4095, 4096, 4097, 32767, 32768, 32769, 65537] {
            std::fs::write(tree.join("sub").join(format!("{kind}{len}")), &data[..len.min(data.len())])
                .unwrap();
        }
    }
    std::fs::write(tree.join("large"), text.repeat(14)).unwrap();
    std::fs::write(tree.join("zeroes"), vec![0; 300_000]).unwrap();
    tree
}

fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = crate::files_below(dir).into_iter();
    files.map(|p| (p.strip_prefix(dir).unwrap().to_owned(), std::fs::read(&p).unwrap())).collect()
}

#[test]
fn every_compression_is_read_at_every_chunk_size() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, wim, out) = (small_tree(dir.path()), dir.path().join("x.wim"), dir.path().join("out"));
    let wanted = contents(&tree);
    let mut forms: Vec<(String, Vec<String>)> = vec![("none".into(), vec!["--compress=none".into()])];
    for (name, kind) in
        [("xpress", Compression::Xpress), ("lzx", Compression::Lzx), ("lzms", Compression::Lzms)]
    {
        let sizes = kind.chunk_sizes();
        let mut size = *sizes.start();
        // The largest LZMS chunks differ from a megabyte's by memory only.
        while size <= *sizes.end().min(&(1 << 21)) {
            let form = format!("{name} {size}");
            forms.push((form, vec![format!("--compress={name}:20"), format!("--chunk-size={size}")]));
            size *= 2;
        }
        let (size, solid) = (sizes.start() * 4, format!("--solid-compress={name}:20"));
        forms.push((
            format!("{name} solid"),
            vec!["--solid".into(), solid, format!("--solid-chunk-size={size}")],
        ));
    }
    let (mut read, mut checked) = (0, 0);
    for (at, (form, flags)) in forms.iter().enumerate() {
        for more in [&[] as &[_], &["--pipable"]] {
            // Not both of each: half of them with an integrity table.
            let check: &[_] = if at % 2 == 0 { &["--check"] } else { &[] };
            if more.contains(&"--pipable") && form.contains("solid") {
                continue;
            }
            let _ = std::fs::remove_file(&wim);
            let flags: Vec<_> =
                flags.iter().map(String::as_str).chain(more.iter().chain(check).copied()).collect();
            capture(&tree, &wim, &flags);
            let file = open(&wim).unwrap();
            let report = verify(&file);
            report.outcome().unwrap_or_else(|e| panic!("{form} {more:?}: {e}"));
            assert_eq!(
                (report.integrity_checked, file.header().pipable),
                (!check.is_empty(), !more.is_empty())
            );
            assert_eq!(file.is_solid(), form.contains("solid"));
            let _ = std::fs::remove_dir_all(&out);
            file.extract(1, &out, &ExtractOptions::default(), &Progress::none()).unwrap();
            assert!(contents(&out) == wanted, "{form} {more:?}");
            (read, checked) = (read + 1, checked + u32::from(report.integrity_checked));
        }
    }
    eprintln!("{read} forms, {checked} of them with an integrity table");
    assert!(read > 40 && checked > 15);
}

/// Whose XML says so; its metadata would be noise.
#[test]
fn an_encrypted_esd_is_refused_by_name() {
    if tool("wimlib-imagex").is_none() {
        return;
    }
    let dir = temp();
    let (tree, wim) = (dir.path().join("tree"), dir.path().join("x.esd"));
    std::fs::create_dir(&tree).unwrap();
    std::fs::write(tree.join("a"), b"a").unwrap();
    run("wimlib-imagex", ["capture".as_ref(), tree.as_os_str(), wim.as_os_str(), "--solid".as_ref()]);
    let mut bytes = std::fs::read(&wim).unwrap();
    let mut header = Header::parse(&bytes[..HEADER_LEN]).unwrap();
    let old = &bytes[header.xml.offset as usize..header.xml.end().unwrap() as usize];
    let old: Vec<u16> = old.chunks(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    let xml = String::from_utf16(&old).unwrap();
    let key = "<ESD><ENCRYPTED><KEY>AAAA</KEY></ENCRYPTED></ESD></WIM>";
    let xml: Vec<u8> = xml.replace("</WIM>", key).encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.truncate(header.xml.offset as usize);
    bytes.extend(&xml);
    (header.xml.stored_size, header.xml.original_size) = (xml.len() as u64, xml.len() as u64);
    bytes[..HEADER_LEN].copy_from_slice(&header.to_bytes());
    let e = WimFile::open_source(Arc::new(bytes.clone()), &OpenOptions::new()).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Unsupported);
    assert!(e.to_string().contains("encrypted ESD"), "{e}");
    std::fs::write(&wim, bytes).unwrap();
    let e = open(&wim).unwrap_err();
    assert!(e.to_string().contains("x.esd") && e.to_string().contains("encrypted ESD"), "{e}");
}
