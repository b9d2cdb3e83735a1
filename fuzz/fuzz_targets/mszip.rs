//! MSZIP blocks: the data is cut into three.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::codec::mszip::Decoder;

fuzz_target!(|data: &[u8]| {
    let mut decoder = Decoder::new();
    for block in data.chunks((data.len() / 3).max(1)) {
        if decoder.decode(&[b"CK", block].concat(), 32768).is_err() {
            return;
        }
    }
});
