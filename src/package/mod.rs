//! Update containers as named files: cabinets, MSU, container indexes (CIX).

pub mod cab;
pub mod cix;
mod detect;
mod update;

pub use detect::{FileKind, detect};
pub use update::{Kind, OuterMember, PackageCab, Update};
