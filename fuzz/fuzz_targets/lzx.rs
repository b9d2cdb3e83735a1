//! LZX frames: the first byte picks the window, the rest is cut into three frames.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::codec::lzx::{Decoder, FRAME};

fuzz_target!(|data: &[u8]| {
    let Some((&bits, data)) = data.split_first() else { return };
    let Ok(mut decoder) = Decoder::new(15 + u32::from(bits) % 7) else { return };
    for frame in data.chunks((data.len() / 3).max(1)) {
        if decoder.decode(frame, FRAME).is_err() {
            return;
        }
    }
});
