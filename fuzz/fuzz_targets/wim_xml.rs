//! The XML data of a WIM.
#![no_main]
use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;
use wimwright::wim::xml::WimXml;

fuzz_target!(|data: &[u8]| {
    if let Ok(xml) = WimXml::parse(data, &Limits::default()) {
        let back = WimXml::parse(&xml.to_bytes(), &Limits::default()).expect("what was written can be read");
        assert_eq!(xml.images(), back.images());
    }
});
