//! The commands, a file each: what each takes, and what it prints of what the library answers.

pub mod cat;
pub mod ls;
pub mod verify;

use crate::exit::{Ending, Failed};

/// How every command ends.
pub type Outcome = Result<Ending, Failed>;
