//! The C ABI: one file per handle; each function converts, calls the public API and returns.
//!
//! `include/wimwright.h` is generated from this module by cbindgen and checked in; `tests/capi.rs` compares them.
//! The conventions that a C caller relies on stand at the head of that header (`cbindgen.toml`). Rust callers use
//! the layers beneath.
#![allow(unsafe_code, reason = "a C ABI takes and gives raw pointers")]

mod capture;
mod diff;
mod error;
mod extract;
mod image;
mod images;
mod look;
mod media;
mod mount;
mod numbers;
mod options;
mod overlay;
mod overlay_edit;
mod pipe;
mod progress;
mod session;
#[cfg(feature = "site")]
mod site;
#[cfg(feature = "site")]
mod site_packages;
#[cfg(feature = "site")]
mod site_points;
#[cfg(feature = "site")]
mod site_prestage;
#[cfg(feature = "site")]
mod site_schedules;
#[cfg(feature = "site")]
mod site_updates;
#[cfg(test)]
mod tests;
mod text;
mod threads;
mod unstage;
mod update;
mod write;
mod write_to;

pub use capture::{WwCaptureOptions, ww_capture, ww_wim_append};
pub use diff::{WwDiffOptions, ww_wim_diff};
pub use error::{WwError, ww_error_free, ww_error_hresult, ww_error_message, ww_error_path, ww_error_status};
pub use extract::{WwExtractOptions, ww_wim_extract};
pub use image::{
    WwOpenOptions, WwVerifyOptions, WwWim, ww_wim_close, ww_wim_image_count, ww_wim_info, ww_wim_open,
    ww_wim_open_with, ww_wim_property, ww_wim_verify,
};
pub use images::{WwCommitOptions, WwImageProperties, ww_wim_delete, ww_wim_set};
pub use look::{ww_wim_list, ww_wim_packages, ww_wim_read};
pub use media::{WwRefreshOptions, ww_media_refresh};
pub use mount::{
    WwMount, WwMountOptions, ww_mount_close, ww_mount_end, ww_mount_open, ww_mounts, ww_unmount,
};
pub use numbers::{
    WW_ABI_VERSION, WwChoice, WwCompression, WwDelivery, WwEnding, WwLevel, WwPhase, WwRunMode, WwSelection,
    WwStatus,
};
pub use overlay::{
    WwOverlay, ww_overlay_changes, ww_overlay_close, ww_overlay_commit, ww_overlay_list, ww_overlay_open,
    ww_overlay_read, ww_overlay_set_clock,
};
pub use overlay_edit::{
    ww_overlay_hard_link, ww_overlay_mkdir, ww_overlay_put_bytes, ww_overlay_put_file, ww_overlay_remove,
    ww_overlay_rename, ww_overlay_set_attributes, ww_overlay_set_security, ww_overlay_set_short_name,
    ww_overlay_set_times,
};
pub use pipe::{WwRead, ww_wim_open_pipe};
pub use progress::{WwEvent, WwProgress};
pub use session::{
    WwSession, WwSessionOptions, ww_session_add_update, ww_session_close, ww_session_commit, ww_session_open,
    ww_session_plan, ww_session_receipt,
};
#[cfg(feature = "site")]
pub use site::{
    WwSite, ww_site_close, ww_site_info, ww_site_init, ww_site_open, ww_site_receipt, ww_site_report,
    ww_site_verify,
};
#[cfg(feature = "site")]
pub use site_packages::{
    WwSiteAddOptions, WwSiteSetOptions, ww_site_package_add, ww_site_package_check, ww_site_package_list,
    ww_site_package_reload, ww_site_package_remove, ww_site_package_rollback, ww_site_package_set,
    ww_site_package_show,
};
#[cfg(feature = "site")]
pub use site_points::{
    WwPointOptions, ww_site_distribute, ww_site_point_add, ww_site_point_list, ww_site_point_remove,
    ww_site_point_status, ww_site_redistribute, ww_site_validate, ww_site_withdraw,
};
#[cfg(feature = "site")]
pub use site_prestage::{ww_site_prestage_export, ww_site_prestage_import, ww_site_prestage_unpack};
#[cfg(feature = "site")]
pub use site_schedules::{
    WwScheduleOptions, ww_site_history, ww_site_run, ww_site_schedule_add, ww_site_schedule_cancel,
    ww_site_schedule_list,
};
#[cfg(feature = "site")]
pub use site_updates::{
    ww_site_offer, ww_site_status, ww_site_update_import, ww_site_update_list, ww_site_update_remove,
};
pub use text::{ww_abi_version, ww_string_free, ww_version};
pub use unstage::{WwUnstageOptions, ww_unstage};
pub use update::{WwUnpackOptions, ww_update_inspect, ww_update_unpack};
pub use write::{WwExportOptions, WwSplitOptions, ww_wim_export, ww_wim_optimize, ww_wim_split};
pub use write_to::WwWrite;
