//! What wimlib-imagex says of an image, and the same from here.

use crate::open;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use wimwright::codec::wimlib::Compression;
use wimwright::wim::metadata::Metadata;

/// What `wimlib-imagex` prints, or `None` where it refuses.
pub fn asked(args: &[&str]) -> Option<String> {
    let out = Command::new("wimlib-imagex").args(args).output().unwrap();
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// `name = value` and `name: value` lines.
fn fields(text: &str) -> BTreeMap<String, String> {
    let split =
        |line: &str| line.split_once([':', '=']).map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned()));
    text.lines().filter_map(split).collect()
}

/// Every path with what wimlib says of it, in the words of [`ours`].
fn theirs(wim: &str, index: u32) -> Option<BTreeMap<String, String>> {
    let text = asked(&["dir", wim, &index.to_string(), "--detailed"])?;
    let rule = "-".repeat(76) + "\n";
    let mut out = BTreeMap::new();
    for block in text.split(&rule).filter(|b| b.contains("Full Path")) {
        let fields = fields(block);
        let value = |name: &str| fields.get(name).map(|v| v.trim_matches('"')).unwrap_or_default();
        let mut hashes: Vec<_> = block
            .lines()
            .filter_map(|l| l.strip_prefix("Hash"))
            .map(|l| l.trim_start_matches([' ', '=']).trim_start_matches("0x").to_owned())
            .filter(|h| h.bytes().any(|b| b != b'0'))
            .collect();
        hashes.sort();
        out.insert(
            value("Full Path").to_owned(),
            format!(
                "{} {} {} {} {hashes:?}",
                value("Short Name"),
                value("Attributes"),
                value("Security Descriptor"),
                value("Link Count")
            ),
        );
    }
    Some(out)
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).filter_map(|d| char::from_digit(d.into(), 16)).collect()
}

fn ours(metadata: &Metadata) -> BTreeMap<String, String> {
    let all = metadata.walk(metadata.root()).map(|id| {
        let (dentry, inode) = (metadata.dentry(id), metadata.inode_of(id));
        let mut hashes: Vec<_> = inode.digests().map(|d| d.to_string()).collect();
        hashes.sort();
        let descriptor = metadata.security().get(inode.security_id()).unwrap_or_default();
        let descriptor = hex_of(descriptor);
        (
            metadata.path(id).to_string().replace('\\', "/"),
            format!(
                "{} {:#010x} {descriptor} {} {hashes:?}",
                dentry.short_name(),
                inode.attributes(),
                inode.links()
            ),
        )
    });
    all.collect()
}

/// The same header, images, trees and digests; gives the number of images.
pub fn alike(path: &Path) -> u32 {
    let name = path.to_str().unwrap();
    let wim = open(path).unwrap_or_else(|e| panic!("{name}: {e}"));
    let told = fields(&asked(&["info", name, "--header"]).unwrap());
    let header = wim.header();
    let hex = |name: &str| {
        let text = told[name].as_str();
        let parsed = match text.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => text.parse(),
        };
        parsed.unwrap_or_else(|_| panic!("{name} {text}"))
    };
    assert_eq!(hex_of(&header.guid), told["GUID"]);
    assert_eq!(u64::from(header.version), hex("Version"));
    assert_eq!(u64::from(header.flags), hex("Flags"));
    assert_eq!(u64::from(header.chunk_size), hex("Chunk Size"));
    assert_eq!(u64::from(header.part_number), hex("Part Number"));
    assert_eq!(u64::from(header.total_parts), hex("Total Parts"));
    assert_eq!(u64::from(wim.image_count()), hex("Image Count"));
    assert_eq!(u64::from(header.boot_index), hex("Boot Index"));
    for (at, what) in
        [(&header.blob_table, "Blob Table"), (&header.xml, "XML Data"), (&header.integrity, "Integrity")]
    {
        assert_eq!(at.stored_size, hex(&format!("{what} Size")), "{name}");
        assert_eq!(at.offset, hex(&format!("{what} Offset")), "{name}");
    }

    let info = wim.info().unwrap();
    let told = asked(&["info", name]).unwrap();
    let compression = match header.compression().unwrap() {
        Compression::None => "None".to_owned(),
        known => known.to_string(),
    };
    assert_eq!(fields(&told)["Compression"], compression, "{name}");
    assert_eq!(info.images.len(), wim.image_count() as usize);
    for image in &info.images {
        let index = image.index.to_string();
        let told = fields(&asked(&["info", name, &index]).unwrap());
        let value = |name: &str| told.get(name).cloned().unwrap_or_default();
        assert_eq!(
            (image.name.as_str(), &image.description),
            (value("Name").as_str(), &value("Description"))
        );
        for (count, what) in [
            (image.dir_count, "Directory Count"),
            (image.file_count, "File Count"),
            (image.total_bytes, "Total Bytes"),
            (image.hard_link_bytes, "Hard Link Bytes"),
        ] {
            assert_eq!(count.to_string(), value(what), "{name} {index} {what}");
        }
        assert_eq!(
            image.arch_name().map(|a| a.replace("amd64", "x86_64")),
            told.get("Architecture").cloned()
        );
        assert_eq!(image.edition_id, told.get("Edition ID").cloned());
        let metadata = wim.image(image.index).unwrap();
        let (ours, theirs) = (ours(&metadata), theirs(name, image.index).unwrap());
        for (path, entry) in &theirs {
            assert_eq!(ours.get(path), Some(entry), "{name} {index} {path}");
        }
        assert_eq!(ours.len(), theirs.len(), "{name} {index}");
    }
    info.images.len() as u32
}
