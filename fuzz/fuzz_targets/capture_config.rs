//! The list of what a capture leaves out.
#![no_main]
use libfuzzer_sys::fuzz_target;
use wimwright::base::Name;
use wimwright::wim::capture::Exclusions;

fuzz_target!(|data: &[u8]| {
    if let Ok(rules) = Exclusions::parse(data) {
        let names: Vec<Name> = data.chunks(9).take(8).map(|c| String::from_utf8_lossy(c).as_ref().into()).collect();
        let _ = rules.excludes(&names);
    }
});
