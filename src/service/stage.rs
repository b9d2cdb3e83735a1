//! Level `stage`: packages laid into the component stores of the chosen indexes, one commit, the receipt.

use super::hashing::digest;
use super::plan::{Decision, Plan};
use super::receipt::{
    Change, CommitRecord, Durations, FailureRecord, FileDigest, FileRecord, ImageRecord, IndexRecord,
    Receipt, Registration, SCHEMA, SkipRecord, Tool, UpdateRecord,
};
use super::session::{Loaded, Session, label};
use crate::base::{BlobSource as _, ImagePath, ImageTree as _, Limits, Phase, Progress};
use crate::cbs::layout::{self, Layout, PackageFile, Role, layout};
use crate::cbs::{Identity, Manifest, Mum, security};
use crate::error::{Error, Result};
use crate::staging::{StagedFile, StagedPackage, manifest_text};
use crate::wim::commit::{CommitOptions, commit};
use crate::wim::metadata::Times;
use crate::wim::overlay::{Content, Overlay};
use crate::wim::xml::FileTime;
use rayon::prelude::*;
use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const NOT_REGISTERED: &str = "writing the COMPONENTS and SOFTWARE hives is not available yet, so Windows does not know \
                              of the staged packages until they are added again";

/// Where every file of a package goes, and the components that have files; its manifests are read for it. A package
/// that contradicts itself is an error.
pub(super) fn lay_out(
    package: &StagedPackage,
    dictionary: Option<&[u8]>,
    limits: &Limits,
) -> Result<(Layout, Vec<Identity>)> {
    let mut mums: HashMap<&str, Mum> = HashMap::new();
    let mut manifests: HashMap<&str, Option<Manifest>> = HashMap::new();
    for file in package.files.iter().filter(|f| !f.name.contains('\\')) {
        let name = file.name.to_lowercase();
        if name.ends_with(".mum") {
            let data = file.content.bytes(limits.max_document)?;
            mums.insert(&file.name, Mum::parse(&data, limits).map_err(|e| e.within(&file.name))?);
        } else if name.ends_with(".manifest") {
            let text = manifest_text(&file.content, dictionary, limits).map_err(|e| e.within(&file.name))?;
            let parsed = text.map(|text| Manifest::parse(&text, limits)).transpose();
            manifests.insert(&file.name, parsed.map_err(|e| e.within(&file.name))?);
        }
    }
    let files: Vec<_> = package
        .files
        .iter()
        .map(|file| {
            let name = file.name.as_str();
            let content = if let Some(mum) = mums.get(name) {
                layout::Content::Mum(mum)
            } else if let Some(manifest) = manifests.get(name) {
                layout::Content::Manifest(manifest.as_ref())
            } else if !name.contains('\\') && name.to_lowercase().ends_with(".cat") {
                layout::Content::Catalog(file.content.sha256())
            } else {
                layout::Content::Other
            };
            PackageFile { name, content }
        })
        .collect();
    let layout = layout(&files);
    if let Some(skipped) = layout.skipped.iter().find(|s| s.reason.is_problem()) {
        return Err(Error::malformed(format!("it {}", skipped.reason)).with_path(&skipped.source));
    }
    let with_files = manifests.values().flatten().filter(|m| !m.files.is_empty());
    Ok((layout, with_files.map(|m| m.identity.clone()).collect()))
}

/// Carries out `plan`, where `write` allows it, and makes the receipt.
pub(super) fn run(
    session: &Session,
    plan: &Plan,
    before: (FileDigest, Duration),
    write: bool,
    progress: &Progress,
) -> Result<Receipt> {
    let began = Instant::now();
    let meter = progress.begin(Phase::Stage, session.indexes.len() as u64, 0);
    let staged: Vec<(IndexRecord, Option<Overlay>)> = session
        .indexes
        .par_iter()
        .map(|&index| {
            let done = stage_index(session, plan, index)?;
            meter.done(&done.0.name, 0)?;
            Ok(done)
        })
        .collect::<Result<_>>()?;
    let stage_time = began.elapsed();

    let (indexes, overlays): (Vec<_>, Vec<_>) = staged.into_iter().unzip();
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
        updates: session.updates.iter().map(update_record).collect(),
        indexes,
        commit: report.map(|r| CommitRecord {
            appended_bytes: r.appended_bytes,
            new_blobs: r.new_blobs,
            deduplicated_blobs: r.deduplicated,
        }),
        registration: Registration { done: false, reason: Some(NOT_REGISTERED.into()) },
        left_to_windows: left_to_windows(),
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

/// Lays what applies to one index into an overlay over it.
fn stage_index(session: &Session, plan: &Plan, index: u32) -> Result<(IndexRecord, Option<Overlay>)> {
    let actions: Vec<Decision> = plan.decisions.iter().filter(|d| d.index == index).cloned().collect();
    let name = plan.indexes.iter().find(|i| i.index == index).map(|i| i.name.clone()).unwrap_or_default();
    let mut record = IndexRecord { index, name, actions, files: Vec::new(), skipped: Vec::new() };
    if !record.actions.iter().any(Decision::applies) {
        return Ok((record, None));
    }
    let mut overlay = Overlay::new(&session.wim, index)?;
    let security = (security::file_descriptor(), security::directory_descriptor());
    for update in &session.updates {
        let Ok(content) = &update.content else { continue };
        for ((package, set), layout) in
            content.staged.packages.iter().zip(&content.sets).zip(&content.layouts)
        {
            let label = label(package, set.as_ref());
            if record.actions.iter().any(|d| d.applies() && d.update == update.path && d.package == label) {
                lay(package, layout, &mut overlay, &security, &mut record)
                    .map_err(|e| e.within(format!("{} in index {index}", update.path)))?;
            }
        }
    }
    Ok((record, Some(overlay)))
}

fn lay(
    package: &StagedPackage,
    layout: &Layout,
    overlay: &mut Overlay,
    security: &(Vec<u8>, Vec<u8>),
    record: &mut IndexRecord,
) -> Result<()> {
    let files: HashMap<&str, &StagedFile> = package.files.iter().map(|f| (f.name.as_str(), f)).collect();
    for placement in &layout.placements {
        let Some(file) = files.get(placement.source.as_str()) else { continue };
        let change = match overlay.stat(&placement.path)? {
            None => {
                put(overlay, &placement.path, file, security).map_err(|e| e.with_path(&placement.path))?;
                Change::Added
            }
            Some(entry)
                if entry.sha1 == file.content.sha1() || (entry.size == 0 && file.content.size() == 0) =>
            {
                Change::Present
            }
            Some(_) => {
                let reason = format!("the image has {} with other contents; they are kept", placement.path);
                record.skipped.push(SkipRecord { name: placement.source.clone(), reason });
                continue;
            }
        };
        record.files.push(FileRecord {
            path: placement.path.to_string(),
            role: role(placement.role),
            change,
            size: file.content.size(),
            sha1: file.content.sha1(),
            sha256: file.content.sha256(),
        });
    }
    let skipped = layout.skipped.iter();
    record
        .skipped
        .extend(skipped.map(|s| SkipRecord { name: s.source.clone(), reason: format!("it {}", s.reason) }));
    Ok(())
}

/// Adds one file, and the folders on its way, owned by TrustedInstaller as Windows' own are.
fn put(
    overlay: &mut Overlay,
    path: &ImagePath,
    file: &StagedFile,
    (file_security, folder_security): &(Vec<u8>, Vec<u8>),
) -> Result<()> {
    let mut missing = Vec::new();
    let mut folder = path.parent();
    while let Some(path) = folder.filter(|p| !p.is_root()) {
        if overlay.stat(&path)?.is_some() {
            break;
        }
        folder = path.parent();
        missing.push(path);
    }
    for folder in missing.iter().rev() {
        overlay.mkdir(folder)?;
        overlay.set_security(folder, Some(folder_security))?;
    }
    overlay.put(path, Content::with_sha1(file.content.clone(), file.content.sha1()))?;
    overlay.set_security(path, Some(file_security))?;
    if let Some(modified) = file.modified {
        let time = FileTime::from(modified);
        overlay.set_times(path, Times { creation: time.0, access: time.0, write: time.0 })?;
    }
    Ok(())
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Payload => "payload",
        Role::Manifest => "manifest",
        Role::Mum => "package",
        Role::PackageCatalog | Role::StoreCatalog => "catalog",
    }
}

fn update_record(update: &Loaded) -> UpdateRecord {
    let mut record = UpdateRecord {
        path: update.path.clone(),
        file: update.file.clone(),
        kb: None,
        packages: Vec::new(),
        files: 0,
        rebuilt: 0,
        verified: 0,
        failed: Vec::new(),
    };
    match &update.content {
        Ok(content) => {
            record.kb.clone_from(&content.kb);
            for (package, set) in content.staged.packages.iter().zip(&content.sets) {
                record.packages.push(label(package, set.as_ref()));
                record.files += package.files.len() as u64;
                record.rebuilt += package.rebuilt();
                record.verified += package.verified();
            }
        }
        Err(error) => record.failed.push(FailureRecord {
            name: error.path().unwrap_or(&update.path).to_owned(),
            reason: error.message().to_owned(),
        }),
    }
    record
}

fn left_to_windows() -> Vec<String> {
    [
        "the installation proper: winners, hard links into System32 and elsewhere, registry keys, advanced installers",
        "registration in the COMPONENTS and SOFTWARE hives: the files are staged, the packages are not registered",
        "copies of the catalogs in System32\\CatRoot",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn rfc3339(time: SystemTime) -> String {
    OffsetDateTime::from(time).format(&Rfc3339).unwrap_or_default()
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}
