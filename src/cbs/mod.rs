//! What update packages and the component store mean: identities, keyforms, manifests, applicability, layout.

mod identity;
pub mod keyform;

pub use identity::{Identity, Version};
