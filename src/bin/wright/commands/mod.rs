//! The commands, a file each: what each takes, and what it prints of what the library answers.

pub mod append;
pub mod capture;
pub mod cat;
pub mod delete;
pub mod diff;
pub mod export;
pub mod extract;
pub mod info;
pub mod inspect;
pub mod ls;
pub mod media;
pub mod mount;
pub mod mounts;
pub mod optimize;
pub mod packages;
mod packing;
pub mod plan;
mod references;
pub mod service;
pub mod set;
#[cfg(feature = "site")]
pub mod site;
pub mod split;
pub mod unmount;
pub mod unpack;
pub mod unstage;
pub mod verify;

use crate::exit::Failed;

/// How every command ends.
pub type Outcome = Result<(), Failed>;
