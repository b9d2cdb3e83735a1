//! Distribution points: where packages are sent, so that computers find them near by.

mod credentials;
mod folder;
mod object;
mod parts;
mod prestage;
mod records;
mod send;
mod sign;
mod store;
mod unpack;
mod validate;
mod withdraw;

pub use prestage::Prestaged;
pub use records::PointOptions;
pub use sign::{SigningKey, VerifyingKey};
pub use unpack::{import_prestaged, import_prestaged_signed};
pub use validate::{BadContent, Validation};

pub(super) use store::{Begun, SentPart};
use store::{Store, document, open};
