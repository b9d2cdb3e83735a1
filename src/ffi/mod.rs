//! The C ABI: one file per handle; each function converts, calls the public API and returns.
//!
//! `include/wimwright.h` is generated from this module by cbindgen and checked in; `tests/capi.rs` compares them.
//! The conventions that a C caller relies on stand at the head of that header (`cbindgen.toml`). Rust callers use
//! the layers beneath.
#![allow(unsafe_code, reason = "a C ABI takes and gives raw pointers")]

mod error;
mod extract;
mod image;
mod numbers;
mod options;
mod progress;
mod session;
#[cfg(test)]
mod tests;
mod text;
mod threads;
mod update;

pub use error::{WwError, ww_error_free, ww_error_hresult, ww_error_message, ww_error_path, ww_error_status};
pub use extract::{WwExtractOptions, ww_wim_extract};
pub use image::{
    WwVerifyOptions, WwWim, ww_wim_close, ww_wim_image_count, ww_wim_info, ww_wim_open, ww_wim_property,
    ww_wim_verify,
};
pub use numbers::{WW_ABI_VERSION, WwLevel, WwPhase, WwStatus};
pub use progress::{WwEvent, WwProgress};
pub use session::{
    WwSession, WwSessionOptions, ww_session_add_update, ww_session_close, ww_session_commit, ww_session_open,
    ww_session_plan, ww_session_receipt,
};
pub use text::{ww_abi_version, ww_string_free, ww_version};
pub use update::{WwUnpackOptions, ww_update_inspect, ww_update_unpack};
