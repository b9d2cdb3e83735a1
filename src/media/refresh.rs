//! The whole procedure, in its order: Windows RE, the install image, the boot image, Setup's files, the boot files; then all
//! of it into its place at once.

use super::disk::{make_writable, same_disk};
use super::images::{Job, has_stack};
use super::inputs::Inputs;
use super::iso::Iso;
use super::medium::{Medium, MediumFile, is_split, shown};
use super::report::{ImageRecord, Outcome, RefreshReport, Role, WinreRecord};
use super::tree::{Tree, digest};
use super::workplace::{self, Workplace};
use super::{RefreshOptions, boot, setup, winre};
use crate::base::{Phase, Progress, check_space, free_space};
use crate::error::{Error, ErrorKind, Result};
use crate::service::Level;
use crate::wim::write::{ExportOptions, SplitOptions, export, optimize, split};
use crate::wim::{OpenOptions, WimFile};
use std::path::{Path, PathBuf};

/// Brings the medium in the folder `media` up to date, into a new folder `out`.
///
/// The medium is only read. Nothing is at `out` before all of it is there: the tree is made beside it and renamed. What is
/// laid into images at level `stage` is Staged there and not in use; what the boot image runs is what the medium gets of
/// Setup's programs and boot managers, since both must be the same.
///
/// [`ErrorKind::NotApplicable`] where nothing would change.
pub fn refresh(
    media: &Path,
    out: &Path,
    options: &RefreshOptions,
    progress: &Progress,
) -> Result<RefreshReport> {
    if options.level == Level::Deliver {
        let why = "level deliver is not for media: Windows RE and boot images have nobody who would install";
        return Err(Error::new(ErrorKind::InvalidArgument, why));
    }
    let medium = Medium::open(media, &options.limits)?;
    let out = workplace::check(out, &medium.root)?;
    let (install, parts) = medium.install()?;
    let boot = medium.required("sources/boot.wim")?;
    let iso =
        options.iso.as_ref().map(|path| Iso::new(path, options.label.as_deref(), &medium)).transpose()?;
    if let Some(iso) = iso.as_ref().filter(|iso| iso.path().starts_with(&out)) {
        let e = Error::new(ErrorKind::InvalidArgument, "lies in the tree that it is to be made of");
        return Err(e.with_path(iso.path().display()));
    }
    let inputs = Inputs::open(options, progress)?;
    let place = if options.dry_run { None } else { Some(Workplace::begin(&out)?) };
    let scratch = tempfile::tempdir().map_err(|e| Error::from_io("make a temporary folder", e))?;
    let report = RefreshReport {
        media: media.display().to_string(),
        out: out.display().to_string(),
        written: false,
        level: options.level,
        cumulative: inputs.cumulative.as_ref().map(super::inputs::Cumulative::record),
        safe_os: inputs.safe_os.as_ref().map(|i| i.file.clone()),
        setup: inputs.setup.as_ref().map(|i| i.file.clone()),
        dotnet: inputs.dotnet.as_ref().map(|i| i.file.clone()),
        images: Vec::new(),
        winre: None,
        kept: Vec::new(),
        changed: Vec::new(),
        unchanged: super::Unchanged::default(),
        iso: None,
        receipts: None,
        notes: Vec::new(),
    };
    let work = Work { options, progress, medium: &medium, inputs: &inputs, place, scratch, report };
    work.run(&out, install, &parts, boot, iso.as_ref())
}

/// A refresh in progress.
pub(super) struct Work<'a> {
    pub options: &'a RefreshOptions,
    pub progress: &'a Progress,
    pub medium: &'a Medium,
    inputs: &'a Inputs,
    /// `None` in a dry run.
    pub place: Option<Workplace>,
    /// For what a dry run has to look at.
    scratch: tempfile::TempDir,
    pub report: RefreshReport,
}

impl Work<'_> {
    fn run(
        mut self,
        out: &Path,
        install: &MediumFile,
        parts: &[&MediumFile],
        boot: &MediumFile,
        iso: Option<&Iso>,
    ) -> Result<RefreshReport> {
        self.check_space(out, parts, boot, iso)?;
        let new_install = self.install(install, parts)?;
        let new_boot = self.boot(boot)?;
        if self.options.level == Level::Stage
            && self.report.images.iter().any(|i| i.outcome == Outcome::Serviced)
        {
            self.report.notes.push(
                "at level stage packages are Staged (0x40), not installed. Windows finishes them when it is installed from \
                 this medium; Windows RE and Windows PE (boot.wim) never do by themselves: they run what they ran before, \
                 until DISM completes them or they are serviced at level install"
                    .into(),
            );
        }
        let root = self.place.as_ref().map(|p| p.path("tree"));
        let mut tree = Tree::new(root, self.medium)?;
        let mut leave: Vec<&Path> = Vec::new();
        if new_install.is_some() {
            leave.extend(parts.iter().map(|p| p.path.as_path()));
        }
        if new_boot.is_some() {
            leave.push(&boot.path);
        }
        tree.share(self.medium, &leave, !self.options.no_hard_links, self.progress)?;
        self.put_images(&mut tree, Role::Install, new_install, install)?;
        self.put_images(&mut tree, Role::Boot, new_boot, boot)?;
        if let Some(setup) = &self.inputs.setup {
            setup::expand(&setup.path, &mut tree, &self.options.limits, self.progress)?;
        }
        self.keep(&mut tree, boot)?;
        self.report.unchanged = tree.unchanged();
        self.report.changed = std::mem::take(&mut tree.changed);
        self.finish(out, iso)
    }

    /// Refuses before any work what would end for want of room.
    fn check_space(
        &self,
        out: &Path,
        parts: &[&MediumFile],
        boot: &MediumFile,
        iso: Option<&Iso>,
    ) -> Result<()> {
        /// Payload that is stored as deltas grows to several times its size.
        const GROWTH: u64 = 6;
        if self.place.is_none() {
            return Ok(());
        }
        let images = parts.iter().map(|p| p.size).sum::<u64>() + boot.size;
        let folder = out.parent().unwrap_or(Path::new("."));
        // An image, made anew beside itself, and what the updates bring; what cannot be shared is copied.
        let mut needed = images.saturating_mul(2).saturating_add(self.inputs.size().saturating_mul(GROWTH));
        if !same_disk(&self.medium.root, folder) || self.options.no_hard_links {
            needed = needed.saturating_add(self.medium.size());
        }
        let iso_folder = iso.and_then(|iso| iso.path().parent());
        let of_iso = self.medium.size().saturating_add(self.inputs.size().saturating_mul(GROWTH));
        match iso_folder {
            Some(other) if same_disk(other, folder) => needed = needed.saturating_add(of_iso),
            Some(other) => check_space(free_space(other), of_iso, other)?,
            None => {}
        }
        check_space(free_space(folder), needed, folder)
    }

    /// A path for work in progress.
    fn temporary(&self, name: &str) -> PathBuf {
        self.place.as_ref().map_or_else(|| self.scratch.path().join(name), |p| p.path(name))
    }

    fn spill(&self) -> Option<PathBuf> {
        self.place.as_ref().map(|p| p.path(""))
    }

    /// Windows RE and the install image. The new files of it, in order; `None` where it stays as it is.
    fn install(&mut self, install: &MediumFile, parts: &[&MediumFile]) -> Result<Option<Vec<PathBuf>>> {
        let mut image = self.medium.full(install);
        let name = shown(&install.path);
        let wim = WimFile::open(
            &image,
            &OpenOptions { limits: self.options.limits.clone(), ..OpenOptions::new() },
        )?;
        let all: Vec<u32> = (1..=wim.image_count()).collect();
        let indexes = self.options.indexes.clone().unwrap_or(all);
        for &index in &indexes {
            wim.image_blob(index)?;
        }
        let mut found = self.winre(&wim, &name, &indexes)?;
        if is_split(&image) && self.place.is_some() {
            // A split set cannot be changed: it is joined first and split again at the end.
            let joined = self.temporary("joined.wim");
            let every: Vec<u32> = (1..=wim.image_count()).collect();
            export(&wim, &every, &joined, &ExportOptions::new(), self.progress)?;
            image = joined;
        }
        drop(wim);
        let work = self.temporary("install.wim");
        let job = Job {
            role: Role::Install,
            name,
            image: &image,
            work: &work,
            temporary: self.spill(),
            indexes: Some(&indexes),
            cumulative: self.inputs.cumulative.as_ref(),
            last: self.inputs.dotnet.as_ref(),
        };
        let mut record = job.run(self.options, self.progress)?;
        record.size_before = parts.iter().map(|p| p.size).sum();
        record.size_after = self.place.as_ref().map(|_| record.size_before);
        self.report.images.push(record);
        let serviced = work.is_file();
        if serviced {
            make_writable(&work)?;
        }
        let new_winre = self.temporary("winre.new.wim");
        if let Some(found) = found.as_mut().filter(|_| new_winre.is_file() && self.place.is_some()) {
            let (from, output) = if serviced { (&work, None) } else { (&image, Some(work.as_path())) };
            winre::put_back(from, output, &new_winre, found, self.progress)?;
        }
        self.report.winre = found;
        if !work.is_file() {
            return Ok(None);
        }
        make_writable(&work)?;
        self.pack(&work)?;
        if !is_split(&install.path) {
            return Ok(Some(vec![work]));
        }
        let largest = parts.iter().map(|p| p.size).max().unwrap_or_default();
        let folder = self.temporary("parts");
        std::fs::create_dir(&folder).map_err(|e| Error::io("make the folder", &folder, e))?;
        let wim = WimFile::open(&work, &OpenOptions::new())?;
        let done = split(&wim, &folder.join("install.swm"), largest, &SplitOptions::new(), self.progress)?;
        drop(wim);
        std::fs::remove_file(&work).map_err(|e| Error::io("remove the file", &work, e))?;
        Ok(Some(done.parts.into_iter().map(|p| p.path).collect()))
    }

    /// Takes Windows RE out of the install image and services it. What is known of it; `None` where nothing is for it.
    fn winre(&mut self, install: &WimFile, name: &str, indexes: &[u32]) -> Result<Option<WinreRecord>> {
        let stack = self.inputs.cumulative.as_ref().filter(|c| has_stack(c));
        if self.inputs.cumulative.is_some() && stack.is_none() {
            self.report
                .notes
                .push("the cumulative update brings no servicing stack, so Windows RE gets none".into());
        }
        if stack.is_none() && self.inputs.safe_os.is_none() {
            return Ok(None);
        }
        let Some(found) = winre::find(install, indexes)? else {
            self.report.notes.push("no serviced index of the install image holds Windows RE".into());
            return Ok(None);
        };
        if !found.differed.is_empty() {
            self.report.notes.push(format!(
                "Windows RE of the indexes {:?} was another one than that of index {}, which they have now",
                found.differed, found.index
            ));
        }
        let (image, work) = (self.temporary("winre.wim"), self.temporary("winre.new.wim"));
        winre::take_out(install, &found, &image, self.progress)?;
        let job = Job {
            role: Role::Winre,
            name: winre::name(name, &found),
            image: &image,
            work: &work,
            temporary: self.spill(),
            indexes: None,
            cumulative: stack,
            last: self.inputs.safe_os.as_ref(),
        };
        let mut record = job.run(self.options, self.progress)?;
        record.size_after = self.place.as_ref().map(|_| record.size_before);
        if work.is_file() {
            self.pack(&work)?;
            self.settle(&mut record, &work)?;
        }
        let laid_in = record.outcome == Outcome::Serviced;
        self.report.images.push(record);
        std::fs::remove_file(&image).map_err(|e| Error::io("remove the file", &image, e))?;
        Ok(Some(if laid_in {
            found
        } else {
            WinreRecord { indexes: Vec::new(), differed: Vec::new(), ..found }
        }))
    }

    /// The boot image. The new file, where it does not stay as it is.
    fn boot(&mut self, boot: &MediumFile) -> Result<Option<Vec<PathBuf>>> {
        let (image, work) = (self.medium.full(boot), self.temporary("boot.wim"));
        let job = Job {
            role: Role::Boot,
            name: shown(&boot.path),
            image: &image,
            work: &work,
            temporary: self.spill(),
            indexes: None,
            cumulative: self.inputs.cumulative.as_ref(),
            last: None,
        };
        let mut record = job.run(self.options, self.progress)?;
        record.size_after = self.place.as_ref().map(|_| record.size_before);
        self.report.images.push(record);
        if !work.is_file() {
            return Ok(None);
        }
        make_writable(&work)?;
        self.pack(&work)?;
        Ok(Some(vec![work]))
    }

    /// Makes an image anew, without what nothing uses any more.
    fn pack(&self, work: &Path) -> Result<()> {
        let wim = WimFile::open(work, &OpenOptions::new())?;
        optimize(&wim, &ExportOptions::new(), self.progress).map(|_| ())
    }

    /// Tells of an image what it is now.
    fn settle(&self, record: &mut ImageRecord, file: &Path) -> Result<()> {
        let meter = self.progress.begin(Phase::Hash, 1, 0);
        let (size, sha256) = digest(file, &meter)?;
        meter.done(&record.path, 0)?;
        (record.size_after, record.sha256) = (Some(size), Some(sha256));
        if let Some(receipt) = &mut record.receipt_data {
            receipt.image.after = Some(crate::service::FileDigest { size, sha256 });
        }
        Ok(())
    }

    fn put_images(
        &mut self,
        tree: &mut Tree,
        role: Role,
        files: Option<Vec<PathBuf>>,
        old: &MediumFile,
    ) -> Result<()> {
        let Some(at) = self.report.images.iter().position(|i| i.role == role) else { return Ok(()) };
        let mut record = self.report.images[at].clone();
        if self.place.is_none() {
            let winre =
                self.report.winre.as_ref().is_some_and(|w| role == Role::Install && !w.indexes.is_empty());
            if record.outcome == Outcome::Serviced || winre {
                tree.would_put_image(&old.path);
            }
            return Ok(());
        }
        let Some(files) = files else { return Ok(()) };
        let mut total = 0;
        for (number, file) in files.iter().enumerate() {
            let path = match file.file_name() {
                Some(name) if number > 0 => old.path.with_file_name(name),
                _ => old.path.clone(),
            };
            let meter = self.progress.begin(Phase::Hash, 1, 0);
            let (size, sha256) = digest(file, &meter)?;
            meter.done(&shown(&path), 0)?;
            total += size;
            if number == 0 {
                record.sha256 = Some(sha256);
                if let Some(receipt) = &mut record.receipt_data {
                    receipt.image.after = Some(crate::service::FileDigest { size, sha256 });
                }
            }
            tree.put_image(&path, file, size, sha256)?;
        }
        record.size_after = Some(total);
        self.report.images[at] = record;
        Ok(())
    }

    /// Keeps of the boot image what the medium needs the same.
    fn keep(&mut self, tree: &mut Tree, boot: &MediumFile) -> Result<()> {
        let path =
            self.place.as_ref().map_or_else(|| self.medium.full(boot), |p| p.path("tree").join(&boot.path));
        let options = OpenOptions { limits: self.options.limits.clone(), ..OpenOptions::new() };
        let wim = WimFile::open(&path, &options)?;
        let of_boot = self.report.images.iter().find(|i| i.role == Role::Boot);
        let receipt = of_boot.and_then(|i| i.receipt_data.as_ref());
        let notes = &mut self.report.notes;
        self.report.kept =
            boot::synchronise(&wim, receipt, tree, &self.options.limits, notes, self.progress)?;
        Ok(())
    }
}
