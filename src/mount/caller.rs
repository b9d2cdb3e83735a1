//! What a process that waits for an answer is doing: whether it gives a name another spelling of itself.
//!
//! Before the kernel asks to move `Foo` to `foo` it looks for `foo`. Told that this is `Foo`, it takes the move for done,
//! or refuses it. So such a look has to find nothing; the move itself is checked when it is asked for.

use crate::base::Name;
use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// Longest path that the kernel takes.
const PATH_MAX: usize = 4096;
/// Read at a time, so that what lies behind a short path need not be there.
const PIECE: usize = 256;

/// Whether thread `pid` is moving a name to `name`, which is the same but for its case. Where the system keeps that from
/// us, it is not.
pub(super) fn respells(pid: u32, name: &[u8]) -> bool {
    if pid == 0 {
        return false;
    }
    let found = || {
        let (from, to) = paths_of_rename(&std::fs::read_to_string(format!("/proc/{pid}/syscall")).ok()?)?;
        let memory = File::open(format!("/proc/{pid}/mem")).ok()?;
        Some((last_name(&text(&memory, from)?)?, last_name(&text(&memory, to)?)?))
    };
    found().is_some_and(|(from, to)| to == name && from != to && same(&from, &to))
}

fn same(a: &[u8], b: &[u8]) -> bool {
    Name::from_wtf8(a).zip(Name::from_wtf8(b)).is_some_and(|(a, b)| a == b)
}

/// Where both paths of a rename stand, of what `/proc/PID/syscall` says: the number of the call and its arguments.
fn paths_of_rename(call: &str) -> Option<(u64, u64)> {
    let mut words = call.split_ascii_whitespace();
    let number: nix::libc::c_long = words.next()?.parse().ok()?;
    let mut argument = || u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok();
    let arguments = [argument()?, argument()?, argument()?, argument()?, argument()?];
    #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
    if number == nix::libc::SYS_rename {
        return Some((arguments[0], arguments[1]));
    }
    #[cfg(not(any(target_arch = "riscv64", target_arch = "riscv32", target_arch = "loongarch64")))]
    if number == nix::libc::SYS_renameat {
        return Some((arguments[1], arguments[3]));
    }
    let exchange = u64::from(nix::libc::RENAME_EXCHANGE);
    (number == nix::libc::SYS_renameat2 && arguments[4] & exchange == 0)
        .then_some((arguments[1], arguments[3]))
}

/// The zero-terminated text at `at`.
fn text(memory: &File, at: u64) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    while out.len() < PATH_MAX {
        let here = at.checked_add(out.len() as u64)?;
        let mut piece = [0; PIECE];
        // Up to the end of a page: the next one may not be there.
        let room = PIECE - (here as usize & (PIECE - 1));
        let len = memory.read_at(&mut piece[..room], here).ok().filter(|&len| len > 0)?;
        if let Some(end) = piece[..len].iter().position(|&b| b == 0) {
            out.extend_from_slice(&piece[..end]);
            return (out.len() < PATH_MAX).then_some(out);
        }
        out.extend_from_slice(&piece[..len]);
    }
    None
}

/// The last name of a path; a folder's may be followed by slashes.
fn last_name(path: &[u8]) -> Option<Vec<u8>> {
    let mut names = path.split(|&b| b == b'/').filter(|name| !name.is_empty());
    names.next_back().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_from_the_memory_of_a_process() {
        let memory = File::open("/proc/self/mem").unwrap();
        for len in [0, 1, 255, 256, 257, 4000] {
            let mut path = vec![b'x'; len];
            path.push(0);
            assert_eq!(text(&memory, path.as_ptr() as u64), Some(vec![b'x'; len]));
        }
        let endless = vec![b'x'; PATH_MAX + 1];
        assert_eq!(text(&memory, endless.as_ptr() as u64), None);
        assert_eq!(text(&memory, 8), None);
        assert_eq!(last_name(b"/a/B//"), Some(b"B".to_vec()));
        assert_eq!(last_name(b"//"), None);
    }

    #[test]
    fn only_renames_that_move_are_seen() {
        let call = |number: nix::libc::c_long, flags: u64| {
            format!("{number} 0x1 0x2 0x3 0x4 {flags:#x} 0x6 0x7 0x8\n")
        };
        let renameat2 = nix::libc::SYS_renameat2;
        assert_eq!(paths_of_rename(&call(renameat2, 1)), Some((2, 4)));
        assert_eq!(paths_of_rename(&call(renameat2, 2)), None);
        #[cfg(target_arch = "x86_64")]
        assert_eq!(paths_of_rename(&call(82, 0)), Some((1, 2)));
        assert_eq!(paths_of_rename(&call(nix::libc::SYS_read, 0)), None);
        for odd in ["running\n", "", "316 0x1", "-1 0x1 0x2"] {
            assert_eq!(paths_of_rename(odd), None);
        }
        assert!(!respells(0, b"x") && !respells(std::process::id(), b"x"));
    }
}
