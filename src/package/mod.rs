//! Update containers as named files: cabinets, MSU, container indexes (CIX).

pub mod cab;
pub mod cix;
mod detect;
mod signature;
mod update;

pub use detect::{FileKind, detect};
pub use signature::{Catalog, SignatureCheck, SignatureState};
pub use update::{Kind, OuterMember, PackageCab, Update};
