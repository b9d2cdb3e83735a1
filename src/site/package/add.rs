//! Adding a package, and reading its source again.

use super::source::{check, find, is_set_part};
use super::{AddOptions, Described, check_texts, describe};
use crate::base::{Progress, Sha256Digest};
use crate::error::{Error, ErrorKind, Result};
use crate::site::db::{NewPackage, NewVersion, StoredContent};
use crate::site::library::{Taken, scan, take_files};
use crate::site::locks::WorkFolder;
use crate::site::model::Package;
use crate::site::{Site, clock};
use crate::wim::write::{ExportOptions, export};
use crate::wim::{OpenOptions, WimFile};
use std::path::{Path, PathBuf};

/// A source that was taken into the library and is in no record yet.
struct Intake {
    files: Vec<StoredContent>,
    image: String,
    described: Described,
}

impl Site {
    /// Adds the folder `source`, with Windows Setup's files, as an upgrade package. Every file is hashed into the content
    /// library; the source is read only.
    ///
    /// [`NotFound`](ErrorKind::NotFound) names what is missing in the folder, [`AlreadyExists`](ErrorKind::AlreadyExists)
    /// says that the name is taken.
    pub fn add_package(
        &self,
        source: impl AsRef<Path>,
        options: &AddOptions,
        progress: &Progress,
    ) -> Result<Package> {
        check_texts(&options.name, &options.version, &options.comment)?;
        let taken =
            || Error::new(ErrorKind::AlreadyExists, format!("there is a package '{}' already", options.name));
        if self.db.read(|tx| tx.package_named(&options.name))?.is_some() {
            return Err(taken());
        }
        let source = source_folder(source.as_ref())?;
        let _lock = self.taking_in()?;
        let work = self.work.begin(&Self::work_name("add"))?;
        let intake = self.take_in(&source, options.index, &work, progress)?;
        let now = clock::now();
        let (package, version) = self.db.write(|tx| {
            if tx.package_named(&options.name)?.is_some() {
                return Err(taken());
            }
            let id = tx.add_package(&NewPackage {
                name: &options.name,
                version: &options.version,
                comment: &options.comment,
                source: &source.display().to_string(),
                source_index: options.index,
                added: &now,
            })?;
            let (version, _) = tx.add_version(&intake.version(id, "added", &now))?;
            tx.publish(id, version)?;
            Ok((id, version))
        })?;
        self.write_version_lists(package, version)?;
        let package = self.package(&package.to_string())?;
        self.log.info("package", &[("package", &package.name), ("source", &package.source)], "added");
        Ok(package)
    }

    /// Reads a package's source again, after it was changed from outside: a new version of the package's content, published
    /// at once. Where the source is as it was, only what is known of its images is read again.
    pub fn reload_package(&self, package: &Package, progress: &Progress) -> Result<Package> {
        let _package_lock = self.lock_package(package)?;
        let source = source_folder(Path::new(&package.source))?;
        let taking_in = self.taking_in()?;
        let work = self.work.begin(&Self::work_name("reload"))?;
        let intake = self.take_in(&source, package.source_index, &work, progress)?;
        let now = clock::now();
        let key = |f: &StoredContent| (f.path.clone(), f.sha256);
        let version = self.db.write(|tx| {
            let current = tx.published(package.id)?;
            if let Some(current) = &current {
                let old: Vec<_> = tx.contents(current.id)?.iter().map(key).collect();
                if old == intake.files.iter().map(key).collect::<Vec<_>>() {
                    tx.set_indexes(current.id, &intake.described.indexes, &intake.described.found)?;
                    return Ok(current.id);
                }
            }
            let (version, _) = tx.add_version(&intake.version(package.id, "reloaded", &now))?;
            tx.publish(package.id, version)?;
            tx.prune(package.id, package.keep)?;
            Ok(version)
        })?;
        self.write_version_lists(package.id, version)?;
        let after = self.package(&package.id.to_string())?;
        let number = after.published.to_string();
        self.log.info("package", &[("package", &package.name), ("version", &number)], "reloaded");
        drop((work, taking_in));
        self.tidy()?;
        Ok(after)
    }

    /// Takes a source's files into the library. The images are read from the library's own copies, so that what is recorded
    /// is what is kept.
    fn take_in(
        &self,
        source: &Path,
        index: Option<u32>,
        work: &WorkFolder,
        progress: &Progress,
    ) -> Result<Intake> {
        let mut files = scan(source)?;
        let mut image = check(source, &files)?;
        if let Some(index) = index {
            let chosen = extract_index(&mut files, &image, index, work.path(), progress)?;
            image = chosen;
        }
        let stored = take_files(&self.library, &self.db, work.path(), &files, progress)?;
        let parts: Vec<&StoredContent> = stored.iter().filter(|f| is_set_part(&f.path, &image)).collect();
        let wim = self.open_image(&image, &parts)?;
        let described = describe(&wim, &self.limits, progress).map_err(|e| e.within(source.display()))?;
        if let Some(boot) = find(&stored, "sources/boot.wim", |f| &f.path) {
            self.open_image(&boot.path, &[boot])?;
        }
        Ok(Intake { files: stored, image, described })
    }

    /// Opens images that lie in the library, all parts of a split set.
    pub(in crate::site) fn open_image(&self, image: &str, files: &[&StoredContent]) -> Result<WimFile> {
        let place = |sha256: &Sha256Digest| self.library.blob(sha256);
        let missing = || Error::new(ErrorKind::NotFound, "is not in the library").with_path(image);
        let first = files.iter().find(|f| f.path.eq_ignore_ascii_case(image)).ok_or_else(missing)?;
        let mut options = OpenOptions::new();
        options.limits = self.limits.clone();
        options.parts = files.iter().filter(|f| f.path != first.path).map(|f| place(&f.sha256)).collect();
        WimFile::open(place(&first.sha256), &options).map_err(|e| e.within(image))
    }
}

impl Intake {
    fn version<'a>(&'a self, package: i64, origin: &'a str, created: &'a str) -> NewVersion<'a> {
        NewVersion {
            package,
            created,
            origin,
            run: None,
            image: &self.image,
            architecture: &self.described.architecture,
            files: &self.files,
            indexes: &self.described.indexes,
            found: &self.described.found,
        }
    }
}

fn source_folder(source: &Path) -> Result<PathBuf> {
    if !source.is_dir() {
        let why = if source.exists() { "is no folder" } else { "does not exist" };
        let e =
            Error::new(ErrorKind::NotFound, format!("{why}; a package's source is the folder of setup.exe"));
        return Err(e.with_path(source.display()));
    }
    std::fs::canonicalize(source).map_err(|e| Error::io("open the folder", source, e))
}

/// Puts an image file of one index in the place of the source's; the new file's path in the package.
fn extract_index(
    files: &mut Vec<Taken>,
    image: &str,
    index: u32,
    work: &Path,
    progress: &Progress,
) -> Result<String> {
    let Some(first) = find(files, image, |f| &f.path).cloned() else {
        return Err(Error::new(ErrorKind::Internal, "the image is gone").with_path(image));
    };
    let wim = WimFile::open(&first.file, &OpenOptions::new())?;
    let new = work.join("index.wim");
    export(&wim, &[index], &new, &ExportOptions::new(), progress)?;
    let size = new.metadata().map_err(|e| Error::io("read the file's size", &new, e))?.len();
    files.retain(|f| !is_set_part(&f.path, image));
    let path = match first.path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/install.wim"),
        None => "install.wim".to_owned(),
    };
    files.push(Taken { file: new, path: path.clone(), size, modified: first.modified });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(path)
}
