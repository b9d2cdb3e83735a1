//! What is asked of the operating system: whether FUSE is there, what is mounted, taking a mount away, the lock on an image.

use crate::error::{Error, ErrorKind, Result};
use nix::fcntl::{FcntlArg, fcntl};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Type of our mounts, as the kernel lists it.
pub(super) const SUBTYPE: &str = "wimwright";

/// The helper that mounts and unmounts for users other than root.
const HELPERS: [&str; 2] = ["fusermount3", "fusermount"];

/// An error that says what to install, where FUSE cannot be used.
pub(super) fn check_fuse() -> Result<()> {
    let lacking = |message: &str| Err(Error::new(ErrorKind::Unsupported, message));
    if !Path::new("/dev/fuse").exists() {
        return lacking(
            "mounting needs FUSE, and /dev/fuse is missing: load the kernel's module (modprobe fuse), or give the \
             container the device (--device /dev/fuse)",
        );
    }
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    if helper().is_none() {
        return lacking("mounting as a user other than root needs fusermount3: install the package fuse3");
    }
    let both = rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK;
    rustix::fs::access("/dev/fuse", both).map_err(|e| {
        let message = "this user may not open /dev/fuse, which systems mostly give to all (mode 0666)";
        Error::new(ErrorKind::PermissionDenied, message).with_source(std::io::Error::from(e))
    })
}

fn helper() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&paths).chain(["/usr/bin".into(), "/bin".into()]).collect();
    HELPERS.iter().find_map(|name| folders.iter().map(|dir| dir.join(name)).find(|path| path.is_file()))
}

/// Whether a FUSE file system is mounted on `dir`, by the kernel's list.
pub(super) fn is_mounted(dir: &Path) -> bool {
    let table = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    table.split(|&b| b == b'\n').any(|line| {
        let mut fields = line.split(|&b| b == b' ');
        let point = fields.nth(4).map(unescaped);
        let kind = fields.skip_while(|f| *f != b"-").nth(1);
        point.is_some_and(|point| point == dir.as_os_str())
            && kind.is_some_and(|kind| kind.starts_with(b"fuse"))
    })
}

/// A path of the kernel's list: space, tab, newline and backslash stand there in octal.
fn unescaped(field: &[u8]) -> OsString {
    let (mut out, mut rest) = (Vec::new(), field);
    while let Some((&first, more)) = rest.split_first() {
        let octal = |b: &u8| b.checked_sub(b'0').filter(|d| *d < 8).map(u32::from);
        let code = match (first, more) {
            (b'\\', [a, b, c, ..]) => {
                octal(a).zip(octal(b)).zip(octal(c)).map(|((a, b), c)| a * 64 + b * 8 + c)
            }
            _ => None,
        };
        out.push(code.map_or(first, |code| code as u8));
        rest = if code.is_some() { &more[3..] } else { more };
    }
    OsString::from_vec(out)
}

/// Takes the mount on `dir` away. `dead`: nobody serves it any more, so it goes even while it is in use.
pub(super) fn unmount(dir: &Path, dead: bool) -> Result<()> {
    let name = || dir.display().to_string();
    let flags = if dead { rustix::mount::UnmountFlags::DETACH } else { rustix::mount::UnmountFlags::empty() };
    match rustix::mount::unmount(dir, flags) {
        Ok(()) => return Ok(()),
        Err(rustix::io::Errno::BUSY) => return Err(in_use().with_path(name())),
        Err(rustix::io::Errno::PERM) => {}
        Err(e) => return Err(Error::io("unmount the folder", dir, e.into())),
    }
    let helper = helper().ok_or_else(|| {
        Error::new(
            ErrorKind::Unsupported,
            "unmounting as a user other than root needs fusermount3: install the package fuse3",
        )
    })?;
    let out = Command::new(&helper).arg(if dead { "-uz" } else { "-u" }).arg("--").arg(dir).output();
    let out = out.map_err(|e| Error::io("start", &helper, e))?;
    if out.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&out.stderr).trim().to_owned();
    if said.to_lowercase().contains("busy") {
        return Err(in_use().with_path(name()));
    }
    Err(Error::new(ErrorKind::Io, "cannot unmount the folder").with_source(said).with_path(name()))
}

fn in_use() -> Error {
    let message = "is in use; close its files and leave the folder (fuser -vm names who uses it)";
    Error::new(ErrorKind::Busy, message)
}

/// What keeps a second read-write mount of one image away. It dies with its owner.
#[derive(Debug)]
pub(super) struct ImageLock {
    _file: File,
}

impl ImageLock {
    /// Locks image `index` of the WIM at `path`; `None` where another process has the lock.
    ///
    /// The lock is one on a byte far behind the end of any WIM, a byte for each image. It belongs to the open file, so no
    /// other opening and closing of the WIM in this process ends it, and it does not meet the lock that writers take.
    pub fn new(path: &Path, index: u32) -> Result<Option<Self>> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|e| Error::io("open the WIM for writing", path, e))?;
        let range = nix::libc::flock {
            l_type: nix::libc::F_WRLCK as _,
            l_whence: nix::libc::SEEK_SET as _,
            l_start: (1 << 62) + nix::libc::off_t::from(index),
            l_len: 1,
            l_pid: 0,
        };
        match fcntl(&file, FcntlArg::F_OFD_SETLK(&range)) {
            Ok(_) => Ok(Some(Self { _file: file })),
            Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EACCES) => Ok(None),
            // A file system without locks is no reason to refuse the work.
            Err(nix::errno::Errno::ENOLCK | nix::errno::Errno::ENOSYS | nix::errno::Errno::EOPNOTSUPP) => {
                Ok(Some(Self { _file: file }))
            }
            Err(e) => Err(Error::io("lock the image", path, e.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_is_read_as_it_escapes() {
        assert_eq!(unescaped(br"/a\040b\134c\011"), OsString::from_vec(b"/a b\\c\t".to_vec()));
        assert_eq!(unescaped(br"/a\9"), OsString::from_vec(br"/a\9".to_vec()));
        assert!(!is_mounted(Path::new("/no such place")));
    }

    #[test]
    fn an_image_is_locked_once_and_beside_it_are_others() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let first = ImageLock::new(file.path(), 1).unwrap();
        assert!(first.is_some());
        assert!(ImageLock::new(file.path(), 1).unwrap().is_none());
        assert!(ImageLock::new(file.path(), 2).unwrap().is_some());
        drop(std::fs::read(file.path()).unwrap());
        assert!(ImageLock::new(file.path(), 1).unwrap().is_none());
        let writer = File::open(file.path()).unwrap();
        writer.try_lock().unwrap();
        drop(first);
        assert!(ImageLock::new(file.path(), 1).unwrap().is_some());
    }
}
