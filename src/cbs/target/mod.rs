//! Whether a package applies to an image: architecture, version, parents. What is not known is said to be so.

mod check;
mod condition;
mod present;
mod selection;
mod state;

pub use check::check;
pub(crate) use selection::{Selection, select};
pub use state::ImageState;

use super::{Identity, Version};
use crate::error::{Error, ErrorKind};
use std::fmt;

/// A processor architecture of an image.
///
/// ```
/// use wimwright::cbs::Architecture;
///
/// assert_eq!(Architecture::from_number(9), Some(Architecture::Amd64));
/// assert_eq!(Architecture::from_name("ARM64").map(Architecture::name), Some("arm64"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// 32-bit x86.
    X86,
    /// 32-bit ARM.
    Arm,
    /// Itanium.
    Ia64,
    /// 64-bit x86.
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

impl Architecture {
    /// From the number that a WIM's XML data and the hives use.
    pub fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::X86,
            5 => Self::Arm,
            6 => Self::Ia64,
            9 => Self::Amd64,
            12 => Self::Arm64,
            _ => return None,
        })
    }

    /// From the text of an identity.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::X86, Self::Arm, Self::Ia64, Self::Amd64, Self::Arm64];
        all.into_iter().find(|a| a.name().eq_ignore_ascii_case(name))
    }

    /// As identities spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86",
            Self::Arm => "arm",
            Self::Ia64 => "ia64",
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an image says about itself in the WIM's XML data.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ImageTarget {
    /// The processor architecture; `None` where the image does not say.
    pub architecture: Option<Architecture>,
    /// The version of Windows; all zero where the image does not say.
    pub version: Version,
    /// The edition (`Professional`).
    pub edition: String,
    /// `Client`, `Server`, `WindowsPE`, ...
    pub installation_type: String,
    /// Languages, such as `en-US`.
    pub languages: Vec<String>,
}

/// The answer to "does this package apply to this image?".
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Applicability {
    /// It does.
    Applicable {
        /// Packages of the image that its parents name.
        parents: Vec<Identity>,
        /// What only Windows decides, in sentences.
        left_to_windows: Vec<String>,
    },
    /// It does not.
    NotApplicable {
        /// What kind of reason.
        kind: ErrorKind,
        /// One sentence.
        reason: String,
        /// The code that Windows' own tools give.
        hresult: u32,
    },
    /// The image has it.
    Installed {
        /// One sentence.
        reason: String,
    },
    /// The image has something newer in its place.
    Superseded {
        /// One sentence.
        reason: String,
    },
    /// The rule or the state that decides is not known.
    Undecided {
        /// One sentence.
        reason: String,
    },
}

impl Applicability {
    /// Whether the package applies.
    pub fn is_applicable(&self) -> bool {
        matches!(self, Self::Applicable { .. })
    }

    /// The reason why it does not, or why that is not known.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Applicable { .. } => None,
            Self::NotApplicable { reason, .. }
            | Self::Installed { reason }
            | Self::Superseded { reason }
            | Self::Undecided { reason } => Some(reason),
        }
    }

    /// The answer in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Applicable { parents, .. } => match parents.first() {
                Some(parent) => format!("the image has {parent}"),
                None => "the update names no parent".to_owned(),
            },
            other => other.reason().unwrap_or_default().to_owned(),
        }
    }

    /// The code that Windows' own tools give; `None` where it applies or that is not known.
    pub fn hresult(&self) -> Option<u32> {
        match self {
            Self::Applicable { .. } | Self::Undecided { .. } => None,
            Self::NotApplicable { hresult, .. } => Some(*hresult),
            Self::Installed { .. } => Some(0x0024_0006), // WU_S_ALREADY_INSTALLED
            Self::Superseded { .. } => Some(ErrorKind::NotApplicable.hresult()),
        }
    }

    /// The number of an update's status in the records of Configuration Manager: 1 not required, 2 installed,
    /// 3 applicable, 4 the check is not supported.
    pub fn update_status(&self) -> u32 {
        match self {
            Self::NotApplicable { .. } | Self::Superseded { .. } => 1,
            Self::Installed { .. } => 2,
            Self::Applicable { .. } => 3,
            Self::Undecided { .. } => 4,
        }
    }

    /// Nothing for an applicable package, else an error with the reason.
    pub fn into_result(self) -> crate::error::Result<()> {
        match self {
            Self::Applicable { .. } => Ok(()),
            Self::NotApplicable { kind, reason, .. } => Err(Error::new(kind, reason)),
            Self::Installed { reason } | Self::Superseded { reason } | Self::Undecided { reason } => {
                Err(Error::new(ErrorKind::NotApplicable, reason))
            }
        }
    }

    fn refused(kind: ErrorKind, reason: String) -> Self {
        Self::NotApplicable { kind, reason, hresult: kind.hresult() }
    }
}

#[cfg(test)]
mod tests;
