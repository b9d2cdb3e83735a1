//! Component manifests with their registry values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;

fuzz_target!(|data: &[u8]| {
    if let Ok(manifest) = wimwright::cbs::Manifest::parse(data, &Limits::default()) {
        let _ = wimwright::cbs::keyform::component(&manifest.identity);
        for value in manifest.registry.iter().flat_map(|k| &k.values) {
            let _ = value.data();
        }
    }
});
