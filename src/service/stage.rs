//! Level `stage`: packages laid into the component stores of the chosen indexes and registered, one commit, the receipt.

use super::hashing::digest;
use super::load::{Loaded, label};
use super::plan::Plan;
use super::receipt::{
    CommitRecord, Durations, FailureRecord, FileDigest, ImageRecord, IndexRecord, Receipt, Registration,
    SCHEMA, Tool, UpdateRecord,
};
use super::register::Laid;
use super::session::Session;
use super::units::{self, Made};
use super::{Level, deliver};
use crate::base::{Phase, Progress};
use crate::error::{Error, Result};
use crate::wim::commit::{CommitOptions, commit};
use crate::wim::overlay::Overlay;
use std::time::{Duration, Instant, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Carries out `plan`, where it may be carried out, and makes the receipt. An update that fails on the way is taken out of
/// the plan; then nothing is written unless the others are to go on.
pub(super) fn run(
    session: &Session,
    plan: &mut Plan,
    before: (FileDigest, Duration),
    progress: &Progress,
) -> Result<Receipt> {
    let began = Instant::now();
    let meter = progress.begin(Phase::Stage, session.indexes.len() as u64, 0);
    let Made { indexes, hives, failures } = units::make(session, plan, &meter, progress)?;
    let write = session.options.continue_on_error || plan.failure().is_none();
    let stage_time = began.elapsed();

    let registered = indexes.iter().filter(|i| !i.packages.is_empty());
    let mut registration =
        Registration::of(registered.map(|i| (i.record.name.as_str(), &i.record.registration)));
    if session.options.level == Level::Deliver {
        registration.reason =
            Some("nothing is registered at level 'deliver': Windows installs the updates".into());
    }
    let (indexes, overlays): (Vec<IndexRecord>, Vec<Option<Overlay>>) =
        indexes.into_iter().map(|Laid { record, overlay, .. }| (record, overlay)).unzip();

    let deliveries: Vec<_> = indexes.iter().flat_map(|i| &i.deliveries).collect();
    let left = match session.options.level {
        Level::Deliver => deliver::left_to_windows(&deliveries),
        level => left_to_windows(level, &registration),
    };

    let overlays: Vec<Overlay> = overlays.into_iter().flatten().filter(Overlay::is_changed).collect();
    let began = Instant::now();
    let output = session.options.output.as_ref();
    // In place, an image that has it all already is left as it is.
    let changing = plan.applies() && (output.is_some() || !overlays.is_empty());
    let report = if write && changing && !session.options.dry_run {
        let options = CommitOptions {
            output: output.cloned(),
            level: session.options.compression_level,
            lock: session.lock.clone(),
            ..CommitOptions::default()
        };
        Some(commit(&session.wim, overlays, &options, progress)?)
    } else {
        None
    };
    let write_time = began.elapsed();

    let began = Instant::now();
    let output = output.unwrap_or(&session.path);
    // The image is written: to stop now would say that it is not, and leave it without a receipt.
    let after = report.as_ref().map(|_| digest(output, &progress.uncancelled())).transpose()?;
    let hash_time = began.elapsed();
    Ok(Receipt {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        started: rfc3339(session.clock.started),
        finished: rfc3339(SystemTime::now()),
        level: session.options.level,
        written: report.is_some(),
        image: ImageRecord {
            path: session.path.display().to_string(),
            output: output.display().to_string(),
            in_place: session.options.output.is_none(),
            before: before.0,
            after,
        },
        updates: session.updates.iter().enumerate().map(|(n, u)| update_record(u, n, &failures)).collect(),
        indexes,
        commit: report.map(|r| CommitRecord {
            appended_bytes: r.appended_bytes,
            new_blobs: r.new_blobs,
            deduplicated_blobs: r.deduplicated,
        }),
        left_to_windows: left,
        registration,
        hives,
        durations_ms: Durations {
            unpack: millis(session.clock.unpack),
            hash_before: millis(before.1),
            stage: millis(stage_time),
            write: millis(write_time),
            hash_after: millis(hash_time),
            total: millis(session.clock.began.elapsed()),
        },
    })
}

fn update_record(update: &Loaded, number: usize, failures: &[(usize, Error)]) -> UpdateRecord {
    let mut record = UpdateRecord {
        path: update.path.clone(),
        size: update.file.as_ref().map(|f| f.size),
        sha256: update.file.as_ref().map(|f| f.sha256),
        kb: None,
        signature: None,
        packages: Vec::new(),
        files: 0,
        rebuilt: 0,
        verified: 0,
        failed: Vec::new(),
    };
    match &update.content {
        Ok(content) => {
            record.kb.clone_from(&content.kb);
            record.signature = Some(content.signature.clone());
            for (package, set) in content.staged.packages.iter().zip(&content.sets) {
                record.packages.push(label(package, set.as_ref()));
                record.files += package.files.len() as u64;
                record.rebuilt += package.rebuilt();
                record.verified += package.verified();
            }
        }
        Err(error) => record.failed.push(failure(error, update)),
    }
    let own = failures.iter().filter(|(failed, _)| *failed == number);
    record.failed.extend(own.map(|(_, error)| failure(error, update)));
    record
}

fn failure(error: &Error, update: &Loaded) -> FailureRecord {
    FailureRecord {
        name: error.path().unwrap_or(&update.path).to_owned(),
        reason: error.message().to_owned(),
    }
}

fn left_to_windows(level: Level, registration: &Registration) -> Vec<String> {
    const UNREGISTERED: &str = "registration in the COMPONENTS and SOFTWARE hives, where it says that it was not done: \
                                Windows does not know of those packages until they are added again";
    const INSTALLED: &str = "level install is best effort: nobody promises that the image equals what DISM would have made. \
                             What the components' own installers do (services, drivers, tasks, ...) is listed with each";
    const STAGED: &str = "the installation proper: winners, hard links into System32 and elsewhere, registry keys, advanced \
                          installers; until then the packages are Staged (0x40) and not more";
    let mut left = vec![
        if level == Level::Install { INSTALLED } else { STAGED },
        "copies of the catalogs in System32\\CatRoot, and the keys of ComponentDetect",
    ];
    if !registration.done {
        left.push(UNREGISTERED);
    }
    left.into_iter().map(str::to_owned).collect()
}

fn rfc3339(time: SystemTime) -> String {
    OffsetDateTime::from(time).format(&Rfc3339).unwrap_or_default()
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}
