//! The one error of the library: a kind to branch on, a sentence to read, the file or entry, the cause.

use std::fmt;
use std::path::Path;

/// The result of every fallible call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What went wrong, for a program to branch on. The numbers are the C ABI's status codes: never reused,
/// never renumbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[repr(u32)]
pub enum ErrorKind {
    /// A caller's argument makes no sense (an index 0, a bad flag, text that is not UTF-8).
    InvalidArgument = 1,
    /// A file, image, entry or member that was asked for does not exist.
    NotFound = 2,
    /// Something is in the way of what was to be created.
    AlreadyExists = 3,
    /// The operating system reported an error that has no kind of its own here.
    Io = 4,
    /// The disk or quota is full.
    NoSpace = 5,
    /// The operating system denied access.
    PermissionDenied = 6,
    /// The bytes do not follow their format.
    Malformed = 7,
    /// The data ends before the format says it should.
    Truncated = 8,
    /// A container's own checksum or integrity table does not match its bytes.
    ChecksumMismatch = 9,
    /// Data does not have the digest that its manifest, index or blob table declares.
    HashMismatch = 10,
    /// The format is known by name and not handled (Quantum, an encrypted ESD, an ARM64 delta, ...).
    Unsupported = 11,
    /// A size, count or depth from a file is over the caller's [`Limits`](crate::base::Limits).
    LimitExceeded = 12,
    /// The caller asked to stop.
    Cancelled = 13,
    /// Nothing of the update applies to the image.
    NotApplicable = 14,
    /// The update is for another processor architecture than the image.
    ArchitectureMismatch = 15,
    /// The update is for another version of Windows than the image.
    VersionMismatch = 16,
    /// The image has pending servicing operations and may not be written.
    Pending = 17,
    /// Another process holds the file or image for writing.
    Busy = 18,
    /// A file that the package promises is not in it, or the basis of a delta is missing.
    MissingPayload = 19,
    /// A name would leave the destination, or is absolute, a device, a stream or a drive.
    UnsafePath = 20,
    /// A defect of this library, caught before it could reach the caller.
    Internal = 21,
    /// A level or function that this version names but does not offer yet.
    NotAvailable = 22,
    /// Windows marked the image as one that cannot be serviced; it is not written.
    Unserviceable = 23,
}

impl ErrorKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 23] = [
        Self::InvalidArgument,
        Self::NotFound,
        Self::AlreadyExists,
        Self::Io,
        Self::NoSpace,
        Self::PermissionDenied,
        Self::Malformed,
        Self::Truncated,
        Self::ChecksumMismatch,
        Self::HashMismatch,
        Self::Unsupported,
        Self::LimitExceeded,
        Self::Cancelled,
        Self::NotApplicable,
        Self::ArchitectureMismatch,
        Self::VersionMismatch,
        Self::Pending,
        Self::Busy,
        Self::MissingPayload,
        Self::UnsafePath,
        Self::Internal,
        Self::NotAvailable,
        Self::Unserviceable,
    ];

    /// The number of the kind in the C ABI.
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// The CBS or Win32 HRESULT that Windows' own tools give for the same condition.
    pub const fn hresult(self) -> u32 {
        match self {
            Self::InvalidArgument => 0x8007_0057,             // E_INVALIDARG
            Self::NotFound => 0x8007_0002,                    // ERROR_FILE_NOT_FOUND
            Self::AlreadyExists => 0x8007_00B7,               // ERROR_ALREADY_EXISTS
            Self::Io => 0x8007_001D,                          // ERROR_WRITE_FAULT
            Self::NoSpace => 0x800F_0828,                     // CBS_E_INSUFFICIENT_DISK_SPACE
            Self::PermissionDenied => 0x8007_0005,            // E_ACCESSDENIED
            Self::Malformed | Self::Truncated => 0x8007_000D, // ERROR_INVALID_DATA
            Self::ChecksumMismatch | Self::HashMismatch => 0x8007_0017, // ERROR_CRC
            Self::Unsupported | Self::NotAvailable => 0x8007_0032, // ERROR_NOT_SUPPORTED
            Self::LimitExceeded => 0x8007_0216,               // ERROR_ARITHMETIC_OVERFLOW
            Self::Cancelled => 0x800F_0820,                   // CBS_E_CANCEL
            Self::NotApplicable | Self::VersionMismatch => 0x800F_081E, // CBS_E_NOT_APPLICABLE
            Self::ArchitectureMismatch => 0x800F_081B,        // CBS_E_UNEXPECTED_PROCESSOR_ARCHITECTURE
            Self::Pending => 0x800F_0806,                     // CBS_E_PENDING
            Self::Busy => 0x8007_0020,                        // ERROR_SHARING_VIOLATION
            Self::MissingPayload => 0x800F_081F,              // CBS_E_SOURCE_MISSING
            Self::UnsafePath => 0x8007_00A1,                  // ERROR_BAD_PATHNAME
            Self::Internal => 0x8000_FFFF,                    // E_UNEXPECTED
            Self::Unserviceable => 0x800F_0830,               // CBS_E_IMAGE_UNSERVICEABLE
        }
    }
}

/// What failed: a kind, one sentence, the file or entry it concerns and the cause beneath it.
///
/// `Display` gives one line, `PATH: SENTENCE: CAUSE`, as the command line prints it.
///
/// ```
/// use wimwright::{Error, ErrorKind};
///
/// let e = Error::new(ErrorKind::NotFound, "is not in the image").with_path("a.txt").within("install.wim");
/// assert_eq!(e.to_string(), "install.wim: a.txt: is not in the image");
/// assert_eq!(e.kind(), ErrorKind::NotFound);
/// assert_eq!(e.kind().hresult(), 0x8007_0002);
/// assert_eq!(e.path(), Some("install.wim: a.txt"));
/// ```
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug, thiserror::Error)]
#[error("{}{message}{}", path.as_ref().map(|p| format!("{p}: ")).unwrap_or_default(),
    source.as_ref().map(|s| format!(": {s}")).unwrap_or_default())]
struct Inner {
    kind: ErrorKind,
    message: String,
    path: Option<String>,
    source: Option<Cause>,
}

///
/// ```
/// use std::io;
/// use wimwright::{Error, ErrorKind};
///
/// let refused = io::Error::from(io::ErrorKind::PermissionDenied);
/// let e = Error::io("open the file", "install.wim", refused);
/// assert_eq!((e.kind(), e.message()), (ErrorKind::PermissionDenied, "cannot open the file"));
/// let e = Error::malformed("the header is cut off").with_source("28 bytes are there").with_path("a.wim");
/// assert_eq!(e.to_string(), "a.wim: the header is cut off: 28 bytes are there");
/// // An error of ours goes through `std::io` and comes back as it was.
/// let back = Error::from_io("read", io::Error::from(Error::unsupported("Quantum is not handled")));
/// assert_eq!((back.kind(), back.kind().code()), (ErrorKind::Unsupported, ErrorKind::Unsupported.code()));
/// ```
impl Error {
    /// An error with a kind and a sentence. The sentence says what was being done or what is wrong, without
    /// the path (see [`with_path`](Self::with_path)) and without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { inner: Box::new(Inner { kind, message: message.into(), path: None, source: None }) }
    }

    /// Bytes that do not follow their format.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    /// A known format, or part of one, that is not handled.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// A file operation that the operating system refused; the kind follows from its answer.
    pub fn io(action: &str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::from_io(action, source).with_path(path.as_ref().display())
    }

    /// As [`io`](Self::io) where no path is known yet. An error of ours that travelled through
    /// [`std::io::Error`] comes out as it went in.
    pub fn from_io(action: &str, source: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match source.kind() {
            Io::NotFound => ErrorKind::NotFound,
            Io::AlreadyExists => ErrorKind::AlreadyExists,
            Io::PermissionDenied => ErrorKind::PermissionDenied,
            Io::StorageFull | Io::QuotaExceeded => ErrorKind::NoSpace,
            Io::UnexpectedEof => ErrorKind::Truncated,
            Io::ResourceBusy => ErrorKind::Busy,
            // Windows: another program has the file, or a part of it, to itself.
            _ if cfg!(windows) && matches!(source.raw_os_error(), Some(32 | 33)) => ErrorKind::Busy,
            _ => ErrorKind::Io,
        };
        match source.downcast::<Self>() {
            Ok(ours) => ours,
            Err(source) => Self::new(kind, format!("cannot {action}")).with_source(source),
        }
    }

    /// Names the file or entry, unless a deeper layer has named one already.
    #[must_use]
    pub fn with_path(mut self, path: impl fmt::Display) -> Self {
        self.inner.path.get_or_insert_with(|| path.to_string());
        self
    }

    /// Names an outer container in front of what is named already: `outer: inner`. One that is named first
    /// already, by this or by a longer path, is not named twice.
    #[must_use]
    pub fn within(mut self, outer: impl fmt::Display) -> Self {
        let outer = outer.to_string();
        self.inner.path = Some(match self.inner.path.take() {
            Some(inner) => {
                let first = inner.split(": ").next().unwrap_or_default();
                let file = first.rsplit(['/', '\\']).next().unwrap_or_default();
                if first == outer || file == outer { inner } else { format!("{outer}: {inner}") }
            }
            None => outer,
        });
        self
    }

    /// Keeps the error beneath.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Cause>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// The kind, to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The sentence without path and cause.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The file or entry concerned.
    pub fn path(&self) -> Option<&str> {
        self.inner.path.as_deref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.inner.kind)
    }
}

/// Carries an error through an interface that speaks [`std::io::Error`];
/// [`Error::from_io`] takes it out again.
impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_path_sentence_and_cause() {
        let e = Error::new(ErrorKind::Truncated, "ends inside a block").with_path("a.cab").with_source("eof");
        assert_eq!(e.to_string(), "a.cab: ends inside a block: eof");
        let e = e.within("a.cab").within("dir/x.msu");
        assert_eq!(e.path(), Some("dir/x.msu: a.cab"));
        assert_eq!(e.within("x.msu").path(), Some("dir/x.msu: a.cab"));
    }

    #[test]
    fn an_error_survives_io() {
        let io: std::io::Error = Error::malformed("bad").with_path("p").into();
        let back = Error::from_io("read", io);
        assert_eq!((back.kind(), back.path()), (ErrorKind::Malformed, Some("p")));
    }

    #[test]
    fn numbers_are_dense_and_stable() {
        for (i, kind) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(kind.code(), i as u32 + 1);
            assert_ne!(kind.hresult(), 0);
        }
    }
}
