//! Hand-made streams and random ones; whole cabinets are compared with other tools in `tests/cab.rs`.

use super::*;
use proptest::prelude::*;

/// Writes bits as an encoder does.
#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    word: u32,
    used: u32,
}

impl Writer {
    fn put(&mut self, value: u32, bits: u32) -> &mut Self {
        for bit in (0..bits).rev() {
            self.word = self.word << 1 | (value >> bit & 1);
            self.used += 1;
            if self.used == 16 {
                self.out.extend_from_slice(&(self.word as u16).to_le_bytes());
                (self.word, self.used) = (0, 0);
            }
        }
        self
    }

    fn align(&mut self) -> &mut Self {
        let fill = 16 - self.used;
        self.put(0, fill)
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        assert_eq!(self.used, 0);
        self.out.extend_from_slice(bytes);
        self
    }

    fn finish(&mut self) -> Vec<u8> {
        if self.used > 0 {
            self.align();
        }
        std::mem::take(&mut self.out)
    }
}

fn uncompressed(w: &mut Writer, repeats: [u32; 3], data: &[u8]) {
    w.put(3, 3).put(data.len() as u32, 24).align();
    for r in repeats {
        w.raw(&r.to_le_bytes());
    }
    w.raw(data);
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| ((i * i) >> 7) as u8).collect()
}

#[test]
fn uncompressed_blocks_realign_and_pad() {
    let mut w = Writer::default();
    w.put(0, 1);
    uncompressed(&mut w, [1, 1, 1], b"odd");
    w.raw(&[0]);
    uncompressed(&mut w, [1, 1, 1], b"even");
    let data = w.finish();
    assert_eq!(Decoder::new(15).unwrap().decode(&data, 7).unwrap(), b"oddeven");
    let e = Decoder::new(15).unwrap().decode(&data[..data.len() - 1], 7).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Truncated);
}

#[test]
fn the_pad_byte_may_lie_in_either_frame() {
    let (first, second) = (pattern(FRAME + 1), pattern(9));
    for in_first in [false, true] {
        let mut decoder = Decoder::new(15).unwrap();
        // The block ends with the second frame; its pad byte follows there or begins the third.
        let whole: Vec<u8> = [first.clone(), pattern(FRAME - 2)].concat();
        let mut w = Writer::default();
        w.put(0, 1).put(3, 3).put(whole.len() as u32, 24).align();
        for _ in 0..3 {
            w.raw(&1u32.to_le_bytes());
        }
        w.raw(&whole[..FRAME]);
        assert_eq!(decoder.decode(&w.finish(), FRAME).unwrap(), &whole[..FRAME]);
        // One byte more, so that the frame is full and the block odd: 2 * FRAME - 1 bytes, then a block of 1.
        let mut w = Writer::default();
        w.raw(&whole[FRAME..]).raw(&[0]);
        uncompressed(&mut w, [1; 3], b"x");
        if in_first {
            w.raw(&[0]);
        }
        let frame = decoder.decode(&w.finish(), FRAME).unwrap();
        assert_eq!(frame.last(), Some(&b'x'));
        let mut w = Writer::default();
        if !in_first {
            w.raw(&[0]);
        }
        uncompressed(&mut w, [1; 3], &second);
        assert_eq!(decoder.decode(&w.finish(), second.len()).unwrap(), second);
    }
}

#[test]
fn repeated_offsets_beyond_the_window_are_refused() {
    let mut w = Writer::default();
    w.put(0, 1);
    uncompressed(&mut w, [1, 1, 32769], b"ab");
    assert_eq!(Decoder::new(15).unwrap().decode(&w.finish(), 2).unwrap_err().kind(), ErrorKind::Malformed);
}

#[test]
fn only_the_last_frame_is_short() {
    let mut w = Writer::default();
    w.put(0, 1);
    uncompressed(&mut w, [1; 3], b"abcd");
    let mut decoder = Decoder::new(16).unwrap();
    assert_eq!(decoder.decode(&w.finish(), 2).unwrap(), b"ab");
    assert!(decoder.decode(b"cd", 2).is_err());
    assert!(Decoder::new(16).unwrap().decode(b"", FRAME + 1).is_err());
    assert!(Decoder::new(14).is_err() && Decoder::new(22).is_err());
}

/// The way the format is told: one byte after the other.
fn translate_slowly(frame: &[u8], at: i32, size: i32) -> Vec<u8> {
    let mut out = frame.to_vec();
    let mut i = 0;
    while i + 10 < out.len() {
        if out[i] == 0xE8 {
            let here = at + i as i32;
            let value = i32::from_le_bytes(out[i + 1..i + 5].try_into().unwrap());
            if value >= -here && value < size {
                let relative = if value >= 0 { value - here } else { value.wrapping_add(size) };
                out[i + 1..i + 5].copy_from_slice(&relative.to_le_bytes());
            }
            i += 5;
        } else {
            i += 1;
        }
    }
    out
}

proptest! {
    #[test]
    fn call_targets_come_out_as_told(
        picks in proptest::collection::vec(0u8..6, 0..400), frame in 0i32..32768, size: i32,
    ) {
        let bytes: Vec<u8> = picks.iter().map(|&p| [0xE8, 0, 0, 0xFF, 0x10, 0x7F][p as usize]).collect();
        let at = frame * FRAME as i32;
        for size in [size, 12_000_000] {
            let mut out = Vec::new();
            let changed = e8::translate(&bytes, at, size, &mut out);
            let got = if changed { &out } else { &bytes };
            prop_assert_eq!(got, &translate_slowly(&bytes, at, size));
        }
    }

    #[test]
    fn any_bytes_are_survived(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..600), 1..4), bits in 15u32..=21,
    ) {
        let mut decoder = Decoder::new(bits).unwrap();
        for frame in &frames {
            if decoder.decode(frame, FRAME).is_err() {
                break;
            }
        }
    }

    #[test]
    fn copies_equal_the_slow_way(distance in 1usize..80, len in 2usize..=257, before in 80usize..300) {
        let mut window = Window::new(FRAME, FRAME);
        window.begin_frame();
        let mut expected = pattern(before);
        window.push(&expected);
        let mut cursor = window.cursor(1000);
        prop_assert!(cursor.copy(distance, len));
        let end = cursor.pos();
        window.advance(end);
        for _ in 0..len {
            expected.push(expected[expected.len() - distance]);
        }
        prop_assert_eq!(window.since(0), &expected[..]);
    }
}

#[test]
fn copies_before_the_start_are_refused() {
    let mut window = Window::new(FRAME, FRAME);
    window.begin_frame();
    window.push(b"abc");
    let mut cursor = window.cursor(10);
    assert!(!cursor.copy(4, 2) && !cursor.copy(0, 2) && !cursor.copy(1, 11));
    assert!(cursor.copy(3, 10));
}

#[test]
fn a_copy_reaches_over_the_ring_s_end() {
    let mut window = Window::new(FRAME, FRAME);
    let data = pattern(2 * FRAME);
    for frame in data.chunks(FRAME) {
        window.begin_frame();
        window.push(frame);
    }
    window.begin_frame();
    let mut cursor = window.cursor(300);
    assert!(cursor.copy(100, 257));
    let end = cursor.pos();
    window.advance(end);
    let mut expected = data[data.len() - 100..].to_vec();
    for i in 0..157 {
        expected.push(expected[i]);
    }
    assert_eq!(window.since(0), expected);
}
