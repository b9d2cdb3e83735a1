//! What update packages and the component store mean: identities, keyforms, manifests, applicability, layout.

mod class;
pub mod effects;
mod identity;
pub mod keyform;
pub mod layout;
pub mod manifest;
pub mod mum;
mod package_set;
pub mod registration;
pub(crate) mod security;
pub mod state;
pub mod target;
mod xml;

pub use class::UpdateClass;
pub use effects::Effects;
pub use identity::{Identity, Version};
pub use manifest::Manifest;
pub use mum::Mum;
pub use package_set::PackageSet;
pub use state::ServicingState;
pub use target::{Applicability, Architecture, ImageState, ImageTarget};
