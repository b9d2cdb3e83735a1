//! A broken signature through the C interface.

#![expect(unsafe_code, reason = "it calls the functions that C programs call")]

use std::ffi::CString;
use std::path::Path;
use std::ptr::{null, null_mut};
use wimwright::ffi::{WwSessionOptions, ww_session_add_update, ww_session_close, ww_session_open};

fn text(path: &Path) -> CString {
    CString::new(path.to_str().unwrap()).unwrap()
}

/// The status of adding `update` to a session on `image`.
pub fn added(image: &Path, update: &Path, allow_broken_signature: u32) -> u32 {
    let (image, update) = (text(image), text(update));
    // SAFETY: all zero means the defaults; what is handed over lives as long as the calls, and each handle is closed once.
    unsafe {
        let mut options: WwSessionOptions = std::mem::zeroed();
        options.struct_size = size_of::<WwSessionOptions>();
        options.allow_broken_signature = allow_broken_signature;
        let mut session = null_mut();
        assert_eq!(ww_session_open(image.as_ptr(), &raw const options, &raw mut session, null_mut()), 0);
        let status = ww_session_add_update(session, update.as_ptr(), null(), null_mut());
        ww_session_close(session);
        status
    }
}

/// The status of importing `update` into the site at `site`.
#[cfg(feature = "site")]
pub fn imported(site: &Path, update: &Path, allow_broken_signature: u32) -> u32 {
    use wimwright::ffi::{ww_site_close, ww_site_open, ww_site_update_import};
    wimwright::site::Site::init(site).unwrap();
    let (path, update) = (text(site), text(update));
    // SAFETY: as above.
    unsafe {
        let mut site = null_mut();
        assert_eq!(ww_site_open(path.as_ptr(), &raw mut site, null_mut()), 0);
        let paths = [update.as_ptr()];
        let status = ww_site_update_import(
            site,
            paths.as_ptr(),
            1,
            allow_broken_signature,
            null(),
            null_mut(),
            null_mut(),
        );
        ww_site_close(site);
        status
    }
}
