//! XPRESS, LZX and LZMS in both directions: wimlib's compressors and decompressors behind safe types.
//!
//! ```
//! use wimwright::codec::wimlib::{Compression, Compressor, Decompressor, with_compressor, with_decompressor};
//!
//! let kind = Compression::Lzx;
//! let size = kind.default_chunk_size();
//! assert!(kind.chunk_sizes().contains(&size));
//! let (chunk, mut packed, mut back) = (vec![7; size], vec![0; size], vec![0; size]);
//! let len = Compressor::new(kind, size, None)?.compress(&chunk, &mut packed)?.expect("it becomes smaller");
//! Decompressor::new(kind, size)?.decompress(&packed[..len], &mut back)?;
//! assert!(back == chunk && len < 100);
//! // The same with codecs that each thread keeps for the next time.
//! let again = with_compressor(kind, size, None, |c| c.compress(&chunk, &mut packed))?;
//! with_decompressor(kind, size, |d| d.decompress(&packed[..len], &mut back))?;
//! assert_eq!(again, Some(len));
//! # Ok::<(), wimwright::Error>(())
//! ```

#![expect(unsafe_code, reason = "wimlib's codecs are a C library")]

use crate::error::{Error, ErrorKind, Result};
use std::cell::RefCell;
use std::ffi::c_void;
use std::ops::RangeInclusive;
use std::ptr::NonNull;
use std::sync::OnceLock;

// wimlib asks Windows for random numbers, and its own build does not say where they are. The name has to be wanted before
// wimlib is linked, or the linker has passed the library by.
#[cfg(windows)]
#[link(name = "advapi32")]
unsafe extern "system" {
    fn SystemFunction036(buffer: *mut c_void, length: u32) -> u8;
}
#[cfg(windows)]
#[used]
static RANDOM: unsafe extern "system" fn(*mut c_void, u32) -> u8 = SystemFunction036;

/// How the chunks of a resource are compressed. The numbers are those of a solid resource's header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u32)]
pub enum Compression {
    /// Stored as it is.
    #[default]
    None = 0,
    /// LZ77 with Huffman coding in blocks of up to 64 KiB: fast, larger.
    Xpress = 1,
    /// LZ77 with a sliding window of 32 KiB to 2 MiB: what install.wim uses.
    Lzx = 2,
    /// Range-coded LZ with deltas: what an ESD's solid resources use.
    Lzms = 3,
}

impl Compression {
    /// The compression with this number in a solid resource's header.
    pub(crate) fn from_number(number: u32) -> Result<Self> {
        match number {
            0 => Ok(Self::None),
            1 => Ok(Self::Xpress),
            2 => Ok(Self::Lzx),
            3 => Ok(Self::Lzms),
            other => Err(Error::unsupported(format!("compression number {other} is not known"))),
        }
    }

    /// The chunk sizes that the format allows; powers of two only.
    pub fn chunk_sizes(self) -> RangeInclusive<usize> {
        match self {
            Self::None => 0..=usize::MAX,
            Self::Xpress => 1 << 12..=1 << 16,
            Self::Lzx => 1 << 15..=1 << 21,
            Self::Lzms => 1 << 15..=1 << 30,
        }
    }

    /// The chunk size that Microsoft's and wimlib's tools write outside solid resources.
    pub fn default_chunk_size(self) -> usize {
        match self {
            Self::None => 0,
            Self::Xpress | Self::Lzx => 1 << 15,
            Self::Lzms => 1 << 17,
        }
    }

    /// `size` where the format allows it as a chunk size.
    pub(crate) fn check_chunk_size(self, size: u64) -> Result<usize> {
        let known = usize::try_from(size).ok().filter(|n| self.chunk_sizes().contains(n));
        known
            .filter(|n| self == Self::None || n.is_power_of_two())
            .ok_or_else(|| Error::malformed(format!("{size} is not a chunk size that {self} can have")))
    }
}

impl std::fmt::Display for Compression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "no compression",
            Self::Xpress => "XPRESS",
            Self::Lzx => "LZX",
            Self::Lzms => "LZMS",
        })
    }
}

/// wimlib's own one-time set-up (processor features). Its lazy form is not a concern of callers.
fn init() -> Result<()> {
    static DONE: OnceLock<i32> = OnceLock::new();
    // SAFETY: no pointers; the `OnceLock` makes this the only call and orders it before every codec call.
    match *DONE.get_or_init(|| unsafe { wimlib_sys::wimlib_global_init(0) }) {
        0 => Ok(()),
        code => Err(failed("set up wimlib", code)),
    }
}

fn failed(action: &str, code: i32) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot {action}: wimlib's error {code}"))
}

/// Decompresses chunks of one format. One thread at a time uses it; it may move between threads.
#[derive(Debug)]
pub struct Decompressor {
    raw: Option<NonNull<wimlib_sys::wimlib_decompressor>>,
    kind: Compression,
    chunk_size: usize,
}

// SAFETY: the C object is plain memory without ties to the thread that made it.
unsafe impl Send for Decompressor {}

impl Decompressor {
    /// A decompressor of chunks of at most `chunk_size` bytes each. Fails where the format forbids that size.
    pub fn new(kind: Compression, chunk_size: usize) -> Result<Self> {
        kind.check_chunk_size(chunk_size as u64)?;
        let mut this = Self { raw: None, kind, chunk_size };
        if kind != Compression::None {
            init()?;
            let mut raw = std::ptr::null_mut();
            // SAFETY: `raw` is a valid place for the result.
            let code = unsafe { wimlib_sys::wimlib_create_decompressor(kind as _, chunk_size, &raw mut raw) };
            this.raw = NonNull::new(raw);
            if code != 0 || this.raw.is_none() {
                return Err(failed("make a decompressor", code));
            }
        }
        Ok(this)
    }

    /// Fills `output` with the chunk that `input` holds. The length of `output` is the chunk's own; where both
    /// lengths are equal the chunk is stored raw.
    pub fn decompress(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        if input.len() == output.len() {
            output.copy_from_slice(input);
            return Ok(());
        }
        let Some(raw) = self.raw else {
            return Err(Error::malformed(format!(
                "a stored chunk of {} bytes should have {}",
                input.len(),
                output.len()
            )));
        };
        if output.len() > self.chunk_size {
            return Err(Error::malformed(format!(
                "a chunk of {} bytes is longer than the chunk size {}",
                output.len(),
                self.chunk_size
            )));
        }
        // No format packs two bytes into one. wimlib's LZMS decoder does not expect it: for up to two bytes it builds
        // a code of fewer than two symbols and reads outside its memory.
        if output.len() <= 2 || input.is_empty() {
            return Err(Error::malformed(format!(
                "{} bytes cannot be a chunk of {}",
                input.len(),
                output.len()
            )));
        }
        // SAFETY: both slices are valid for their lengths, do not overlap, and `raw` is live and not shared.
        let code = unsafe {
            wimlib_sys::wimlib_decompress(
                input.as_ptr().cast::<c_void>(),
                input.len(),
                output.as_mut_ptr().cast::<c_void>(),
                output.len(),
                raw.as_ptr(),
            )
        };
        if code == 0 {
            return Ok(());
        }
        Err(Error::malformed(format!("a {} chunk of {} bytes does not decode", self.kind, input.len())))
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        if let Some(raw) = self.raw {
            // SAFETY: made by `wimlib_create_decompressor`, freed once.
            unsafe { wimlib_sys::wimlib_free_decompressor(raw.as_ptr()) }
        }
    }
}

/// Compresses chunks of one format. One thread at a time uses it; it may move between threads.
#[derive(Debug)]
pub struct Compressor {
    raw: Option<NonNull<wimlib_sys::wimlib_compressor>>,
    chunk_size: usize,
}

// SAFETY: the C object is plain memory without ties to the thread that made it.
unsafe impl Send for Compressor {}

impl Compressor {
    /// A compressor of chunks of at most `chunk_size` bytes. The level is wimlib's scale (20 fast, 50 its default,
    /// 100 thorough).
    pub fn new(kind: Compression, chunk_size: usize, level: Option<u32>) -> Result<Self> {
        kind.check_chunk_size(chunk_size as u64)?;
        let level = level.unwrap_or(0);
        // The bits above carry flags of wimlib's own (one lets it destroy its input).
        if level > 0xFF_FFFF {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("{level} is not a compression level"),
            ));
        }
        let mut this = Self { raw: None, chunk_size };
        if kind != Compression::None {
            init()?;
            let mut raw = std::ptr::null_mut();
            // SAFETY: `raw` is a valid place for the result.
            let code =
                unsafe { wimlib_sys::wimlib_create_compressor(kind as _, chunk_size, level, &raw mut raw) };
            this.raw = NonNull::new(raw);
            if code != 0 || this.raw.is_none() {
                return Err(failed("make a compressor", code));
            }
        }
        Ok(this)
    }

    /// Compresses one chunk into `output` and gives the length, or `None` where it would not become smaller
    /// than both `input` and `output`: such a chunk is stored raw.
    pub fn compress(&mut self, input: &[u8], output: &mut [u8]) -> Result<Option<usize>> {
        let Some(raw) = self.raw else { return Ok(None) };
        if input.len() > self.chunk_size {
            return Err(Error::new(ErrorKind::InvalidArgument, "a chunk is longer than the chunk size"));
        }
        let room = output.len().min(input.len().saturating_sub(1));
        if room == 0 {
            return Ok(None);
        }
        // SAFETY: both slices are valid for the lengths given, do not overlap, and `raw` is live and not shared.
        let len = unsafe {
            wimlib_sys::wimlib_compress(
                input.as_ptr().cast::<c_void>(),
                input.len(),
                output.as_mut_ptr().cast::<c_void>(),
                room,
                raw.as_ptr(),
            )
        };
        Ok((len != 0).then_some(len))
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        if let Some(raw) = self.raw {
            // SAFETY: made by `wimlib_create_compressor`, freed once.
            unsafe { wimlib_sys::wimlib_free_compressor(raw.as_ptr()) }
        }
    }
}

/// Bytes of memory that a compressor takes; 0 where there is none.
pub(crate) fn compressor_memory(kind: Compression, chunk_size: usize, level: Option<u32>) -> u64 {
    if kind == Compression::None {
        return 0;
    }
    // SAFETY: no pointers.
    unsafe { wimlib_sys::wimlib_get_compressor_needed_memory(kind as _, chunk_size, level.unwrap_or(0)) }
}

/// A few codecs kept by a thread; a codec is out of the list while it is used, so calls may nest.
struct Kept<K, C>(Vec<(K, C)>);

impl<K: PartialEq, C> Kept<K, C> {
    const MOST: usize = 4;

    fn take(&mut self, key: &K) -> Option<C> {
        let i = self.0.iter().position(|(k, _)| k == key)?;
        Some(self.0.swap_remove(i).1)
    }

    fn put(&mut self, key: K, codec: C) {
        if self.0.len() == Self::MOST {
            self.0.remove(0);
        }
        self.0.push((key, codec));
    }
}

/// Compressors above this chunk size are freed after use: an LZMS one needs a gigabyte for 64 MiB chunks.
const KEEP_COMPRESSOR: usize = 1 << 21;

type DecompressorKey = (Compression, usize);
type CompressorKey = (Compression, usize, Option<u32>);

thread_local! {
    static DECOMPRESSORS: RefCell<Kept<DecompressorKey, Decompressor>> =
        const { RefCell::new(Kept(Vec::new())) };
    static COMPRESSORS: RefCell<Kept<CompressorKey, Compressor>> =
        const { RefCell::new(Kept(Vec::new())) };
}

/// Runs `work` with this thread's decompressor for chunks of this kind and size.
pub fn with_decompressor<T>(
    kind: Compression,
    chunk_size: usize,
    work: impl FnOnce(&mut Decompressor) -> Result<T>,
) -> Result<T> {
    let key = (kind, chunk_size);
    let mut codec = match DECOMPRESSORS.with_borrow_mut(|kept| kept.take(&key)) {
        Some(codec) => codec,
        None => Decompressor::new(kind, chunk_size)?,
    };
    let result = work(&mut codec);
    DECOMPRESSORS.with_borrow_mut(|kept| kept.put(key, codec));
    result
}

/// Runs `work` with this thread's compressor for chunks of this kind, size and level.
pub fn with_compressor<T>(
    kind: Compression,
    chunk_size: usize,
    level: Option<u32>,
    work: impl FnOnce(&mut Compressor) -> Result<T>,
) -> Result<T> {
    let key = (kind, chunk_size, level);
    let mut codec = match COMPRESSORS.with_borrow_mut(|kept| kept.take(&key)) {
        Some(codec) => codec,
        None => Compressor::new(kind, chunk_size, level)?,
    };
    let result = work(&mut codec);
    if chunk_size <= KEEP_COMPRESSOR {
        COMPRESSORS.with_borrow_mut(|kept| kept.put(key, codec));
    }
    result
}

#[cfg(test)]
mod tests;
