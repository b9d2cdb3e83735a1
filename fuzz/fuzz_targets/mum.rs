//! Package manifests.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;

fuzz_target!(|data: &[u8]| {
    let _ = wimwright::cbs::Mum::parse(data, &Limits::default());
});
