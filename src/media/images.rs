//! One image of the medium serviced: which updates in which order, into which indexes, and how it ended.

use super::RefreshOptions;
use super::inputs::{Cumulative, Input};
use super::report::{ImageRecord, Outcome, Role};
use crate::base::Progress;
use crate::cbs::UpdateClass;
use crate::error::{Error, ErrorKind, Result};
use crate::service::{Receipt, Session, SessionOptions, Status};
use std::path::{Path, PathBuf};

/// An image to service.
pub(super) struct Job<'a> {
    pub role: Role,
    /// What reports call it.
    pub name: String,
    pub image: &'a Path,
    /// Where the serviced image is written.
    pub work: &'a Path,
    /// Where contents are spilled.
    pub temporary: Option<PathBuf>,
    /// `None` for all.
    pub indexes: Option<&'a [u32]>,
    pub cumulative: Option<&'a Cumulative>,
    /// What follows the cumulative update.
    pub last: Option<&'a Input>,
}

/// What is said of an image that has all of it.
const PRESENT: [Status; 3] = [Status::Installed, Status::Staged, Status::Superseded];

impl Job<'_> {
    /// Services the image into `work`. Where nothing is laid in there is no such file.
    pub fn run(&self, options: &RefreshOptions, progress: &Progress) -> Result<ImageRecord> {
        let size = |path: &Path| path.metadata().map(|m| m.len()).map_err(|e| Error::io("look at", path, e));
        let mut record = ImageRecord {
            role: self.role,
            path: self.name.clone(),
            indexes: Vec::new(),
            outcome: Outcome::NothingGiven,
            reason: Some("no update was given for this image".into()),
            decisions: Vec::new(),
            size_before: size(self.image)?,
            size_after: None,
            sha256: None,
            receipt: None,
            receipt_data: None,
            failure: None,
        };
        if self.cumulative.is_none() && self.last.is_none() {
            return Ok(record);
        }
        let (indexes, receipt, ended) = self.service(options, progress);
        record.indexes = indexes;
        if let Some(receipt) = &receipt {
            record.decisions = receipt.indexes.iter().flat_map(|i| i.actions.clone()).collect();
        }
        let present =
            !record.decisions.is_empty() && record.decisions.iter().all(|d| PRESENT.contains(&d.status));
        (record.outcome, record.reason) = match ended {
            Ok(()) if receipt.as_ref().is_some_and(Receipt::applied) => (Outcome::Serviced, None),
            Ok(()) => (Outcome::Present, None),
            Err(e) if present => (Outcome::Present, Some(e.message().to_owned())),
            Err(e) if options.continue_on_error && !is_fatal(e.kind()) => {
                record.failure = Some((e.kind(), e.to_string()));
                (Outcome::Refused, Some(e.to_string()))
            }
            Err(e) => return Err(e.within(&self.name)),
        };
        record.receipt_data = receipt;
        Ok(record)
    }

    fn service(
        &self,
        options: &RefreshOptions,
        progress: &Progress,
    ) -> (Vec<u32>, Option<Receipt>, Result<()>) {
        let session_options = SessionOptions {
            level: options.level,
            output: (!options.dry_run).then(|| self.work.to_owned()),
            continue_on_error: options.continue_on_error,
            force_undecided: options.force_undecided,
            accept_partial: options.accept_partial,
            allow_broken_signature: options.allow_broken_signature,
            dry_run: options.dry_run,
            temporary: self.temporary.clone(),
            limits: options.limits.clone(),
            ..SessionOptions::default()
        };
        let mut session = match Session::open(self.image, session_options) {
            Ok(session) => session,
            Err(e) => return (Vec::new(), None, Err(e)),
        };
        let all: Vec<u32> = (1..=session.image().image_count()).collect();
        let indexes = self.indexes.map_or(all, <[u32]>::to_vec);
        let ended = session
            .select(&indexes)
            .and_then(|()| self.add(&mut session, &indexes, progress))
            .and_then(|()| session.commit(progress).map(|_| ()));
        (indexes, session.receipt().cloned(), ended)
    }

    /// Adds the updates in their order: servicing stacks, checkpoints, the cumulative update, what is last.
    fn add(&self, session: &mut Session, indexes: &[u32], progress: &Progress) -> Result<()> {
        if let Some(cumulative) = self.cumulative {
            for stack in &cumulative.stacks {
                session.add_update(&stack.path, progress)?;
            }
            if self.role == Role::Winre {
                session.add_servicing_stack(&cumulative.target.path, progress)?;
            } else {
                Self::add_cumulative(session, cumulative, indexes, progress)?;
            }
        }
        self.last.map_or(Ok(()), |last| session.add_update(&last.path, progress))
    }

    fn add_cumulative(
        session: &mut Session,
        cumulative: &Cumulative,
        indexes: &[u32],
        progress: &Progress,
    ) -> Result<()> {
        for (checkpoint, identity) in &cumulative.checkpoints {
            let mut needed = false;
            for &index in indexes {
                // To lay a checkpoint into a boot image that is past it makes media that do not start.
                match session.past(index, identity)? {
                    Some(reason) => {
                        let reason = format!("checkpoint skipped: {reason}");
                        session.pass_over(index, &checkpoint.path, &checkpoint.identities, &reason);
                    }
                    None => needed = true,
                }
            }
            if needed {
                session.add_update(&checkpoint.path, progress)?;
            }
        }
        session.add_update(&cumulative.target.path, progress)
    }
}

/// Whether the servicing stack of a combined update, or one of its own, is given.
pub(super) fn has_stack(cumulative: &Cumulative) -> bool {
    let is_stack = |i: &crate::cbs::Identity| UpdateClass::of(i) == UpdateClass::ServicingStack;
    !cumulative.stacks.is_empty() || cumulative.target.identities.iter().any(is_stack)
}

/// What goes wrong for every image alike.
fn is_fatal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Cancelled
            | ErrorKind::NoSpace
            | ErrorKind::Io
            | ErrorKind::PermissionDenied
            | ErrorKind::Busy
            | ErrorKind::Internal
            | ErrorKind::InvalidArgument
    )
}
