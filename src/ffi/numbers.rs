//! The numbers of the ABI as the header shows them, and the proof that they are the library's own.

use crate::service::Level;
use crate::{Error, ErrorKind, Result};

/// The version of the C ABI that this header describes. It grows by one when a function, number or struct changes its
/// meaning or goes away; additions do not change it.
pub const WW_ABI_VERSION: u32 = 1;

/// What a call came to. The same numbers as the library's error kinds.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwStatus {
    /// Success.
    Ok = 0,
    /// A caller's argument makes no sense.
    InvalidArgument = 1,
    /// A file, image, entry or member that was asked for does not exist.
    NotFound = 2,
    /// Something is in the way of what was to be created.
    AlreadyExists = 3,
    /// The operating system reported an error that has no number of its own here.
    Io = 4,
    /// The disk or quota is full.
    NoSpace = 5,
    /// The operating system denied access.
    PermissionDenied = 6,
    /// The bytes do not follow their format.
    Malformed = 7,
    /// The data ends before the format says it should.
    Truncated = 8,
    /// A container's own checksum does not match its bytes.
    ChecksumMismatch = 9,
    /// Data does not have the digest that is declared for it.
    HashMismatch = 10,
    /// The format is known by name and not handled.
    Unsupported = 11,
    /// A size, count or depth from a file is over the library's limits.
    LimitExceeded = 12,
    /// The progress callback asked to stop.
    Cancelled = 13,
    /// Nothing of the update applies to the image.
    NotApplicable = 14,
    /// The update is for another processor architecture.
    ArchitectureMismatch = 15,
    /// The update is for another version of Windows.
    VersionMismatch = 16,
    /// The image has pending operations and may not be written.
    Pending = 17,
    /// Another process holds the file for writing, or another call is at work on the session.
    Busy = 18,
    /// A file that the package promises is not in it.
    MissingPayload = 19,
    /// A name would leave the destination.
    UnsafePath = 20,
    /// A defect of the library, caught before it could do harm.
    Internal = 21,
    /// A level or function that this version names but does not offer yet.
    NotAvailable = 22,
    /// Windows marked the image as one that cannot be serviced.
    Unserviceable = 23,
}

/// What long work is doing.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwPhase {
    /// Reading headers and metadata.
    Open = 1,
    /// Re-hashing blobs.
    Verify = 2,
    /// Writing files to a folder.
    Extract = 3,
    /// Decoding cabinets.
    Unpack = 4,
    /// Working out what applies.
    Plan = 5,
    /// Laying payload into indexes.
    Stage = 6,
    /// Compressing and writing blobs.
    Write = 7,
    /// Hashing whole files.
    Hash = 8,
    /// Copying the image to its output.
    Copy = 9,
    /// Rebuilding files from deltas.
    Rebuild = 10,
    /// Comparing two images.
    Compare = 11,
}

/// How far packages are serviced.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwLevel {
    /// Payload, manifests, packages and catalogs are laid into the component store.
    Stage = 0,
    /// The update itself is placed in the image, with what makes Windows install it.
    Deliver = 1,
    /// Best effort: also winners, hard links and registry keys; a package is installed whole or stays staged.
    Install = 2,
}

/// Which updates a schedule takes.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwSelection {
    /// Those that are named, in this order.
    Updates = 0,
    /// All that are offered when it runs.
    AllApplicable = 1,
    /// The newest cumulative update that is offered when it runs.
    LatestCumulative = 2,
}

/// What a run over a site does.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwRunMode {
    /// Resume what was interrupted, then run every schedule that is due.
    Due = 0,
    /// Resume what was interrupted.
    Resume = 1,
    /// Give up what was interrupted; what was published stays.
    Discard = 2,
}

/// A caller's level.
pub(super) fn level(number: u32) -> Result<Level> {
    match number {
        0 => Ok(Level::Stage),
        1 => Ok(Level::Deliver),
        2 => Ok(Level::Install),
        other => Err(wrong("options.level", other, "WW_LEVEL_")),
    }
}

/// A number that stands for nothing.
pub(super) fn wrong(what: &str, number: u32, prefix: &str) -> Error {
    let message = format!("'{what}' is {number}, which is no {prefix}... number");
    Error::new(ErrorKind::InvalidArgument, message)
}

/// How contents are compressed in a new file.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwCompression {
    /// As in the source.
    Keep = 0,
    /// Stored as they are.
    None = 1,
    /// XPRESS: fast, larger.
    Xpress = 2,
    /// LZX: what `install.wim` has.
    Lzx = 3,
    /// LZMS: what an ESD has.
    Lzms = 4,
}

/// What makes Windows install what level deliver places in an image.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwDelivery {
    /// An answer file for a package (`.cab`), `SetupComplete.cmd` for an MSU.
    ByForm = 0,
    /// An answer file for the pass `offlineServicing`. It takes packages only.
    AnswerFile = 1,
    /// `SetupComplete.cmd`, which Windows Setup runs at its end.
    SetupComplete = 2,
    /// Both.
    Both = 3,
}

/// What becomes of the changes of a mount.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwEnding {
    /// They stay in their folder, to be committed or discarded later. What read-only mounts end with.
    Keep = 0,
    /// They are committed to the image file.
    Commit = 1,
    /// They are thrown away.
    Discard = 2,
}

/// Yes, no, or as it is.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WwChoice {
    /// As it is.
    Keep = 0,
    /// Yes.
    Yes = 1,
    /// No.
    No = 2,
}

/// A caller's choice; `None` to leave it as it is.
pub(super) fn choice(number: u32, what: &str) -> Result<Option<bool>> {
    match number {
        0 => Ok(None),
        1 => Ok(Some(true)),
        2 => Ok(Some(false)),
        other => {
            let message = format!("'{what}' is {other}, which is no WW_CHOICE_... number");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Phase;

    #[test]
    fn statuses_are_the_kinds() {
        let last = WwStatus::Unserviceable as u32;
        assert_eq!(ErrorKind::ALL.len() as u32, last);
        assert_eq!(ErrorKind::Pending.code(), WwStatus::Pending as u32);
        assert_eq!(ErrorKind::Unserviceable.code(), last);
        // The names agree one by one, so that a kind cannot move under its number.
        let header = include_str!("numbers.rs");
        for kind in ErrorKind::ALL {
            assert!(header.contains(&format!("    {kind:?} = {},", kind.code())), "{kind:?}");
        }
    }

    #[test]
    fn phases_are_the_phases() {
        let pairs = [
            (Phase::Open as u32, WwPhase::Open as u32),
            (Phase::Verify as u32, WwPhase::Verify as u32),
            (Phase::Extract as u32, WwPhase::Extract as u32),
            (Phase::Unpack as u32, WwPhase::Unpack as u32),
            (Phase::Plan as u32, WwPhase::Plan as u32),
            (Phase::Stage as u32, WwPhase::Stage as u32),
            (Phase::Write as u32, WwPhase::Write as u32),
            (Phase::Hash as u32, WwPhase::Hash as u32),
            (Phase::Copy as u32, WwPhase::Copy as u32),
            (Phase::Rebuild as u32, WwPhase::Rebuild as u32),
            (Phase::Compare as u32, WwPhase::Compare as u32),
        ];
        for (ours, theirs) in pairs {
            assert_eq!(ours, theirs);
        }
    }
}
