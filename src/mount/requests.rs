//! The requests of the kernel: each is one call of the file system's core, and its answer.

use super::adapter::{Adapter, BLOCK, ONCE, answer, code, filetime, kind, writable};
use super::fs::{MAX_NAME_BYTES, Replace};
use fuser::{
    AccessFlags, BsdFileFlags, Errno, FileHandle, FileType, Filesystem, FopenFlags, INodeNo, InitFlags,
    KernelConfig, LockOwner, OpenAccMode, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData,
    ReplyDirectory, ReplyDirectoryPlus, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite,
    ReplyXattr, Request, TimeOrNow, WriteFlags,
};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// `setxattr`: only where it is not there yet, only where it is.
const XATTR_CREATE: i32 = 1;
const XATTR_REPLACE: i32 = 2;

impl Filesystem for Adapter {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        let mut wanted = vec![
            InitFlags::FUSE_PARALLEL_DIROPS,
            // Not the "auto" one: it asks for each entry of a large directory once more.
            InitFlags::FUSE_DO_READDIRPLUS,
            InitFlags::FUSE_CACHE_SYMLINKS,
            InitFlags::FUSE_ASYNC_DIO,
            // Without it every write is preceded by a look for a capability of the file.
            InitFlags::FUSE_HANDLE_KILLPRIV_V2,
        ];
        // The kernels that know this forget the pages that are written past them.
        self.past_cache = config.capabilities().contains(InitFlags::FUSE_DIRECT_IO_ALLOW_MMAP);
        if !self.fs.is_writable() {
            let able = config.capabilities();
            self.no_open = able.contains(InitFlags::FUSE_NO_OPEN_SUPPORT);
            self.no_open_dir = able.contains(InitFlags::FUSE_NO_OPENDIR_SUPPORT);
            wanted.extend([InitFlags::FUSE_NO_OPEN_SUPPORT, InitFlags::FUSE_NO_OPENDIR_SUPPORT]);
        }
        for flag in wanted {
            // What the kernel cannot do is done without.
            let _ = config.add_capabilities(flag);
        }
        let _ = config.set_max_write(1 << 20);
        let _ = config.set_time_granularity(Duration::from_nanos(100));
        let _ = config.set_max_background(64);
        Ok(())
    }

    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        answer!(reply, self.fs.lookup(parent.0, name.as_bytes()), (attr, exact) => {
            let ttl = if exact || !self.fs.is_writable() { self.ttl } else { Duration::ZERO };
            reply.entry_with_ttls(&ttl, &self.ttl, &self.file_attr(&attr), ONCE);
        });
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        answer!(reply, self.fs.attr(ino.0), attr => reply.attr(&self.ttl, &self.file_attr(&attr)));
    }

    fn setattr(
        &self,
        request: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        atime: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        handle: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        // An image has no owners and no modes of Unix: setting them is taken and does nothing, but for what makes a file
        // read-only.
        let set = || {
            if let Some(size) = size {
                if handle.is_none() {
                    self.may_write(request, ino)?;
                }
                self.fs.truncate(ino.0, size)?;
            }
            if let Some(mode) = mode {
                self.fs.set_writable(ino.0, writable(mode))?;
            }
            if atime.is_some() || mtime.is_some() {
                self.fs.set_times(ino.0, atime.map(filetime), mtime.map(filetime))?;
            }
            self.fs.attr(ino.0)
        };
        answer!(reply, set(), attr => reply.attr(&self.ttl, &self.file_attr(&attr)));
    }

    fn readlink(&self, _: &Request, ino: INodeNo, reply: ReplyData) {
        answer!(reply, self.fs.read_link(ino.0), text => reply.data(&text));
    }

    fn mknod(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        _: u32,
        reply: ReplyEntry,
    ) {
        let file = mode & nix::libc::S_IFMT == nix::libc::S_IFREG;
        // An image holds no devices, pipes and sockets.
        let made = if file {
            self.fs.create(parent.0, name.as_bytes(), writable(mode))
        } else {
            Err(rustix::io::Errno::PERM)
        };
        self.entry(reply, made);
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        self.entry(reply, self.fs.make_dir(parent.0, name.as_bytes()));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer!(reply, self.fs.unlink(parent.0, name.as_bytes()), stale => {
            reply.ok();
            self.forget_names(stale);
        });
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer!(reply, self.fs.remove_dir(parent.0, name.as_bytes()), stale => {
            reply.ok();
            self.forget_names(stale);
        });
    }

    fn symlink(&self, _: &Request, parent: INodeNo, name: &OsStr, target: &Path, reply: ReplyEntry) {
        self.entry(reply, self.fs.symlink(parent.0, name.as_bytes(), target.as_os_str().as_bytes()));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let replace = match flags {
            f if f.is_empty() => Replace::Yes,
            f if f == RenameFlags::RENAME_NOREPLACE => Replace::No,
            f if f == RenameFlags::RENAME_EXCHANGE => Replace::Exchange,
            _ => return reply.error(Errno::EINVAL),
        };
        let done = self.fs.rename(parent.0, name.as_bytes(), newparent.0, newname.as_bytes(), replace);
        answer!(reply, done, stale => {
            reply.ok();
            self.forget_names(stale);
        });
    }

    fn link(&self, _: &Request, ino: INodeNo, newparent: INodeNo, newname: &OsStr, reply: ReplyEntry) {
        self.entry(reply, self.fs.link(ino.0, newparent.0, newname.as_bytes()));
    }

    fn open(&self, request: &Request, ino: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        if self.no_open {
            return reply.error(Errno::ENOSYS);
        }
        let writes = flags.acc_mode() != OpenAccMode::O_RDONLY;
        let open = || {
            if writes {
                self.may_write(request, ino)?;
            }
            self.fs.open(ino.0, writes)
        };
        answer!(reply, open(), handle => reply.opened(FileHandle(handle), self.caching(flags)));
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        fh: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        answer!(reply, self.fs.read(ino.0, fh.0, offset, size), data => reply.data(&data));
    }

    fn write(
        &self,
        _: &Request,
        _: INodeNo,
        fh: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        answer!(reply, self.fs.write(fh.0, offset, data), () => reply.written(data.len() as u32));
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        // Whatever was written is with the operating system already.
        reply.error(Errno::ENOSYS);
    }

    fn release(
        &self,
        _: &Request,
        _: INodeNo,
        fh: FileHandle,
        _: OpenFlags,
        _: Option<LockOwner>,
        _: bool,
        reply: ReplyEmpty,
    ) {
        self.fs.release(fh.0);
        reply.ok();
    }

    fn fsync(&self, _: &Request, _: INodeNo, fh: FileHandle, _: bool, reply: ReplyEmpty) {
        answer!(reply, self.fs.sync(fh.0), () => reply.ok());
    }

    fn opendir(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        if self.no_open_dir {
            return reply.error(Errno::ENOSYS);
        }
        answer!(reply, self.fs.open_dir(ino.0), handle => {
            reply.opened(FileHandle(handle), FopenFlags::empty());
        });
    }

    fn readdir(&self, _: &Request, ino: INodeNo, fh: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let done = self.fs.with_dir(fh.0, |list| {
            if offset < 1 && reply.add(ino, 1, FileType::Directory, ".") {
                return Ok(());
            }
            if offset < 2 && reply.add(INodeNo(self.fs.parent(ino.0)?), 2, FileType::Directory, "..") {
                return Ok(());
            }
            let from = offset.saturating_sub(2);
            self.fs.read_dir(ino.0, list, from, &mut |next, name, ino, what, _| {
                reply.add(INodeNo(ino), next + 2, kind(what), OsStr::from_bytes(name))
            })
        });
        answer!(reply, done, () => reply.ok());
    }

    fn readdirplus(
        &self,
        _: &Request,
        ino: INodeNo,
        fh: FileHandle,
        offset: u64,
        mut reply: ReplyDirectoryPlus,
    ) {
        let done = self.fs.with_dir(fh.0, |list| {
            for (at, name) in [(1, "."), (2, "..")] {
                if offset < at {
                    let of = if at == 1 { ino.0 } else { self.fs.parent(ino.0)? };
                    let attr = self.file_attr(&self.fs.attr(of)?);
                    if reply.add(attr.ino, at, name, &self.ttl, &attr, ONCE) {
                        return Ok(());
                    }
                }
            }
            let from = offset.saturating_sub(2);
            self.fs.read_dir(ino.0, list, from, &mut |next, name, ino, _, attr| {
                let attr = self.file_attr(&attr());
                reply.add(INodeNo(ino), next + 2, OsStr::from_bytes(name), &self.ttl, &attr, ONCE)
            })
        });
        answer!(reply, done, () => reply.ok());
    }

    fn releasedir(&self, _: &Request, _: INodeNo, fh: FileHandle, _: OpenFlags, reply: ReplyEmpty) {
        self.fs.release(fh.0);
        reply.ok();
    }

    fn fsyncdir(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer!(reply, self.fs.sync(0), () => reply.ok());
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let totals = self.fs.totals();
        let (used, free) = (totals.bytes.div_ceil(BLOCK), totals.free / BLOCK);
        let names = MAX_NAME_BYTES as u32;
        reply.statfs(used + free, free, free, totals.files, free, BLOCK as u32, names, BLOCK as u32);
    }

    fn setxattr(
        &self,
        _: &Request,
        ino: INodeNo,
        name: &OsStr,
        value: &[u8],
        flags: i32,
        _: u32,
        reply: ReplyEmpty,
    ) {
        let (create, replace) = (flags & XATTR_CREATE != 0, flags & XATTR_REPLACE != 0);
        answer!(reply, self.fs.set_xattr(ino.0, name.as_bytes(), value, create, replace), () => reply.ok());
    }

    fn getxattr(&self, _: &Request, ino: INodeNo, name: &OsStr, size: u32, reply: ReplyXattr) {
        Self::xattr(reply, size, self.fs.get_xattr(ino.0, name.as_bytes()));
    }

    fn listxattr(&self, _: &Request, ino: INodeNo, size: u32, reply: ReplyXattr) {
        Self::xattr(reply, size, self.fs.list_xattrs(ino.0));
    }

    fn removexattr(&self, _: &Request, ino: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer!(reply, self.fs.remove_xattr(ino.0, name.as_bytes()), () => reply.ok());
    }

    fn access(&self, _: &Request, _: INodeNo, _: AccessFlags, reply: ReplyEmpty) {
        // The kernel checks the permission bits itself.
        reply.ok();
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        flags: i32,
        reply: ReplyCreate,
    ) {
        answer!(reply, self.fs.create_open(parent.0, name.as_bytes(), writable(mode)), (attr, handle) => {
            let handle = FileHandle(handle);
            reply.created(&self.ttl, &self.file_attr(&attr), ONCE, handle, self.caching(OpenFlags(flags)));
        });
    }

    fn fallocate(
        &self,
        _: &Request,
        _: INodeNo,
        fh: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        answer!(reply, self.fs.allocate(fh.0, offset, length, mode as u32), () => reply.ok());
    }
}
