//! One servicing run over one image file: updates in, plan, commit, receipt out.

use super::deliver::Delivery;
use super::hashing::{Hashing, digest};
use super::load::{Loaded, Part, label, updates_in};
use super::passed::Passed;
use super::places::{Places, lock_for};
use super::plan::{Decision, IndexInfo, Plan, Status};
use super::receipt::Receipt;
use super::{Level, dictionary, stage, staged};
use crate::base::{Limits, Progress};
use crate::cbs::{
    Applicability, Architecture, ImageState, ImageTarget, ServicingState, UpdateClass, Version, target,
};
use crate::error::{Error, ErrorKind, Result};
use crate::staging::StagingArea;
use crate::wim::commit::WriteLock;
use crate::wim::xml::{ImageInfo, WimXml};
use crate::wim::{OpenOptions, WimFile};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How a session services an image.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// How far packages are serviced.
    pub level: Level,
    /// What makes Windows install what level `deliver` places in the image.
    pub delivery: Delivery,
    /// Write the result here; `None` changes the image in place, after everything was decoded and verified.
    pub output: Option<PathBuf>,
    /// Put the receipt here when the run ends, applied or not; the file is there whole or not at all.
    pub receipt: Option<PathBuf>,
    /// Leave out an update that fails and go on with the others.
    pub continue_on_error: bool,
    /// Lay updates in also where it could not be told whether they apply.
    pub force_undecided: bool,
    /// Take updates also whose signature is broken: that were changed since they were signed. Those that nobody signed are
    /// taken anyway, and the receipt says so.
    pub allow_broken_signature: bool,
    /// At level `install`, carry out what can be also of a package that asks for more; it is then PartiallyInstalled (0x65)
    /// instead of Staged.
    pub accept_partial: bool,
    /// The compressor's level for new blobs; `None` takes a fast one.
    pub compression_level: Option<u32>,
    /// Decode, verify and plan, but write nothing.
    pub dry_run: bool,
    /// Where contents are spilled that do not fit in memory; `None` is the system's temporary folder.
    pub temporary: Option<PathBuf>,
    /// Bounds for what is read.
    pub limits: Limits,
    /// WIMs that a delta WIM takes its other blobs from, as in [`OpenOptions::references`].
    pub references: Vec<PathBuf>,
}

/// A servicing run: open, choose indexes, add updates, look at the plan, commit, keep the receipt.
///
/// ```no_run
/// use wimwright::base::Progress;
/// use wimwright::service::{Level, Session, SessionOptions};
///
/// let options = SessionOptions { level: Level::Stage, output: Some("new.wim".into()), ..SessionOptions::default() };
/// let mut session = Session::open("install.wim", options)?;
/// session.select(&[1, 3])?;
/// session.add_update("windows10.0-kb5015684-x64.msu", &Progress::none())?;
/// for decision in session.plan()?.decisions {
///     println!("{}: {}", decision.index, decision.reason);
/// }
/// session.commit(&Progress::none())?;
/// println!("{}", session.receipt().expect("after a commit").to_json());
/// # Ok::<(), wimwright::Error>(())
/// ```
pub struct Session {
    pub(super) path: PathBuf,
    pub(super) wim: WimFile,
    xml: Arc<WimXml>,
    pub(super) options: SessionOptions,
    pub(super) indexes: Vec<u32>,
    pub(super) updates: Vec<Loaded>,
    pub(super) clock: Clock,
    pub(super) area: StagingArea,
    dictionary: OnceLock<Option<Vec<u8>>>,
    places: Places,
    states: Mutex<HashMap<u32, Arc<ServicingState>>>,
    pub(super) passed: Vec<Passed>,
    before: Option<Hashing>,
    receipt: Option<Receipt>,
    /// Held from the beginning, so that a second run hears of the first at once and not after hours.
    pub(super) lock: Option<WriteLock>,
}

/// When the run began and how long its phases took.
pub(super) struct Clock {
    pub began: Instant,
    pub started: SystemTime,
    pub unpack: Duration,
}

impl Session {
    /// Opens the image at `path` for servicing all of its indexes.
    ///
    /// [`ErrorKind::Busy`] where the image is to be changed in place and somebody else is about to.
    pub fn open(path: impl AsRef<Path>, options: SessionOptions) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let places = Places::new(&path, &options)?;
        let (limits, references) = (options.limits.clone(), options.references.clone());
        let wim = WimFile::open(&path, &OpenOptions { limits, references, ..OpenOptions::default() })?;
        let lock = lock_for(&wim, &options)?;
        let xml = wim.xml()?;
        let indexes = (1..=wim.image_count()).collect();
        let area = StagingArea::new(&options.limits, options.temporary.as_deref());
        let clock = Clock { began: Instant::now(), started: SystemTime::now(), unpack: Duration::ZERO };
        Ok(Self {
            path,
            wim,
            xml,
            options,
            indexes,
            updates: Vec::new(),
            clock,
            area,
            dictionary: OnceLock::new(),
            places,
            states: Mutex::default(),
            passed: Vec::new(),
            before: None,
            receipt: None,
            lock,
        })
    }

    /// Chooses the indexes to service, from 1, in any order; repeated ones count once.
    pub fn select(&mut self, indexes: &[u32]) -> Result<()> {
        let count = self.wim.image_count();
        if let Some(bad) = indexes.iter().find(|&&i| i == 0 || i > count) {
            let message = format!("there is no image {bad}; images are numbered 1 to {count}");
            return Err(Error::new(ErrorKind::NotFound, message).with_path(self.path.display()));
        }
        self.indexes = indexes.to_vec();
        self.indexes.sort_unstable();
        self.indexes.dedup();
        Ok(())
    }

    /// Whether updates that are added from now on may have a broken signature, as in
    /// [`SessionOptions::allow_broken_signature`].
    #[cfg(feature = "site")]
    pub(crate) fn set_allow_broken_signature(&mut self, allow: bool) {
        self.options.allow_broken_signature = allow;
    }

    /// The image, for reading.
    pub fn image(&self) -> &WimFile {
        &self.wim
    }

    /// Decodes, rebuilds and verifies the update at `path`; of a folder, every `.msu` and `.cab` in it by name.
    ///
    /// A file that cannot be rebuilt fails the update; under continue on error the failure is recorded in the
    /// plan and the receipt, and the other updates go on.
    ///
    /// [`ErrorKind::Pending`] or [`ErrorKind::Unserviceable`], before any work, where none of the chosen indexes may
    /// be written.
    pub fn add_update(&mut self, path: impl AsRef<Path>, progress: &Progress) -> Result<()> {
        let path = path.as_ref();
        if path.is_dir() {
            for file in updates_in(path)? {
                self.add_update(file, progress)?;
            }
            return Ok(());
        }
        self.add(path, Part::All, progress).map(|_| ())
    }

    /// Adds an update or a part of it; whether it has that part.
    pub(super) fn add(&mut self, path: &Path, part: Part, progress: &Progress) -> Result<bool> {
        self.places.check_input(path)?;
        if self.before.is_none() && !self.options.dry_run {
            self.check_writable()?;
            let size = self.wim.sources().first().map_or(0, |s| s.size());
            self.before = Some(Hashing::begin(self.path.clone(), size));
        }
        let began = Instant::now();
        let file = digest(path, &Progress::none());
        let same = |u: &Loaded| match (&u.file, &file) {
            (Some(known), Ok(file)) => u.part == part && known.sha256 == file.sha256,
            (None, Err(_)) => u.path == path.display().to_string(),
            _ => false,
        };
        if self.updates.iter().any(same) {
            return Ok(true);
        }
        let (file, content) = match file {
            Ok(file) => {
                let content = self.load(path, &file, part, progress).transpose();
                (Some(file), content)
            }
            Err(error) => (None, Some(Err(error))),
        };
        self.clock.unpack += began.elapsed();
        match content {
            None => Ok(false),
            Some(Err(error)) if !self.options.continue_on_error || error.kind() == ErrorKind::Cancelled => {
                Err(error)
            }
            Some(content) => {
                self.updates.push(Loaded { path: path.display().to_string(), part, file, content });
                Ok(true)
            }
        }
    }

    /// The manifest dictionary of the image's own servicing stack, looked up once.
    pub(super) fn dictionary(&self) -> Option<&[u8]> {
        let (wim, index, limits) = (&self.wim, self.indexes.first().copied(), &self.options.limits);
        let found = || dictionary::of_image(&wim.view(index?).ok()?, limits).ok().flatten();
        self.dictionary.get_or_init(found).as_deref()
    }

    /// What would be done to each chosen index, in order. Writes nothing.
    pub fn plan(&self) -> Result<Plan> {
        let planned = self.indexes.par_iter().map(|&index| self.plan_index(index));
        let planned: Vec<(IndexInfo, Vec<Decision>)> = planned.collect::<Result<_>>()?;
        let (indexes, decisions): (Vec<_>, Vec<_>) = planned.into_iter().unzip();
        let decisions = decisions.into_iter().flatten().collect();
        Ok(Plan { image: self.path.display().to_string(), indexes, decisions })
    }

    fn plan_index(&self, index: u32) -> Result<(IndexInfo, Vec<Decision>)> {
        let target = self.target(index)?;
        let state = self.state(index)?;
        let refusal = state.health.refusal();
        let servicing = state;
        let mut state = ImageState::from(&*servicing);
        let view = self.wim.view(index)?;
        let mut decisions: Vec<Decision> = self.passed_unread(index).collect();
        for update in &self.updates {
            let content = match &update.content {
                Ok(content) => content,
                Err(error) => {
                    decisions.push(Decision::failed(index, &update.path, &update.path, error));
                    continue;
                }
            };
            let packages = content.staged.packages.iter().zip(&content.sets).zip(&content.layouts);
            for ((package, set), layout) in packages {
                let answer = match set {
                    Some(set) => target::check(set, &target, &state),
                    None => {
                        Applicability::Undecided { reason: "the cabinet holds no package manifest".into() }
                    }
                };
                let decision = Decision::new(index, &update.path, &label(package, set.as_ref()), &answer)
                    .force(self.options.force_undecided);
                let undone = decision.applies() || decision.status == Status::Undecided;
                let staged = match set {
                    Some(set) if undone && self.options.level == Level::Stage => {
                        staged::is_staged(set, layout, &servicing, &view)?
                    }
                    _ => false,
                };
                if let Some(passed) = self.passed.iter().find(|p| p.index == index && p.update == update.path)
                {
                    decisions.push(Decision::of_passed(
                        index,
                        &update.path,
                        &decision.package,
                        &passed.reason,
                    ));
                    continue;
                }
                let decision = match &refusal {
                    _ if staged => decision.staged(),
                    Some(refusal) if decision.applies() => decision.blocked(refusal),
                    _ => decision,
                };
                // What comes after a servicing stack is for an image that has it.
                let brought = set.as_ref().and_then(|set| UpdateClass::stack(&set.root().identity));
                if let Some(stack) = brought.filter(|_| decision.applies() || staged) {
                    state = state.with_stack(stack);
                }
                decisions.push(decision);
            }
        }
        let mut info = self.index_info(index, &target)?;
        info.refusal = refusal.map(|r| r.message().to_owned());
        Ok((info, decisions))
    }

    /// The servicing state of an index, read once. One at a time: a hive takes a hundred megabytes while it is read.
    pub(super) fn state(&self, index: u32) -> Result<Arc<ServicingState>> {
        let states = || self.states.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = states().get(&index) {
            return Ok(state.clone());
        }
        // Images are decoded side by side.
        let view = self.wim.view(index)?;
        let mut states = states();
        if let Some(state) = states.get(&index) {
            return Ok(state.clone());
        }
        let state = ServicingState::read(&view, &self.options.limits)
            .map_err(|e| e.within(format!("{}: index {index}", self.path.display())))?;
        Ok(states.entry(index).or_insert(Arc::new(state)).clone())
    }

    /// Hours of decoding should not end with what can be told before.
    fn check_writable(&self) -> Result<()> {
        let mut first = None;
        for &index in &self.indexes {
            match self.state(index)?.health.refusal() {
                Some(refusal) => _ = first.get_or_insert(self.blame(index, &refusal)),
                None => return Ok(()),
            }
        }
        first.map_or(Ok(()), Err)
    }

    fn blame(&self, index: u32, error: &Error) -> Error {
        Error::new(error.kind(), error.message()).with_path(format!("{}: index {index}", self.path.display()))
    }

    /// Lays everything that applies into every chosen index and commits once.
    ///
    /// Until the image's header is written the old image is whole; with an output, the input is never
    /// written. When nothing applies this is an error of the first refusal's kind and nothing is written. An index
    /// with pending operations that something applies to refuses the whole run; under continue on error it alone is
    /// left out. The receipt can be asked for in all cases, also when it could not be put where the options say.
    pub fn commit(&mut self, progress: &Progress) -> Result<&Receipt> {
        let mut plan = self.plan()?;
        progress.check()?;
        let before = match self.before.take() {
            Some(hashing) => hashing.finish(progress)?,
            None => (digest(&self.path, progress)?, Duration::ZERO),
        };
        let receipt = stage::run(self, &mut plan, before, progress)?;
        let blocked = plan.failure().filter(|_| !self.options.continue_on_error);
        self.lock = None;
        let receipt = self.receipt.insert(receipt);
        self.places.keep(receipt)?;
        match blocked.or_else(|| plan.refusal()) {
            Some(refusal) => Err(refusal),
            None => Ok(receipt),
        }
    }

    /// The receipt of the last commit.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_ref()
    }

    pub(super) fn target(&self, index: u32) -> Result<ImageTarget> {
        let info = self.image_info(index)?;
        let number = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        let version = info.version.map_or_else(Version::default, |v| {
            Version::new(number(v.major), number(v.minor), number(v.build), number(v.sp_build))
        });
        Ok(ImageTarget {
            architecture: info.arch.and_then(Architecture::from_number),
            version,
            edition: info.edition_id.clone().unwrap_or_default(),
            installation_type: info.installation_type.clone().unwrap_or_default(),
            languages: info.languages.clone(),
        })
    }

    fn image_info(&self, index: u32) -> Result<&ImageInfo> {
        self.xml.image(index).ok_or_else(|| {
            let message = format!("the XML data does not describe index {index}");
            Error::malformed(message).with_path(self.path.display())
        })
    }

    fn index_info(&self, index: u32, target: &ImageTarget) -> Result<IndexInfo> {
        Ok(IndexInfo {
            index,
            name: self.image_info(index)?.name.clone(),
            edition: Some(target.edition.clone()).filter(|e| !e.is_empty()),
            architecture: target.architecture.map(|a| a.name().to_owned()),
            version: Some(target.version).filter(|v| !v.is_zero()).map(|v| v.to_string()),
            refusal: None,
        })
    }
}
