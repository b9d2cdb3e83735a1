//! A whole WIM: opened, described, every image parsed, every blob decoded.
#![no_main]
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use wimwright::base::Progress;
use wimwright::wim::{OpenOptions, VerifyOptions, WimFile};

fuzz_target!(|data: &[u8]| {
    if let Ok(wim) = WimFile::open_source(Arc::new(data.to_vec()), &OpenOptions::new()) {
        let _ = wim.info();
        let mut options = VerifyOptions::default();
        options.threads = Some(1);
        let _ = wim.verify(&options, &Progress::none());
    }
});
