//! The plan: what would happen to each index, in order, with a reason for everything that would not.

use crate::cbs::Applicability;
use crate::error::{Error, ErrorKind};
use serde::Serialize;

/// What would be done, index by index, update by update.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// The image.
    pub image: String,
    /// The indexes, in their order.
    pub indexes: Vec<IndexInfo>,
    /// One entry for each index and package, in the order of work.
    pub decisions: Vec<Decision>,
}

/// One index of the image.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct IndexInfo {
    /// The index, from 1.
    pub index: u32,
    /// The image's name.
    pub name: String,
    /// The edition id.
    pub edition: Option<String>,
    /// The processor architecture, as packages name it.
    pub architecture: Option<String>,
    /// Windows' version, four numbers.
    pub version: Option<String>,
    /// Why the index may not be written, with every sign of pending operations; `None` where it may.
    pub refusal: Option<String>,
}

/// What is decided about one package and one index.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The index, from 1.
    pub index: u32,
    /// The update's file.
    pub update: String,
    /// The package's identity, or its cabinet's name where it has none.
    pub package: String,
    /// The decision.
    pub status: Status,
    /// Why, in a sentence.
    pub reason: String,
    /// The kind of the refusal.
    pub kind: Option<ErrorKind>,
    /// The HRESULT that Windows' own tools give for the refusal, `0x...`.
    pub hresult: Option<String>,
    /// The number of the update's status in the records of upgrade packages: 0 unknown, 1 not required, 2 installed,
    /// 3 applicable, 4 the check is not supported.
    pub update_status: u32,
    /// Whether it is laid into the index although that it applies could not be told.
    pub forced: bool,
}

/// A decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It applies and is laid into the index.
    Applicable,
    /// It does not apply.
    NotApplicable,
    /// The index has it.
    Installed,
    /// The index has it staged: nothing is left to do at level `stage`.
    Staged,
    /// The index has something newer in its place.
    Superseded,
    /// Whether it applies cannot be told; it is not laid into the index unless the caller forces it.
    Undecided,
    /// It could not be decoded, rebuilt, verified, laid or registered whole, and is not laid into any index; or it applies,
    /// and the index may not be written.
    Failed,
}

impl Decision {
    /// Whether the package is laid into the index.
    pub fn applies(&self) -> bool {
        self.status == Status::Applicable || self.forced
    }

    pub(super) fn new(index: u32, update: &str, package: &str, answer: &Applicability) -> Self {
        let reason = answer.sentence();
        let refused = Some(ErrorKind::NotApplicable);
        let (status, kind) = match answer {
            Applicability::Applicable { .. } => (Status::Applicable, None),
            Applicability::NotApplicable { kind, .. } => (Status::NotApplicable, Some(*kind)),
            Applicability::Installed { .. } => (Status::Installed, refused),
            Applicability::Superseded { .. } => (Status::Superseded, refused),
            Applicability::Undecided { .. } => (Status::Undecided, refused),
        };
        let (update, package) = (update.to_owned(), package.to_owned());
        let (hresult, update_status) = (answer.hresult().map(hresult), answer.update_status());
        Self { index, update, package, status, reason, kind, hresult, update_status, forced: false }
    }

    /// The same, laid into the index also where that it applies could not be told.
    pub(super) fn force(self, force: bool) -> Self {
        Self { forced: force && self.status == Status::Undecided, ..self }
    }

    pub(super) fn failed(index: u32, update: &str, package: &str, error: &Error) -> Self {
        Self {
            index,
            update: update.to_owned(),
            package: package.to_owned(),
            status: Status::Failed,
            reason: error.to_string(),
            kind: Some(error.kind()),
            hresult: Some(hresult(error.kind().hresult())),
            update_status: 0,
            forced: false,
        }
    }

    /// The same for an index that has the package staged.
    pub(super) fn staged(self) -> Self {
        let reason = format!("the index already has {} as Staged (0x40)", self.package);
        let (status, kind) = (Status::Staged, Some(ErrorKind::NotApplicable));
        // To Configuration Manager it is what it was: to be installed.
        Self { status, reason, kind, hresult: None, update_status: 3, forced: false, ..self }
    }

    /// Of an index that is past the update.
    pub(super) fn of_passed(index: u32, update: &str, package: &str, reason: &str) -> Self {
        Self {
            index,
            update: update.to_owned(),
            package: package.to_owned(),
            status: Status::Superseded,
            reason: reason.to_owned(),
            kind: Some(ErrorKind::NotApplicable),
            hresult: Some(hresult(ErrorKind::NotApplicable.hresult())),
            update_status: 1,
            forced: false,
        }
    }

    /// The same for an index that may not be written.
    pub(super) fn blocked(self, refusal: &Error) -> Self {
        Self {
            status: Status::Failed,
            reason: refusal.message().to_owned(),
            kind: Some(refusal.kind()),
            hresult: Some(hresult(refusal.kind().hresult())),
            forced: false,
            ..self
        }
    }

    /// The error that the package failed with.
    pub(super) fn failure(&self) -> Option<Error> {
        let kind = self.kind.filter(|_| self.status == Status::Failed)?;
        let error = Error::new(kind, &self.reason);
        let of_index = matches!(kind, ErrorKind::Pending | ErrorKind::Unserviceable);
        Some(if of_index { error.with_path(format!("index {}", self.index)) } else { error })
    }
}

fn hresult(code: u32) -> String {
    format!("0x{code:08X}")
}

impl Plan {
    /// Takes an update that failed in `index` out of every index.
    pub(super) fn fail(&mut self, update: &str, index: u32, error: &Error) {
        for decision in self.decisions.iter_mut().filter(|d| d.update == update && d.applies()) {
            let reason = if decision.index == index {
                error.to_string()
            } else {
                format!(
                    "it failed in index {index}, and an update goes into all of its indexes or none: {error}"
                )
            };
            decision.status = Status::Failed;
            decision.reason = reason;
            decision.kind = Some(error.kind());
            decision.hresult = Some(hresult(error.kind().hresult()));
            decision.update_status = 0;
            decision.forced = false;
        }
    }

    /// Whether anything would be done.
    pub fn applies(&self) -> bool {
        self.decisions.iter().any(Decision::applies)
    }

    /// The first update that could not be decoded, rebuilt, verified, laid or registered, or that applies to an index
    /// which may not be written.
    pub fn failure(&self) -> Option<Error> {
        self.decisions.iter().find_map(Decision::failure)
    }

    /// The error that says why nothing would be done: of the first refusal's kind, with its reason.
    pub fn refusal(&self) -> Option<Error> {
        if self.applies() {
            return None;
        }
        let first = self.decisions.iter().find(|d| !d.applies());
        Some(match first {
            Some(d) => Error::new(
                d.kind.unwrap_or(ErrorKind::NotApplicable),
                format!("nothing applies: {}", d.reason),
            )
            .with_path(&d.update),
            None => Error::new(ErrorKind::NotApplicable, "nothing applies: no update was given"),
        })
    }
}
