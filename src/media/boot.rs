//! What the medium must have the same as the boot image that Setup starts from: Setup's programs and the boot managers.

use super::medium::shown;
use super::report::{KeptFile, Source};
use super::tree::Tree;
use crate::base::{ImagePath, ImageTree as _, Limits, Phase, Progress, sha256};
use crate::error::Result;
use crate::service::Receipt;
use crate::wim::WimFile;
use std::path::{Path, PathBuf};

/// From this build on Setup has a second program.
const SETUPHOST_SINCE: u32 = 26100;

/// A file of the boot image, and what it is on the medium.
struct Wanted {
    name: &'static str,
    path: &'static str,
    to: To,
}

enum To {
    /// One path, there or not.
    Path(&'static str),
    /// One path, only where the boot image and the medium have the folder.
    Beside(&'static str, &'static str),
    /// Every file of the medium with one of these names.
    Named(&'static [&'static str]),
}

const WANTED: [Wanted; 5] = [
    Wanted { name: "setup.exe", path: r"sources\setup.exe", to: To::Path("sources/setup.exe") },
    Wanted { name: "setuphost.exe", path: r"sources\setuphost.exe", to: To::Path("sources/setuphost.exe") },
    Wanted {
        name: "bootmgfw.efi",
        path: r"Windows\Boot\EFI\bootmgfw.efi",
        to: To::Named(&["bootmgfw.efi", "bootx64.efi", "bootia32.efi", "bootaa64.efi"]),
    },
    Wanted { name: "bootmgr.efi", path: r"Windows\Boot\EFI\bootmgr.efi", to: To::Named(&["bootmgr.efi"]) },
    Wanted {
        name: "boot.stl",
        path: r"Windows\Boot\EFI\boot.stl",
        to: To::Beside("efi/microsoft/boot", "efi/microsoft/boot/boot.stl"),
    },
];

/// A kept file with its bytes.
struct Kept {
    record: KeptFile,
    data: Vec<u8>,
}

/// Keeps the files out of `boot`, the image as it will be, and copies them over the medium's. `receipt` tells what servicing
/// brought into its store.
pub(super) fn synchronise(
    boot: &WimFile,
    receipt: Option<&Receipt>,
    tree: &mut Tree,
    limits: &Limits,
    notes: &mut Vec<String>,
    progress: &Progress,
) -> Result<Vec<KeptFile>> {
    let index = if boot.image_count() >= 2 { 2 } else { 1 };
    if boot.image_count() < 2 {
        notes.push("the boot image has one index only; Setup's files were kept from that one".into());
    }
    let view = boot.view(index)?;
    let xml = boot.xml()?;
    let build = xml.image(index).and_then(|i| i.version).map_or(0, |v| v.build);
    let mut all = Vec::new();
    for wanted in WANTED {
        if wanted.name == "setuphost.exe" && build < SETUPHOST_SINCE {
            continue;
        }
        let path = ImagePath::parse(wanted.path)?;
        if view.stat(&path)?.is_none_or(|e| e.is_dir) {
            notes.push(format!(
                "index {index} of the boot image holds no {}, so the medium's stays",
                wanted.path
            ));
            continue;
        }
        let data = view.read(&path, limits.max_buffer)?;
        let staged = receipt.and_then(|r| staged(r, index, wanted.name, &data));
        if let Some(path) = &staged {
            notes.push(format!(
                "{}: the updates brought another one into the boot image's component store ({path}), which is Staged and not \
                 in use; the medium has the one that the boot image runs, since both must be the same",
                wanted.name
            ));
        }
        let record = KeptFile {
            name: wanted.name.into(),
            index,
            path: path.to_string(),
            size: data.len() as u64,
            sha256: sha256(&data),
            staged,
            copied_to: Vec::new(),
        };
        all.push(copy(&wanted.to, Kept { record, data }, tree, notes, progress)?);
    }
    if !all.iter().any(|k| k.name == "boot.stl") && !tree.has("efi/microsoft/boot/boot.stl") {
        notes.push(
            "neither the medium nor the boot image holds boot.stl, which boot managers of recent updates ask for".into(),
        );
    }
    Ok(all)
}

fn copy(
    to: &To,
    kept: Kept,
    tree: &mut Tree,
    notes: &mut Vec<String>,
    progress: &Progress,
) -> Result<KeptFile> {
    let Kept { mut record, data } = kept;
    let places: Vec<PathBuf> = match to {
        To::Path(path) => vec![path.into()],
        To::Beside(folder, path) if tree.has(folder) => vec![path.into()],
        To::Beside(..) => Vec::new(),
        To::Named(names) => tree.named(names),
    };
    if places.is_empty() {
        notes.push(format!("the medium has no place for the boot image's {}", record.name));
    }
    let meter = progress.begin(Phase::Copy, places.len() as u64, 0);
    for place in places {
        if let (Some(old), Some(new)) = (tree.machine(&place)?, machine(&data))
            && old != new
        {
            notes.push(format!(
                "{}: was for another processor (0x{old:04x}) than the boot image's {} (0x{new:04x}), which has its place now",
                shown(&place),
                record.name
            ));
        }
        let path = tree.put(Path::new(&place), &mut data.as_slice(), Source::BootImage, &meter)?;
        meter.done(&shown(&path), 0)?;
        record.copied_to.push(shown(&path));
    }
    Ok(record)
}

/// Where the store has a file of that name which servicing brought and which is not the one in use.
fn staged(receipt: &Receipt, index: u32, name: &str, in_use: &[u8]) -> Option<String> {
    let of_index = receipt.indexes.iter().find(|i| i.index == index)?;
    let digest = sha256(in_use);
    let is = |path: &str| path.rsplit('\\').next().is_some_and(|n| n.eq_ignore_ascii_case(name));
    let files: Vec<_> = of_index.files.iter().filter(|f| f.role == "payload" && is(&f.path)).collect();
    if files.iter().any(|f| f.sha256 == digest) {
        return None;
    }
    files.last().map(|f| f.path.clone())
}

/// The processor that a program is for.
pub(super) fn machine(data: &[u8]) -> Option<u16> {
    let at =
        u32::from_le_bytes(data.get(..2).filter(|m| m == b"MZ").and(data.get(0x3C..0x40))?.try_into().ok()?);
    let header = data.get(usize::try_from(at).ok()?..)?;
    let machine = header.get(..4).filter(|s| s == b"PE\0\0").and(header.get(4..6))?;
    Some(u16::from_le_bytes(machine.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_says_its_processor() {
        let mut data = vec![0; 0x80];
        data[..2].copy_from_slice(b"MZ");
        data[0x3C] = 0x40;
        data[0x40..0x46].copy_from_slice(b"PE\0\0\x64\x86");
        assert_eq!(machine(&data), Some(0x8664));
        data[0x3C] = 0x7E;
        assert_eq!(machine(&data), None);
        assert_eq!(machine(b"MZ"), None);
    }
}
