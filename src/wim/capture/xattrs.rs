//! The extended attributes of what is open, on Linux.

use crate::wim::xattr::{MAX_VALUE, Xattr};
use rustix::fd::OwnedFd;
use rustix::fs::{fgetxattr, flistxattr};
use rustix::io::Errno;

/// The most that Linux lets all names of a file take.
const MAX_NAMES: usize = 65_536;

/// All of them, by name; none where the file system has none. One that went while they are read is not there.
pub(super) fn read(fd: &OwnedFd) -> rustix::io::Result<Vec<Xattr>> {
    let mut names = vec![0; 1024];
    let len = loop {
        match flistxattr(fd, &mut names[..]) {
            Err(Errno::RANGE) if names.len() < MAX_NAMES => names.resize(MAX_NAMES, 0),
            Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(Vec::new()),
            other => break other?,
        }
    };
    let mut out = Vec::new();
    for name in names[..len].split(|&b| b == 0).filter(|name| !name.is_empty()) {
        // A byte more than an image can hold, so that a longer one is seen.
        let mut value = vec![0; 1024];
        let len = loop {
            match fgetxattr(fd, name, &mut value[..]) {
                Err(Errno::RANGE) if value.len() <= MAX_VALUE => value.resize(MAX_VALUE + 1, 0),
                other => break other,
            }
        };
        match len {
            Ok(len) => value.truncate(len),
            Err(Errno::NODATA) => continue,
            Err(e) => return Err(e),
        }
        out.push((name.to_vec(), value));
    }
    out.sort();
    Ok(out)
}
