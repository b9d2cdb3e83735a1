//! LZX as cabinets use it: frames of 32 KiB over a window of 32 KiB to 2 MiB, Huffman trees sent as
//! differences, and the translation of x86 call targets (E8).
//!
//! Facts: \[MS-PATCH\] and the cabinet SDK's description of LZX; where those are silent (E8 after 1 GiB, the pad
//! byte of an uncompressed block at the end of a frame) the decoder does what 7-Zip and libmspack agree on.
#![expect(
    clippy::inline_always,
    reason = "the hot loop is one function, so that its state stays in registers"
)]

mod bits;
mod e8;
mod huffman;
mod window;

use crate::error::{Error, ErrorKind, Result};
use bits::BitReader;
use huffman::{Table, read_lengths};
use window::Window;

/// Bytes of output of every frame but a folder's last.
pub const FRAME: usize = 32 * 1024;

/// Window sizes that a cabinet may name, as powers of two.
pub const WINDOW_BITS: std::ops::RangeInclusive<u32> = 15..=21;

/// After this many frames (1 GiB) call targets are left as they are.
const E8_FRAMES: u32 = 32768;

const LITERALS: usize = 256;
const LENGTHS: usize = 249;
const MAX_MAIN: usize = LITERALS + 8 * 50;
const MAX_MATCH: usize = 257;

/// How many footer bits follow position slot `slot`.
const fn footer_bits(slot: usize) -> u32 {
    match slot {
        0..4 => 0,
        4..36 => slot as u32 / 2 - 1,
        _ => 17,
    }
}

/// Per position slot: the first formatted offset in the upper bits, the number of footer bits in the low five.
const SLOTS: [u32; 64] = {
    let mut slots = [0; 64];
    let (mut slot, mut base) = (0, 0);
    while slot < 50 {
        slots[slot] = base << 5 | footer_bits(slot);
        base += 1 << footer_bits(slot);
        slot += 1;
    }
    slots
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Verbatim,
    Aligned,
    Uncompressed,
}

/// Decodes the frames of one folder in their order.
///
/// ```
/// use wimwright::codec::lzx::Decoder;
///
/// let mut decoder = Decoder::new(15)?;
/// // One uncompressed block of three bytes: kind 3, its length, three repeat offsets, the bytes.
/// let frame = [0x00, 0x30, 0x30, 0x00, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, b'a', b'b', b'c', 0];
/// assert_eq!(decoder.decode(&frame, 3)?, b"abc");
/// assert_eq!(decoder.output(), b"abc");
/// # Ok::<(), wimwright::Error>(())
/// ```
pub struct Decoder {
    window: Window,
    main_symbols: usize,
    main_lengths: [u8; MAX_MAIN],
    length_lengths: [u8; LENGTHS],
    main: Table<11>,
    length: Table<10>,
    aligned: Table<7>,
    repeats: [u32; 3],
    block: Block,
    block_left: usize,
    /// An uncompressed block of odd length is followed by a byte that belongs to nothing.
    pad: bool,
    frames: u32,
    ended: bool,
    e8_size: i32,
    /// The last frame: where it begins in the window, and its translation where it needed one.
    frame_start: usize,
    is_translated: bool,
    translated: Vec<u8>,
}

impl Decoder {
    /// A decoder for a folder whose window has `1 << window_bits` bytes; see [`WINDOW_BITS`].
    pub fn new(window_bits: u32) -> Result<Self> {
        if !WINDOW_BITS.contains(&window_bits) {
            return Err(Error::malformed(format!("an LZX window of 2^{window_bits} bytes (15 to 21 exist)")));
        }
        let slots = [30, 32, 34, 36, 38, 42, 50][window_bits as usize - 15];
        Ok(Self {
            window: Window::new(1 << window_bits, FRAME),
            main_symbols: LITERALS + 8 * slots,
            main_lengths: [0; MAX_MAIN],
            length_lengths: [0; LENGTHS],
            main: Table::default(),
            length: Table::default(),
            aligned: Table::default(),
            repeats: [1; 3],
            block: Block::Verbatim,
            block_left: 0,
            pad: false,
            frames: 0,
            ended: false,
            e8_size: 0,
            frame_start: 0,
            is_translated: false,
            translated: Vec::new(),
        })
    }

    /// Decodes one frame, the data of one CFDATA block, into `len` bytes. Only a folder's last frame may be
    /// shorter than [`FRAME`]. After an error the decoder is of no more use. [`output`](Self::output) gives the
    /// same bytes until the next call.
    pub fn decode(&mut self, input: &[u8], len: usize) -> Result<&[u8]> {
        if len > FRAME || self.ended {
            return Err(Error::malformed(format!("an LZX frame of {len} bytes where none can be")));
        }
        self.ended = len < FRAME;
        let start = self.window.begin_frame();
        let mut bits = BitReader::new(input);
        if self.frames == 0 {
            self.read_e8_size(&mut bits);
        }
        let end = start + len;
        while self.window.pos() < end {
            if self.block_left == 0 {
                self.read_block_header(&mut bits)?;
            }
            let run = self.block_left.min(end - self.window.pos());
            match self.block {
                Block::Uncompressed => self.window.push(bits.take_bytes(run).ok_or_else(short)?),
                Block::Verbatim => self.decode_run::<false>(&mut bits, run)?,
                Block::Aligned => self.decode_run::<true>(&mut bits, run)?,
            }
            self.block_left -= run;
        }
        if bits.overrun() {
            return Err(short());
        }
        // The pad byte of an uncompressed block that ends with the frame lies in this frame or the next.
        if self.pad && self.block_left == 0 && bits.bytes_left() > 0 {
            self.pad = false;
        }
        self.frame_start = start;
        self.is_translated = self.e8_size != 0 && self.frames < E8_FRAMES && {
            let at = self.frames as i32 * FRAME as i32;
            e8::translate(self.window.since(start), at, self.e8_size, &mut self.translated)
        };
        self.frames += 1;
        Ok(self.output())
    }

    /// The frame that was decoded last.
    pub fn output(&self) -> &[u8] {
        if self.is_translated { &self.translated } else { self.window.since(self.frame_start) }
    }

    fn read_e8_size(&mut self, bits: &mut BitReader<'_>) {
        bits.refill();
        if bits.take(1) == 1 {
            let high = bits.take(16);
            self.e8_size = (high << 16 | bits.take(16)) as i32;
        }
    }

    fn read_block_header(&mut self, bits: &mut BitReader<'_>) -> Result<()> {
        if self.block == Block::Uncompressed {
            if self.pad {
                bits.take_bytes(1).ok_or_else(short)?;
                self.pad = false;
            }
            bits.restart();
        }
        bits.refill();
        let kind = bits.take(3);
        self.block_left = bits.take(24) as usize;
        if bits.overrun() {
            return Err(short());
        }
        if self.block_left == 0 {
            return Err(Error::malformed("an LZX block of 0 bytes"));
        }
        self.block = match kind {
            1 => Block::Verbatim,
            2 => Block::Aligned,
            3 => {
                self.block = Block::Uncompressed;
                return self.start_uncompressed(bits);
            }
            _ => return Err(Error::malformed(format!("an LZX block of unknown type {kind}"))),
        };
        if self.block == Block::Aligned {
            let mut lengths = [0; 8];
            for length in &mut lengths {
                bits.refill();
                *length = bits.take(3) as u8;
            }
            self.aligned.build(&lengths, "aligned offset")?;
        }
        let (literals, matches) = self.main_lengths[..self.main_symbols].split_at_mut(LITERALS);
        read_lengths(bits, literals)?;
        read_lengths(bits, matches)?;
        read_lengths(bits, &mut self.length_lengths)?;
        if bits.overrun() {
            return Err(short());
        }
        self.main.build(&self.main_lengths[..self.main_symbols], "main")?;
        self.length.build_or_empty(&self.length_lengths, "length")
    }

    fn start_uncompressed(&mut self, bits: &mut BitReader<'_>) -> Result<()> {
        bits.align();
        for repeat in &mut self.repeats {
            let raw = bits.take_bytes(4).ok_or_else(short)?;
            *repeat = u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
            if *repeat as usize > self.window.size() {
                return Err(Error::malformed("an LZX repeated offset beyond the window"));
            }
        }
        self.pad = self.block_left % 2 == 1;
        Ok(())
    }

    /// Decodes `run` bytes of a compressed block; a match may not reach past them.
    fn decode_run<const ALIGNED: bool>(&mut self, reader: &mut BitReader<'_>, run: usize) -> Result<()> {
        let (main, length, aligned) = (&self.main, &self.length, &self.aligned);
        let mut bits = reader.clone();
        let [mut r0, mut r1, mut r2] = self.repeats;
        let mut out = self.window.cursor(run);
        while out.left() > 0 {
            bits.refill();
            let mut symbol = main.decode(&mut bits);
            if symbol < LITERALS {
                out.literal(symbol as u8);
                // A refill gives 48 bits, three main symbols.
                if out.left() < 2 {
                    continue;
                }
                symbol = main.decode(&mut bits);
                if symbol < LITERALS {
                    out.literal(symbol as u8);
                    symbol = main.decode(&mut bits);
                    if symbol < LITERALS {
                        out.literal(symbol as u8);
                        continue;
                    }
                }
                bits.refill();
            }
            let mut len = (symbol & 7) + 2;
            if len == 9 {
                len += length.decode(&mut bits);
                if len > MAX_MATCH {
                    return Err(Error::malformed("an LZX match whose length needs the empty length tree"));
                }
                bits.refill();
            }
            let slot = (symbol - LITERALS) >> 3;
            let offset;
            if slot < 3 {
                match slot {
                    0 => offset = r0,
                    1 => {
                        offset = r1;
                        r1 = r0;
                        r0 = offset;
                    }
                    _ => {
                        offset = r2;
                        r2 = r0;
                        r0 = offset;
                    }
                }
            } else {
                let (base, extra) = (SLOTS[slot & 63] >> 5, SLOTS[slot & 63] & 31);
                let footer = if ALIGNED && extra >= 3 {
                    let high = bits.take(extra - 3) << 3;
                    high | aligned.decode(&mut bits) as u32
                } else {
                    bits.take(extra)
                };
                offset = base + footer - 2;
                r2 = r1;
                r1 = r0;
                r0 = offset;
            }
            if !out.copy(offset as usize, len) {
                return Err(if bits.overrun() { short() } else { bad_match() });
            }
        }
        *reader = bits;
        let end = out.pos();
        self.window.advance(end);
        self.repeats = [r0, r1, r2];
        Ok(())
    }
}

#[cold]
fn short() -> Error {
    Error::new(ErrorKind::Truncated, "the LZX data ends inside a block")
}

#[cold]
fn bad_match() -> Error {
    Error::malformed("an LZX match lies before the data's start or past its block's end")
}

#[cfg(test)]
mod tests;
