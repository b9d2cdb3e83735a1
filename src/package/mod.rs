//! Update containers as named files: cabinets, MSU, container indexes (CIX).

pub mod cab;
pub mod cix;
mod update;

pub use update::{Kind, OuterMember, PackageCab, Update};
