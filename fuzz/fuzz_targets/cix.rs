//! Container indexes and their order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;

fuzz_target!(|data: &[u8]| {
    if let Ok(cix) = wimwright::package::cix::Cix::parse(data, &Limits::default()) {
        let _ = cix.order();
    }
});
