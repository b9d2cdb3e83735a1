//! Hives, read and edited, and their logs: the second half of the input is taken for one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wimwright::base::Limits;
use wimwright::registry::{Hive, ValueKind};

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
    let names: Vec<_> = hive.root().and_then(|r| r.subkeys()).into_iter().flatten().map(|k| k.name()).collect();
    let Ok(mut editor) = hive.edit() else { return };
    for name in names.into_iter().take(8) {
        let Ok(mut root) = editor.root() else { return };
        if let Ok(mut key) = root.create_child(name.clone()) {
            let _ = (key.set("v", ValueKind::BINARY, data), key.create("b\\c").map(drop), key.unset(""));
        }
        let _ = root.delete_child(name);
    }
    let _ = Hive::open(editor.finish(), &limits).expect("an edited hive opens");
});
