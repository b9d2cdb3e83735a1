//! Wrapped files of the component store, and the dictionary out of an image.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;
use wimwright::codec::winsxs;

fuzz_target!(|data: &[u8]| {
    let mut limits = Limits::default();
    limits.max_buffer = 1 << 22;
    let dictionary = &b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>"[..];
    let _ = winsxs::decode(data, Some(dictionary), Some(data), &limits);
    let _ = winsxs::decoded_len(data);
    let _ = winsxs::dictionary_from_wcp(data);
});
