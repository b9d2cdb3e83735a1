//! What a C program cannot show: a panic that is caught, an options struct from another version, a late report.

use super::error::guard;
use super::options;
use super::progress::Reports;
use super::*;
use crate::base::Phase;
use crate::{Error, ErrorKind};
use std::ffi::{CStr, c_int, c_void};
use std::mem::size_of;
use std::ptr;

fn sync<T: Send + Sync>() {}

#[test]
fn handles_may_cross_threads() {
    sync::<WwWim>();
    sync::<WwSession>();
    sync::<WwError>();
    #[cfg(feature = "site")]
    sync::<WwSite>();
}

#[test]
fn a_panic_becomes_an_error() {
    let mut error = ptr::null_mut();
    // SAFETY: `error` can be written.
    let status = unsafe { guard(&raw mut error, || panic!("no {}", "way")) };
    assert_eq!(status, WwStatus::Internal as u32);
    // SAFETY: the guard gave the error, and it is freed once.
    unsafe {
        assert_eq!(ww_error_hresult(error), 0x8000_FFFF);
        assert!(CStr::from_ptr(ww_error_message(error)).to_str().unwrap().ends_with(": no way"));
        assert!(ww_error_path(error).is_null());
        ww_error_free(error);
        assert_eq!(guard(ptr::null_mut(), || panic!("and nobody asks")), WwStatus::Internal as u32);
    }
}

#[test]
fn an_error_carries_all_that_is_known_and_no_nul() {
    let mut error = ptr::null_mut();
    let failure = Error::new(ErrorKind::HashMismatch, "is\0damaged").with_path("a.cab");
    // SAFETY: `error` can be written; it is freed once.
    unsafe {
        assert_eq!(guard(&raw mut error, || Err(failure)), WwStatus::HashMismatch as u32);
        assert_eq!(ww_error_status(error), 10);
        assert_eq!(CStr::from_ptr(ww_error_message(error)).to_str().unwrap(), "a.cab: is\u{FFFD}damaged");
        assert_eq!(CStr::from_ptr(ww_error_path(error)).to_str().unwrap(), "a.cab");
        ww_error_free(error);
        assert_eq!(guard(&raw mut error, || Ok(())), 0);
    }
    assert!(error.is_null());
}

/// As [`WwVerifyOptions`] might be one day.
#[repr(C)]
struct Newer {
    now: WwVerifyOptions,
    later: u32,
    more: u32,
}

#[test]
fn options_of_other_versions_are_understood_or_refused() {
    let mut newer = Newer {
        now: WwVerifyOptions { struct_size: size_of::<Newer>(), threads: 3, skip_integrity: 1 },
        later: 0,
        more: 0,
    };
    // SAFETY: the struct is as large as it says.
    let read = |newer: &Newer| unsafe { options::read(ptr::from_ref(newer).cast::<WwVerifyOptions>(), "o") };
    assert_eq!(read(&newer).unwrap().unwrap().threads, 3);
    newer.more = 1;
    assert_eq!(read(&newer).map(|_| ()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    newer.now.struct_size = size_of::<usize>() + 4;
    let older = read(&newer).unwrap().unwrap();
    assert_eq!((older.threads, older.skip_integrity), (3, 0));
    for wrong in [0, size_of::<usize>() - 1, 5000, usize::MAX] {
        newer.now.struct_size = wrong;
        assert!(read(&newer).is_err(), "{wrong}");
    }
}

#[test]
fn reports_come_on_the_callers_thread_and_end_with_a_cancel() {
    struct Seen(u32, std::thread::ThreadId);
    unsafe extern "C" fn count(event: *const WwEvent, user: *mut c_void) -> c_int {
        // SAFETY: the test passes a counter, and events are valid.
        unsafe {
            let seen = &mut *user.cast::<Seen>();
            assert_eq!(((*event).phase, seen.1), (WwPhase::Hash as u32, std::thread::current().id()));
            seen.0 += 1;
            c_int::from(seen.0 >= 3)
        }
    }
    let mut seen = Seen(0, std::thread::current().id());
    let user = (&raw mut seen).cast();
    let asked = WwProgress { struct_size: size_of::<WwProgress>(), report: Some(count), user };
    // SAFETY: the function and its counter live through the test.
    let reports = unsafe { Reports::to(&raw const asked) }.unwrap();
    let late = reports
        .run(|progress| {
            std::thread::scope(|scope| {
                scope.spawn(|| progress.begin(Phase::Hash, 1, 1)).join().map(drop).unwrap();
            });
            Ok(progress.clone())
        })
        .unwrap();
    // Nobody is there any more.
    late.begin(Phase::Hash, 1, 1);
    let failed = reports.run(|progress| {
        let meter = progress.begin(Phase::Hash, 1, 9);
        assert_eq!(meter.add_bytes(1).unwrap_err().kind(), ErrorKind::Cancelled);
        meter.add_bytes(1)
    });
    assert_eq!(failed.unwrap_err().kind(), ErrorKind::Cancelled);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        reports.run(|_| -> crate::Result<()> { panic!("a defect") })
    }));
    assert!(panicked.is_err());
    assert_eq!(seen.0, 3);
}
