//! Marvin32, the checksum of entries in transaction logs.

/// The seed that the registry uses.
const SEED: u64 = 0x82EF_4D88_7A4E_55C5;

pub(super) fn marvin32(data: &[u8]) -> u64 {
    let mut state = (SEED as u32, (SEED >> 32) as u32);
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        mix(&mut state, u32::from_le_bytes(*word));
    }
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    mix(&mut state, u32::from_le_bytes(last));
    mix(&mut state, 0);
    u64::from(state.1) << 32 | u64::from(state.0)
}

fn mix((low, high): &mut (u32, u32), word: u32) {
    *low = low.wrapping_add(word);
    *high ^= *low;
    *low = low.rotate_left(20).wrapping_add(*high);
    *high = high.rotate_left(9) ^ *low;
    *low = low.rotate_left(27).wrapping_add(*high);
    *high = high.rotate_left(19);
}
