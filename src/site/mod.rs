//! A site: upgrade packages, the updates for them, schedules, servicing runs, distribution points, and the record of it all.
//!
//! A site is a folder with a database, a content library, a work folder, receipts and a log. Any number of processes
//! may use it at once. What is published is whole at every moment: a version of a package appears with one transaction,
//! when all of its content lies in the library and on the disk.
//!
//! Packages, from their source to their versions:
//!
//! ```
//! use wimwright::base::Progress;
//! use wimwright::site::{AddOptions, Check, SetOptions, Site};
//!
#![doc = include_str!("../../docs/doctest/image.md")]
#![doc = include_str!("../../docs/doctest/media.md")]
//! # let dir = tempfile::tempdir()?;
//! # let media = sample_media(dir.path(), &sample_image(dir.path())?)?;
//! # let progress = Progress::none();
//! let site = Site::init(dir.path().join("site"))?;
//! assert!(site.root().ends_with("site"));
//! let options = AddOptions { name: "Windows 10".into(), version: "22H2".into(), ..AddOptions::default() };
//! let package = site.add_package(&media, &options, &progress)?;
//! assert_eq!((package.published, site.indexes(&package)?.len()), (1, 1));
//! assert_eq!(site.found(&package)?.len(), 1); // packages that the image has
//!
//! // The source changed: which files, and a new version of them.
//! std::fs::write(media.join("sources/lang.ini"), "changed")?;
//! let check: Check = site.check_package(&package, &progress)?;
//! assert!(check.differences.len() == 1 && check.outcome().is_err());
//! let package = site.reload_package(&package, &progress)?;
//! assert_eq!((package.published, site.versions(&package)?.len()), (2, 2));
//! let package = site.rollback_package(&package, None)?;
//! let options = SetOptions { name: Some("Windows".into()), keep: Some(5), ..SetOptions::default() };
//! site.set_package(&package, &options)?;
//! let package = site.package("windows")?;
//! assert_eq!((package.published, package.keep, site.packages()?.len()), (1, 5, 1));
//!
//! // As documents, with a JSON Schema each.
//! assert_eq!(site.package_list()?.packages.len(), 1);
//! assert_eq!(site.package_details(&package, true)?.versions.len(), 2);
//! assert!(site.remove_package(&package)?.blobs > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of `Tx` is not general enough in its lifetime to be passed by its name"
)]

mod clock;
mod db;
mod documents;
mod levels;
mod library;
mod locks;
mod log;
mod model;
mod numbers;
mod package;
mod point;
mod records;
mod report;
mod run;
mod schedule;
mod update;
mod upkeep;

pub use documents::{
    Delivery, DistributionList, PackageDetails, PackageList, PointList, ReportFile, RunList, ScheduleList,
    StatusList, UpdateList, ValidationList,
};
pub use model::{
    Action, Distribution, DistributionState, Found, Package, PackageIndex, PackageVersion, Point, Run,
    RunStatus, RunUpdate, Schedule, ScheduleState, Superseded, Update, UpdateState, UpdateStatus,
};
pub use package::{AddOptions, Check, Difference, Removed, SetOptions};
pub use point::{
    BadContent, PointOptions, Prestaged, SigningKey, Validation, VerifyingKey, import_prestaged,
    import_prestaged_signed,
};
pub use run::RunMode;
pub use schedule::{ScheduleOptions, Selection, When, Zone};
pub use update::{ImportFailure, ImportOptions, ImportReport, Offer, OfferEntry};
pub use upkeep::{SiteInfo, SiteProblem, SiteVerify};

use crate::base::Limits;
use crate::error::{Error, ErrorKind, Result};
use db::Db;
use library::Library;
use locks::{Lock, WorkFolders};
use log::Log;
use std::path::{Path, PathBuf};

/// Versions of a package's content that are kept where nothing else is said.
pub const KEEP: u32 = 3;

const DATABASE: &str = "site.db";

/// An open site. May be shared between threads.
///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::site::{PointOptions, RunMode, Site};
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let folder = dir.path().join("site");
/// let site = Site::init(&folder)?;
/// assert!(site.packages()?.is_empty() && site.updates()?.is_empty() && site.schedules()?.is_empty());
/// let url = dir.path().join("point").display().to_string();
/// site.add_point(&PointOptions { name: "Berlin".into(), url, ..PointOptions::default() })?;
/// assert_eq!(site.point("berlin")?.name, "Berlin");
/// assert!(site.run(RunMode::Due, &Progress::none())?.is_empty() && site.runs()?.is_empty());
/// assert!(site.verify(&Progress::none())?.outcome().is_ok());
/// site.remove_point(&site.point("Berlin")?, false)?;
/// assert_eq!(Site::open(&folder)?.info()?.packages, 0);
/// # Ok::<(), wimwright::Error>(())
/// ```
pub struct Site {
    root: PathBuf,
    id: String,
    created: String,
    keep: u32,
    db: Db,
    library: Library,
    work: WorkFolders,
    log: Log,
    limits: Limits,
}

impl Site {
    /// Makes a site in the folder `root`, which must be empty or not be there yet.
    pub fn init(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let refuse = |why: &str| Err(Error::new(ErrorKind::AlreadyExists, why).with_path(root.display()));
        if root.join(DATABASE).exists() {
            return refuse("is a site already");
        }
        std::fs::create_dir_all(root).map_err(|e| Error::io("make the folder", root, e))?;
        let mut there = std::fs::read_dir(root).map_err(|e| Error::io("list the folder", root, e))?;
        if there.next().is_some() {
            return refuse("is not empty; a site wants a folder of its own");
        }
        for folder in ["locks", "work", "receipts", "logs"] {
            let path = root.join(folder);
            std::fs::create_dir(&path).map_err(|e| Error::io("make the folder", &path, e))?;
        }
        Library::new(root.join("library")).create()?;
        Db::create(&root.join(DATABASE), &new_id(), &clock::now(), KEEP)?;
        let site = Self::open(root)?;
        site.log.info("site", &[("site", &site.id)], "the site was made");
        Ok(site)
    }

    /// Opens the site in the folder `root`.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let file = root.join(DATABASE);
        if !file.is_file() {
            let e = Error::new(ErrorKind::NotFound, "is no site; `wright site init` makes one");
            return Err(e.with_path(root.display()));
        }
        let root = std::fs::canonicalize(root).map_err(|e| Error::io("open the site", root, e))?;
        let db = Db::open(&root.join(DATABASE))?;
        let (id, created, keep) = db.read(|tx| tx.site())?;
        Ok(Self {
            id,
            created,
            keep,
            db,
            library: Library::new(root.join("library")),
            work: WorkFolders::new(root.join("work"), root.join("locks/work")),
            log: Log::new(root.join("logs/site.log")),
            limits: Limits::default(),
            root,
        })
    }

    /// The site's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The package of this name or number.
    pub fn package(&self, name: &str) -> Result<Package> {
        let found = self.db.read(|tx| {
            Ok(match (tx.package_named(name)?, name.parse()) {
                (None, Ok(id)) => tx.package(id)?,
                (found, _) => found,
            })
        })?;
        found.ok_or_else(|| {
            let message = format!(
                "there is no package '{name}'; `wright site package list` shows those that are there"
            );
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// Keeps other processes from changing a package.
    fn lock_package(&self, package: &Package) -> Result<Lock> {
        let path = self.root.join(format!("locks/package-{}", package.id));
        Lock::now(&path, &format!("the package '{}'", package.name))
    }

    /// Held while contents are taken in and are in no record yet, so that nobody takes them for unused.
    fn taking_in(&self) -> Result<Lock> {
        Lock::share(&self.root.join("locks/library"))
    }

    /// A name for a work folder that nobody else has.
    fn work_name(kind: &str) -> String {
        format!("{kind}-{}", new_id())
    }
}

/// A random name, 16 hexadecimal digits.
fn new_id() -> String {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    if let Ok(since) = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        hasher.write_u128(since.as_nanos());
    }
    format!("{:016x}", hasher.finish())
}
