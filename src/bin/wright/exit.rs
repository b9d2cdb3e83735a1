//! How a command ends: exit status and the sentence on standard error.

use crate::output::Output;
use serde_json::json;
use std::process::ExitCode;
use wimwright::{Error, ErrorKind};

/// How a command ended that ran through.
pub enum Ending {
    /// What was asked for is done.
    Done,
    /// It ran through and what it found wrong is in its output.
    Wrong,
    /// No update applies.
    #[allow(dead_code, reason = "servicing, which comes next, ends this way")]
    NothingApplied,
}

/// Why a command ended early.
pub struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The exit status, after the error has been shown.
pub fn end(ending: Result<Ending, Failed>, output: &mut Output) -> ExitCode {
    let status = match ending {
        Ok(Ending::Done) => 0,
        Ok(Ending::Wrong) => 1,
        Ok(Ending::NothingApplied) => 3,
        Err(Failed(error)) => {
            output.failure(&json!({ "error": {
                "kind": error.kind(),
                "hresult": format!("0x{:08X}", error.kind().hresult()),
                "message": error.to_string(),
                "path": error.path(),
            }}));
            eprintln!("wright: {}", one_line(&error.to_string()));
            status_of(error.kind())
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
