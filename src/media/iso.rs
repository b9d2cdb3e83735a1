//! An ISO image of the new tree that starts on BIOS and on UEFI: by `genisoimage`, which writes UDF beside ISO 9660 and Joliet
//! as Microsoft's media have it, so that files of any size are whole; else by `xorriso`, which cannot write UDF.

use super::medium::{Medium, shown};
use super::report::IsoRecord;
use crate::base::{Phase, Progress, place};
use crate::error::{Error, ErrorKind, Result};
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const BIOS: &str = "boot/etfsboot.com";
const UEFI: &str = "efi/microsoft/boot/efisys.bin";
const LABEL: &str = "WINDOWS_SETUP";
/// What ISO 9660 holds in one extent.
const EXTENT: u64 = (4 << 30) - 2048;
/// How often is looked whether the program is done.
const PAUSE: Duration = Duration::from_millis(50);

/// An ISO image to be made.
pub(super) struct Iso {
    program: PathBuf,
    /// Whether the program writes UDF.
    udf: bool,
    path: PathBuf,
    label: String,
}

impl Iso {
    /// Looks, before any work, whether it can be made.
    pub fn new(path: &Path, label: Option<&str>, medium: &Medium) -> Result<Self> {
        let label = label.unwrap_or(LABEL).to_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if label.is_empty() || label.len() > 32 || !label.chars().all(plain) {
            let why = format!("'{label}' is no volume label: 1 to 32 letters, digits, '_', '-' and '.'");
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        let found = program("genisoimage").map(|p| (p, true)).or_else(|| Some((program("xorriso")?, false)));
        let (program, udf) = found.ok_or_else(|| {
            let why = format!(
                "neither genisoimage nor xorriso is installed, which make the ISO image (Debian, Fedora: the package genisoimage, \
                 which writes UDF, too; Homebrew: xorriso). Without --iso the new tree is made; from it `oscdimg -m -o -u2 -udfver102 \
                 -bootdata:2#p0,e,b{BIOS}#pEF,e,b{UEFI} TREE FILE.iso` of Windows' ADK makes one"
            );
            Error::new(ErrorKind::NotAvailable, why)
        })?;
        if medium.file(BIOS).is_none() && medium.file(UEFI).is_none() {
            let why = format!("holds neither {BIOS} nor {UEFI}, so an ISO image of it would not start");
            return Err(Error::new(ErrorKind::NotFound, why).with_path(medium.root.display()));
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if path.file_name().is_none() || path.is_dir() || !folder.is_dir() {
            let e = Error::new(ErrorKind::InvalidArgument, "is no place for a file");
            return Err(e.with_path(path.display()));
        }
        let path = place(path);
        if path.starts_with(&medium.root) {
            let e = Error::new(ErrorKind::InvalidArgument, "lies in the medium, which is not written");
            return Err(e.with_path(path.display()));
        }
        Ok(Self { program, udf, path, label })
    }

    /// Where it will lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it of the tree at `root`; the file is there whole or not at all.
    pub fn make(&self, root: &Path, tree: &Medium, progress: &Progress) -> Result<IsoRecord> {
        let failed = |e| Error::io("make the ISO image", &self.path, e);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let temp =
            tempfile::Builder::new().prefix(".iso.").suffix(".tmp").tempdir_in(folder).map_err(failed)?;
        let file = temp.path().join("image.iso");
        let mut log = tempfile::tempfile().map_err(failed)?;
        let (bios, uefi) = (tree.file(BIOS).map(|f| shown(&f.path)), tree.file(UEFI).map(|f| shown(&f.path)));
        let mut command = Command::new(&self.program);
        if self.udf {
            command.args(["-quiet", "-udf", "-allow-limited-size", "-D", "-input-charset", "utf-8"]);
        } else {
            command.args(["-as", "mkisofs"]);
        }
        command.args(["-iso-level", "3", "-J", "-joliet-long", "-volid", &self.label]);
        if let Some(bios) = &bios {
            command.args(["-b", bios, "-no-emul-boot", "-boot-load-size", "8"]);
        }
        if bios.is_some() && uefi.is_some() {
            command.arg("-eltorito-alt-boot");
        }
        if let Some(uefi) = &uefi {
            command.args(["-e", uefi, "-no-emul-boot"]);
        }
        command.arg("-o").arg(&file).arg(root);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.try_clone().map_err(failed)?);
        let mut child = command.spawn().map_err(|e| Error::io("start", &self.program, e))?;
        let meter = progress.begin(Phase::Write, 1, tree.size());
        let status = loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                break status;
            }
            if let Err(cancelled) = progress.check() {
                let _ = child.kill();
                let _ = child.wait();
                return Err(cancelled);
            }
            std::thread::sleep(PAUSE);
        };
        if !status.success() {
            let mut text = String::new();
            let _ = log.rewind().and_then(|()| log.read_to_string(&mut text));
            let name = self.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let tells = |l: &&str| l.contains("FAILURE") || l.contains("FATAL") || l.starts_with(&name);
            let said: Vec<&str> = text.lines().filter(tells).collect();
            let why = format!("{name} ended with {status}: {}", said.join("; "));
            return Err(Error::new(ErrorKind::Io, why).with_path(self.path.display()));
        }
        let size = file.metadata().map_err(failed)?.len();
        meter.done("the ISO image", size)?;
        std::fs::File::open(&file).and_then(|f| f.sync_all()).map_err(failed)?;
        std::fs::rename(&file, &self.path).map_err(failed)?;
        let large = tree.files.iter().filter(|f| f.size > EXTENT).map(|f| shown(&f.path)).collect();
        Ok(IsoRecord {
            path: self.path.display().to_string(),
            size,
            label: self.label.clone(),
            format: if self.udf { "udf" } else { "iso9660" },
            bios: bios.is_some(),
            uefi: uefi.is_some(),
            large_files: large,
        })
    }
}

/// A program on `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&paths).map(|p| p.join(&name)).find(|p| p.is_file())
}
