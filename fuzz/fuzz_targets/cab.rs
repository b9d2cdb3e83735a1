//! Cabinets: the directory, and every folder to its end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use wimwright::base::Limits;
use wimwright::package::cab::Cabinet;

fuzz_target!(|data: &[u8]| {
    let mut limits = Limits::default();
    limits.max_unpacked = 8 << 20;
    let Ok(cabinet) = Cabinet::open(Arc::new(data.to_vec()), &limits) else { return };
    for folder in 0..cabinet.folders().len() {
        let _ = cabinet.read_folder(folder, |member, reader| {
            let mut bytes = Vec::new();
            if reader.read_to_end(&mut bytes).is_ok() {
                assert_eq!(bytes.len() as u64, member.size);
            }
            Ok(())
        });
    }
});
