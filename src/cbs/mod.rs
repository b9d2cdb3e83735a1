//! What update packages and the component store mean: identities, keyforms, manifests, applicability, layout.

mod identity;
pub mod keyform;
pub mod layout;
pub mod manifest;
pub mod mum;
pub mod security;
mod xml;

pub use identity::{Identity, Version};
pub use manifest::Manifest;
pub use mum::Mum;
