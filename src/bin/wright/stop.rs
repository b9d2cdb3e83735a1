//! Ctrl-C and termination: asked once, the work stops cleanly; asked again, at once.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use wimwright::base::Cancel;

static WRITING: AtomicBool = AtomicBool::new(false);
static ASKED: AtomicU32 = AtomicU32::new(0);

/// A flag that the first signal sets.
pub fn on_signal() -> Cancel {
    let cancel = Cancel::default();
    let flag = cancel.clone();
    let handler = move || {
        flag.cancel();
        let asked = ASKED.fetch_add(1, SeqCst);
        if asked == 0 {
            eprintln!("wright: stopping");
        } else if !WRITING.load(SeqCst) {
            std::process::exit(130);
        }
    };
    if let Err(e) = ctrlc::set_handler(handler) {
        eprintln!("wright: Ctrl-C will not stop the work cleanly: {e}");
    }
    cancel
}

/// From here on only the clean way out is taken: an image is being written. (A killed process leaves a whole image
/// too, but what it wrote so far stays on the disk, behind the image in place or beside the output.)
pub fn only_cleanly() {
    WRITING.store(true, SeqCst);
}
