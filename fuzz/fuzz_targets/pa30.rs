//! Deltas: a source after a length of 16 bits, then the delta.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;
use wimwright::codec::pa30;

fuzz_target!(|data: &[u8]| {
    let Some((len, rest)) = data.split_first_chunk() else { return };
    let (source, delta) = rest.split_at(usize::from(u16::from_le_bytes(*len)).min(rest.len()));
    let mut limits = Limits::default();
    limits.max_buffer = 1 << 22;
    let _ = pa30::apply(source, delta, &limits);
    let _ = pa30::strip_record_crc(data);
});
