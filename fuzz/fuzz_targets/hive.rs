//! Hives, and their logs: the second half of the input is taken for one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;
use wimwright::registry::Hive;

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let (first, second) = data.split_at(data.len() / 2);
    let _ = Hive::open_with_logs(first, &[second], &limits);
    let Ok(hive) = Hive::open_as_is(data, &limits) else { return };
    for key in hive.walk().take(10_000).flatten() {
        let _ = (key.class(), key.security(), key.child("a"));
        for value in key.values().into_iter().flatten().take(1000) {
            let _ = (value.data(), value.text(), value.strings());
        }
    }
});
