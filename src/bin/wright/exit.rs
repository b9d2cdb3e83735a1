//! How a command ends: exit status and the sentence on standard error.

use crate::output::Output;
use serde_json::json;
use std::process::ExitCode;
use wimwright::{Error, ErrorKind};

/// Why a command did not do what was asked.
pub struct Failed {
    error: Option<Error>,
    status: u8,
}

impl Failed {
    /// The command ran through, nothing is wrong, and what was compared is not the same.
    pub fn different() -> Self {
        Self { error: None, status: 1 }
    }

    /// The command ran through, and this is the first of what is wrong; all of it is in its output.
    pub fn found(error: Error) -> Self {
        Self { error: Some(error), status: 1 }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let status = status_of(error.kind());
        Self { error: Some(error), status }
    }
}

/// The exit status, after the error has been shown.
pub fn end(ending: Result<(), Failed>, output: &mut Output) -> ExitCode {
    let status = match ending {
        Ok(()) => 0,
        Err(Failed { error: None, status }) => status,
        Err(Failed { error: Some(error), status }) => {
            output.failure(&json!({ "error": {
                "kind": error.kind(),
                "hresult": format!("0x{:08X}", error.kind().hresult()),
                "message": error.to_string(),
                "path": error.path(),
            }}));
            eprintln!("wright: {}", one_line(&error.to_string()));
            status
        }
    };
    match output.close() {
        Ok(()) => ExitCode::from(status),
        Err(error) => {
            eprintln!("wright: cannot write to standard output: {error}");
            ExitCode::from(status.max(1))
        }
    }
}

fn status_of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::InvalidArgument | ErrorKind::NotAvailable => 2,
        ErrorKind::NotApplicable | ErrorKind::ArchitectureMismatch | ErrorKind::VersionMismatch => 3,
        ErrorKind::Cancelled => 130,
        _ => 1,
    }
}

/// Names come from files: control characters in one must not reach the terminal.
fn one_line(text: &str) -> String {
    crate::output::printable(text).into_owned()
}
