//! The window: a ring of one frame more than the dictionary, so that a frame is always in one piece and a wide
//! copy that runs over its end never touches history that can still be asked for.
#![expect(unsafe_code, reason = "match copies of 16 bytes at a time, the decoder's hottest loop")]

/// Bytes that a copy may read or write past its end.
const SLACK: usize = 32;

pub(super) struct Window {
    /// `ring` bytes and the slack.
    data: Box<[u8]>,
    ring: usize,
    size: usize,
    pos: usize,
    /// Whether the ring has been filled once, so that what lies after `pos` is history.
    wrapped: bool,
}

impl Window {
    /// A window of `size` bytes that is filled in frames of `frame`; `size` is a multiple of `frame`.
    pub(super) fn new(size: usize, frame: usize) -> Self {
        let ring = size + frame;
        Self { data: vec![0; ring + SLACK].into(), ring, size, pos: 0, wrapped: false }
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn pos(&self) -> usize {
        self.pos
    }

    /// Starts a frame and returns its position.
    pub(super) fn begin_frame(&mut self) -> usize {
        if self.pos == self.ring {
            self.pos = 0;
            self.wrapped = true;
        }
        self.pos
    }

    /// What was written from `start`, within the frame.
    pub(super) fn since(&self, start: usize) -> &[u8] {
        &self.data[start..self.pos]
    }

    /// Appends bytes within the frame.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.data[self.pos..self.pos + bytes.len()].copy_from_slice(bytes);
        self.pos += bytes.len();
    }

    /// Writes the next `run` bytes, which lie within the frame; [`advance`](Self::advance) takes its position back.
    pub(super) fn cursor(&mut self, run: usize) -> Cursor<'_> {
        let end = self.pos + run;
        assert!(end <= self.ring, "a frame lies inside the ring");
        Cursor { data: &mut self.data, ring: self.ring, pos: self.pos, end, wrapped: self.wrapped }
    }

    pub(super) fn advance(&mut self, pos: usize) {
        debug_assert!(pos <= self.ring);
        self.pos = pos;
    }
}

/// Writes into the window. `pos <= end <= ring` and `data.len() == ring + SLACK` always hold.
pub(super) struct Cursor<'a> {
    data: &'a mut [u8],
    ring: usize,
    pos: usize,
    end: usize,
    wrapped: bool,
}

impl Cursor<'_> {
    #[inline(always)]
    pub(super) fn left(&self) -> usize {
        self.end - self.pos
    }

    pub(super) fn pos(&self) -> usize {
        self.pos
    }

    /// Writes one byte. A byte too many lands in the slack or is written over later.
    #[inline(always)]
    pub(super) fn literal(&mut self, byte: u8) {
        if self.pos < self.end {
            self.data[self.pos] = byte;
            self.pos += 1;
        }
    }

    /// Copies `len` bytes from `distance` back; `false` if that is not all within the history and the run.
    #[inline(always)]
    pub(super) fn copy(&mut self, distance: usize, len: usize) -> bool {
        let pos = self.pos;
        if len > self.end - pos {
            return false;
        }
        // A distance of 0 wraps to the largest number here.
        if distance.wrapping_sub(1) >= pos {
            return self.copy_wrapped(distance, len);
        }
        // SAFETY: `1 <= distance <= pos`, so the source starts inside `data`; `pos + len <= end <= ring` and
        // `SLACK` bytes follow the ring, which is what `copy_forward` may run over.
        unsafe { copy_forward(self.data.as_mut_ptr().add(pos), distance, len) };
        self.pos = pos + len;
        true
    }

    /// The source lies at the end of the ring, from before it was last wrapped.
    #[inline(never)]
    fn copy_wrapped(&mut self, distance: usize, len: usize) -> bool {
        if !self.wrapped || distance == 0 || distance > self.ring {
            return false;
        }
        let mut source = self.pos + self.ring - distance;
        if source + len <= self.ring {
            // The source lies behind the output, so moving it at once is the same as byte after byte.
            self.data.copy_within(source..source + len, self.pos);
            self.pos += len;
            return true;
        }
        for _ in 0..len {
            if source == self.ring {
                source = 0;
            }
            self.data[self.pos] = self.data[source];
            self.pos += 1;
            source += 1;
        }
        true
    }
}

/// Copies `len` bytes to `to` from `distance` before it, byte after byte in effect.
///
/// # Safety
/// `distance >= 1`, the `distance` bytes before `to` and `len + SLACK` bytes from `to` are in one allocation.
#[inline(always)]
unsafe fn copy_forward(to: *mut u8, distance: usize, len: usize) {
    // SAFETY: writes end at most 31 bytes past `to + len`, reads before the last write's end; both are in the
    // allocation by the contract.
    unsafe {
        let from = to.sub(distance);
        if distance >= 16 {
            let mut i = 0;
            loop {
                to.add(i).cast::<[u8; 16]>().write_unaligned(from.add(i).cast::<[u8; 16]>().read_unaligned());
                i += 16;
                if i >= len {
                    return;
                }
            }
        }
        if distance == 1 {
            let byte = from.read();
            to.write_bytes(byte, len);
            return;
        }
        // The first eight bytes singly; from then on the pattern repeats at a multiple of the distance that is
        // at least eight.
        for i in 0..8 {
            to.add(i).write(from.add(i).read());
        }
        let stride = distance * 8usize.div_ceil(distance);
        let mut i = 8;
        while i < len {
            let source = to.add(i).sub(stride);
            to.add(i).cast::<[u8; 8]>().write_unaligned(source.cast::<[u8; 8]>().read_unaligned());
            i += 8;
        }
    }
}
