//! A metadata resource: parsed, written, parsed again.
#![no_main]
use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;
use wimwright::wim::metadata::Metadata;

fuzz_target!(|data: &[u8]| {
    if let Ok(metadata) = Metadata::parse(data, &Limits::default()) {
        let out = metadata.to_bytes().expect("what was read can be written");
        let back = Metadata::parse(&out, &Limits::default()).expect("what was written can be read");
        assert_eq!(metadata.walk(metadata.root()).count(), back.walk(back.root()).count());
        assert_eq!(back.to_bytes().expect("written"), out);
    }
});
