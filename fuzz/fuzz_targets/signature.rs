//! Signed catalogs, and the signatures of cabinets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use wimwright::base::{Limits, Progress};
use wimwright::package::{Catalog, cab::Cabinet};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let _ = Catalog::parse(data, &limits);
    if let Ok(cabinet) = Cabinet::open(Arc::new(data.to_vec()), &limits) {
        let _ = cabinet.check_signature(&Progress::none());
    }
});
