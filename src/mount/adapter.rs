//! What passes between the kernel and [`ImageFs`]: attributes, errors, times, and names that the kernel is to forget.

use super::fs::{Attr, FsResult, ImageFs, Kind, Spellings};
use crate::wim::xml::FileTime;
use fuser::{
    Errno, FileAttr, FileType, FopenFlags, Generation, INodeNo, Notifier, OpenAccMode, OpenFlags, ReplyEntry,
    ReplyXattr, Request, TimeOrNow,
};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How long the kernel may keep what it knows. Nothing changes but through it.
const LONG: Duration = Duration::from_secs(24 * 3600);
/// The same where names can be changed by another spelling, which it does not know to be the same.
const SHORT: Duration = Duration::from_secs(1);
pub(super) const ONCE: Generation = Generation(0);
/// Blocks that sizes are told in.
pub(super) const BLOCK: u64 = 4096;
/// The file system as the kernel sees it.
pub(super) struct Adapter {
    pub fs: ImageFs,
    uid: u32,
    gid: u32,
    pub ttl: Duration,
    stale: Mutex<Sender<(u64, Vec<u8>)>>,
    spellings: Mutex<Option<Stale>>,
    /// The kernel does without opening files and directories.
    pub no_open: bool,
    pub no_open_dir: bool,
    /// What is written need not go through the kernel's page cache.
    pub past_cache: bool,
    /// The kernel checks permissions; else only the user who mounted gets here.
    checked: bool,
}

/// Names that the kernel is to forget. It is told by a thread of its own, since it waits for the answer to the request
/// that made them stale.
pub(super) struct Stale(Receiver<(u64, Vec<u8>)>);

impl Stale {
    /// Tells the kernel, until the file system is gone.
    pub fn serve(self, notifier: Notifier) {
        std::thread::spawn(move || {
            for (parent, name) in self.0 {
                // A name that the kernel does not know needs no forgetting.
                let _ = notifier.inval_entry(INodeNo(parent), OsStr::from_bytes(&name));
            }
        });
    }
}

pub(super) fn code(e: rustix::io::Errno) -> Errno {
    Errno::from_i32(e.raw_os_error())
}

/// Answers with what a call gave, or with its error.
macro_rules! answer {
    ($reply:ident, $result:expr, $value:pat => $ok:expr) => {
        match $result {
            Ok($value) => $ok,
            Err(e) => $reply.error(code(e)),
        }
    };
}

pub(super) use answer;

impl Adapter {
    /// `checked`: whether the kernel checks permissions.
    pub fn new(fs: ImageFs, checked: bool) -> Self {
        let (stale, receiver) = channel();
        Self {
            ttl: if fs.is_writable() { SHORT } else { LONG },
            fs,
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
            stale: Mutex::new(stale),
            spellings: Mutex::new(Some(Stale(receiver))),
            no_open: false,
            no_open_dir: false,
            past_cache: false,
            checked,
        }
    }

    /// The names to be forgotten; to be served once it is mounted.
    pub fn spellings(&self) -> Option<Stale> {
        self.spellings.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub fn forget_names(&self, stale: Spellings) {
        let sender = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        for name in stale {
            // Nobody listens when the file system is going.
            let _ = sender.send(name);
        }
    }

    pub fn file_attr(&self, attr: &Attr) -> FileAttr {
        let time = |filetime| SystemTime::from(FileTime(filetime));
        FileAttr {
            ino: INodeNo(attr.ino),
            size: attr.size,
            blocks: attr.size.div_ceil(512),
            atime: time(attr.times.access),
            mtime: time(attr.times.write),
            ctime: time(attr.times.write),
            crtime: time(attr.times.creation),
            kind: kind(attr.kind),
            perm: attr.mode,
            nlink: attr.links,
            uid: self.uid,
            gid: self.gid,
            rdev: 0,
            blksize: BLOCK as u32,
            flags: 0,
        }
    }

    /// An error where a file is marked read-only and the kernel did not look: root alone may write to it then.
    pub fn may_write(&self, request: &Request, ino: INodeNo) -> FsResult<()> {
        let allowed = self.checked || request.uid() == 0 || writable(self.fs.attr(ino.0)?.mode.into());
        if allowed { Ok(()) } else { Err(rustix::io::Errno::ACCESS) }
    }

    /// What is opened only to be written goes past the kernel's page cache: that saves a copy, and a request for each file.
    pub fn caching(&self, flags: OpenFlags) -> FopenFlags {
        if self.past_cache && flags.acc_mode() == OpenAccMode::O_WRONLY {
            FopenFlags::FOPEN_DIRECT_IO
        } else {
            FopenFlags::FOPEN_KEEP_CACHE
        }
    }

    pub fn entry(&self, reply: ReplyEntry, result: FsResult<Attr>) {
        answer!(reply, result, attr => reply.entry(&self.ttl, &self.file_attr(&attr), ONCE));
    }

    pub fn xattr(reply: ReplyXattr, size: u32, result: FsResult<Vec<u8>>) {
        answer!(reply, result, value => {
            if size == 0 {
                reply.size(value.len() as u32);
            } else if value.len() > size as usize {
                reply.error(Errno::ERANGE);
            } else {
                reply.data(&value);
            }
        });
    }
}

pub(super) fn kind(kind: Kind) -> FileType {
    match kind {
        Kind::File => FileType::RegularFile,
        Kind::Directory => FileType::Directory,
        Kind::Link => FileType::Symlink,
    }
}

pub(super) fn filetime(time: TimeOrNow) -> u64 {
    match time {
        TimeOrNow::SpecificTime(time) => FileTime::from(time).0,
        TimeOrNow::Now => FileTime::now().0,
    }
}

/// Whether a file of this mode may be written to by anyone; the only thing of a mode that an image can say.
pub(super) fn writable(mode: u32) -> bool {
    mode & 0o222 != 0
}
