//! Upgrade packages: added, shown, reloaded, changed, rolled back, removed, compared with their source.

mod add;
mod change;
mod check;
mod describe;
mod source;

pub use change::Removed;
pub use check::{Check, Difference};
pub(super) use describe::{Described, describe};
pub(super) use source::{find, is_set_part};

use crate::error::{Error, ErrorKind, Result};

/// Characters that a name may have, as Configuration Manager limits it.
pub const MAX_NAME: usize = 50;
/// Characters that a version may have.
pub const MAX_VERSION: usize = 32;
/// Characters that a comment may have.
pub const MAX_COMMENT: usize = 127;

/// How a package is added.
#[derive(Clone, Debug, Default)]
pub struct AddOptions {
    /// Its name, at most 50 characters, unique without regard to case.
    pub name: String,
    /// Its version, free text of at most 32 characters.
    pub version: String,
    /// A comment of at most 127 characters.
    pub comment: String,
    /// Take this index out of the source's image and leave out the others. The source stays as it is.
    pub index: Option<u32>,
}

/// What is changed of a package; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct SetOptions {
    /// A new name.
    pub name: Option<String>,
    /// A new version text.
    pub version: Option<String>,
    /// A new comment.
    pub comment: Option<String>,
    /// Another folder to reload from and to compare with.
    pub source: Option<std::path::PathBuf>,
    /// How many versions of its content are kept, 1 or more.
    pub keep: Option<u32>,
}

/// Refuses texts that the records have no place for.
fn check_texts(name: &str, version: &str, comment: &str) -> Result<()> {
    let refuse = |why: String| Err(Error::new(ErrorKind::InvalidArgument, why));
    if name.trim().is_empty() {
        return refuse("a package needs a name".into());
    }
    if name.parse::<i64>().is_ok() {
        return refuse(format!(
            "the name '{name}' is a number, and packages are called by their numbers too"
        ));
    }
    for (what, text, most) in
        [("name", name, MAX_NAME), ("version", version, MAX_VERSION), ("comment", comment, MAX_COMMENT)]
    {
        let count = text.chars().count();
        if count > most {
            return refuse(format!("the {what} has {count} characters; at most {most} are allowed"));
        }
        if text.chars().any(char::is_control) {
            return refuse(format!("the {what} holds a control character"));
        }
    }
    Ok(())
}
