//! Distribution points: where packages are sent, so that computers find them near by.

mod credentials;
mod folder;
mod object;
mod prestage;
mod records;
mod send;
mod store;
mod validate;
mod withdraw;

pub use prestage::{Prestaged, import_prestaged};
pub use records::PointOptions;
pub use validate::{BadContent, Validation};

use store::{Store, document, open};
