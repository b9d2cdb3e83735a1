//! From an update file to verified blobs: decode, rebuild, hash, verify, keep once.

mod area;
mod decode;
mod dictionary;
mod inspect;
mod rebuild;
mod stacks;
mod unpack;
mod update;
mod verify;

pub(crate) use stacks::stacks_first;
pub(crate) use verify::manifest_text;

pub use area::{Content, Staged, StagingArea};
pub use dictionary::read_dictionary;
pub use inspect::{Count, Counts, Inspection, PackageInspection, inspect};
pub use unpack::{UnpackOptions, UnpackReport, unpack};
pub use update::{Failure, Origin, StagedFile, StagedPackage, StagedUpdate, stage};

/// The form in which names inside a container are compared: `\` for every separator, lower case.
fn name_key(name: &str) -> String {
    name.replace('/', "\\").to_lowercase()
}
