//! The container: header, blob table, metadata, XML; a parallel reader, an overlay and an append-only commit.

#[cfg(unix)]
mod below;
pub mod blob_table;
mod cache;
pub mod capture;
pub mod commit;
mod extract;
mod file;
pub mod header;
mod info;
pub mod integrity;
mod listing;
pub mod metadata;
pub mod overlay;
mod parts;
mod pipe;
mod read;
mod reference;
mod reparse;
mod resource;
pub mod security;
mod sidecar;
mod solid;
mod sweep;
mod verify;
mod view;
pub mod write;
mod xattr;
pub mod xml;

pub use extract::{ExtractFailure, ExtractOptions, ExtractReport, LeftOut};
#[cfg(all(target_os = "linux", feature = "mount"))]
pub(crate) use extract::{is_link_tag, link_text};
pub use file::{OpenOptions, WimFile};
pub use info::WimInfo;
pub use listing::{ListedEntry, ListedStream, Listing};
#[cfg(all(target_os = "linux", feature = "mount"))]
pub(crate) use reparse::{SYMLINK, symlink_data};
pub use solid::{IgnoredEntries, StoredBlob};
pub use verify::{Problem, VerifyOptions, VerifyReport};
pub use view::ImageView;
