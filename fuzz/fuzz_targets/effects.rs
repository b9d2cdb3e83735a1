//! The effects of component manifests, with their security descriptors written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;
use wimwright::cbs::effects::{Effects, Facts, SecurityDescriptor};
use wimwright::cbs::Architecture;

fuzz_target!(|data: &[u8]| {
    let _ = SecurityDescriptor::from_bytes(data).map(|d| d.to_bytes());
    if let Some(parsed) = std::str::from_utf8(data).ok().and_then(|t| SecurityDescriptor::parse(t).ok()) {
        if let Ok(bytes) = parsed.to_bytes() {
            assert!(SecurityDescriptor::from_bytes(&bytes).is_ok_and(|again| again == parsed));
        }
    }
    let _ = Effects::of(data, &Facts::new(Architecture::Amd64), &Limits::default());
});
