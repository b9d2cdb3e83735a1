//! The distribution points of a site, and how packages stand there.

use super::open;
use super::store::Address;
use crate::error::{Error, ErrorKind, Result};
use crate::site::db::NewPoint;
use crate::site::locks::Lock;
use crate::site::model::{Distribution, Package, Point};
use crate::site::{Site, clock};
use std::path::PathBuf;

/// A distribution point to be added.
#[derive(Clone, Debug, Default)]
pub struct PointOptions {
    /// Its name, at most 50 characters.
    pub name: String,
    /// A folder, or `s3://bucket/prefix`, `az://container/prefix`, `gs://bucket/prefix`, `http(s)://...` (for validating).
    pub url: String,
    /// The server, where it is not the provider's own.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// A file with credentials; else they come from the environment. Only its path is recorded.
    pub credentials: Option<PathBuf>,
    /// Accept plain HTTP to the endpoint.
    pub allow_http: bool,
}

///
/// ```
/// use wimwright::base::Progress;
/// use wimwright::site::{AddOptions, Delivery, PointOptions, Site, ValidationList};
/// use wimwright::site::{SigningKey, VerifyingKey, import_prestaged, import_prestaged_signed};
///
#[doc = include_str!("../../../docs/doctest/image.md")]
#[doc = include_str!("../../../docs/doctest/media.md")]
/// # let dir = tempfile::tempdir()?;
/// # let media = sample_media(dir.path(), &sample_image(dir.path())?)?;
/// # let progress = Progress::none();
/// let site = Site::init(dir.path().join("site"))?;
/// let package = AddOptions { name: "Windows 10".into(), ..AddOptions::default() };
/// let package = site.add_package(&media, &package, &progress)?;
/// let url = dir.path().join("point").display().to_string(); // or s3://bucket/prefix
/// let point = site.add_point(&PointOptions { name: "Berlin".into(), url, ..PointOptions::default() })?;
/// assert_eq!((site.points()?.len(), site.point_list()?.points.len()), (1, 1));
///
/// // What the point lacks is sent; validating hashes what is there.
/// site.distribute(&package, &point, false, &progress)?;
/// assert!(site.validate(&package, &point, &progress)?.problems.is_empty());
/// assert_eq!(site.distribution(&package, &point)?.unwrap().version, Some(1));
/// assert_eq!(site.distributions(Some(&package))?.len(), 1);
///
/// // The same with several points at once.
/// let points = site.points_of(&package, &[])?;
/// let (list, first_failure) = site.deliver(Delivery::Redistribute, &package, &points, &progress)?;
/// assert!(list.distributions.len() == 1 && first_failure.is_ok());
/// let list: ValidationList = site.validate_all(&package, &points, &progress)?;
/// assert!(list.outcome().is_ok());
///
/// // Where there is no network: one file, taken in by the site that has the point, or on the point itself.
/// let file = dir.path().join("prestaged.zip");
/// site.export_prestaged(&[package.clone()], &file, &progress)?;
/// site.import_prestaged(&file, &point, &progress)?;
/// import_prestaged(&file, &dir.path().join("elsewhere"), &progress)?;
/// // Signed, where somebody carries it who need not be trusted.
/// let (private, public) = (dir.path().join("key.pem"), dir.path().join("key.pub"));
/// # let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEII8v3r008PVl/ArnxYrMfufJK7Yj1ZIqBb8Y5hijHbha\n\
/// #     -----END PRIVATE KEY-----\n";
/// # std::fs::write(&private, key)?;
/// # let key = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA9BSPhGjplhUr6lP2pIrhxhdzsWbFs1wAEygQnuZuxSw=\n\
/// #     -----END PUBLIC KEY-----\n";
/// # std::fs::write(&public, key)?;
/// let (signs, verifies) = (SigningKey::read(&private)?, VerifyingKey::read(&public)?);
/// let signed = dir.path().join("signed.zip");
/// site.export_prestaged_signed(&[package.clone()], &signed, &signs, &progress)?;
/// site.import_prestaged_signed(&signed, &point, &verifies, &progress)?;
/// import_prestaged_signed(&signed, &dir.path().join("elsewhere"), &verifies, &progress)?;
/// assert!(import_prestaged_signed(&file, &dir.path().join("unsigned"), &verifies, &progress).is_err());
/// site.withdraw(&package, &point)?;
/// assert!(site.distribution_list(None)?.distributions.iter().all(|d| d.version.is_none()));
/// site.remove_point(&site.point("berlin")?, true)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Site {
    /// Adds a distribution point. Nothing is written there yet.
    pub fn add_point(&self, options: &PointOptions) -> Result<Point> {
        let refuse = |why: String| Err(Error::new(ErrorKind::InvalidArgument, why));
        let count = options.name.chars().count();
        if options.name.trim().is_empty() || count > 50 || options.name.chars().any(char::is_control) {
            return refuse("a distribution point needs a name of 1 to 50 characters".into());
        }
        let mut url = options.url.clone();
        match Address::parse(&url)? {
            Address::Folder(path) => {
                std::fs::create_dir_all(&path).map_err(|e| Error::io("make the folder", &path, e))?;
                let path =
                    std::fs::canonicalize(&path).map_err(|e| Error::io("open the folder", &path, e))?;
                if path.starts_with(&self.root) || self.root.starts_with(&path) {
                    // It goes if it was made just now.
                    let _ = std::fs::remove_dir(&path);
                    return refuse("a distribution point lies outside of the site's folder".into());
                }
                url = path.display().to_string();
            }
            _ if options.endpoint.as_ref().is_some_and(|e| e.contains('@') || e.contains('?')) => {
                return refuse("an endpoint holds no credentials or parameters".into());
            }
            _ => {}
        }
        let credentials = options
            .credentials
            .as_ref()
            .map(|path| std::fs::canonicalize(path).map_err(|e| Error::io("open the credentials", path, e)));
        let credentials = credentials.transpose()?.map(|p| p.display().to_string());
        self.db.write(|tx| {
            if tx.point_named(&options.name)?.is_some() {
                let why = format!("there is a distribution point '{}' already", options.name);
                return Err(Error::new(ErrorKind::AlreadyExists, why));
            }
            tx.add_point(&NewPoint {
                name: &options.name,
                url: &url,
                endpoint: options.endpoint.as_deref(),
                region: options.region.as_deref(),
                credentials: credentials.as_deref(),
                allow_http: options.allow_http,
                added: &clock::now(),
            })
        })?;
        let point = self.point(&options.name)?;
        // What its settings lack is told now and not at night.
        open(&point).inspect_err(|_| {
            let _ = self.db.write(|tx| tx.remove_point(point.id));
        })?;
        self.log.info("point", &[("point", &point.name), ("url", &point.url)], "added");
        Ok(point)
    }

    /// All distribution points, by name.
    pub fn points(&self) -> Result<Vec<Point>> {
        self.db.read(|tx| tx.points())
    }

    /// The distribution point of this name.
    pub fn point(&self, name: &str) -> Result<Point> {
        self.db.read(|tx| tx.point_named(name))?.ok_or_else(|| {
            let why = format!(
                "there is no distribution point '{name}'; `wright site dp list` shows those that are there"
            );
            Error::new(ErrorKind::NotFound, why)
        })
    }

    /// Removes a distribution point's record; refused while packages are there, unless `abandon` says that what lies
    /// there is left as it is.
    pub fn remove_point(&self, point: &Point, abandon: bool) -> Result<()> {
        self.db.write(|tx| {
            let there = tx.distributions(None)?.into_iter().filter(|d| d.point == point.name);
            let names: Vec<String> = there.map(|d| d.package_name).collect();
            if !abandon && !names.is_empty() {
                let why = format!("has packages ({}); withdraw them first", names.join(", "));
                return Err(Error::new(ErrorKind::Busy, why).with_path(&point.name));
            }
            tx.remove_point(point.id)
        })?;
        self.log.info("point", &[("point", &point.name)], "removed");
        Ok(())
    }

    /// How packages stand on the distribution points: one package, or all.
    pub fn distributions(&self, package: Option<&Package>) -> Result<Vec<Distribution>> {
        self.db.read(|tx| tx.distributions(package.map(|p| p.id)))
    }

    /// How one package stands on one point.
    pub fn distribution(&self, package: &Package, point: &Point) -> Result<Option<Distribution>> {
        Ok(self.distributions(Some(package))?.into_iter().find(|d| d.point == point.name))
    }

    pub(super) fn lock_point(&self, point: &Point) -> Result<Lock> {
        let path = self.root.join(format!("locks/point-{}", point.id));
        Lock::now(&path, &format!("the distribution point '{}'", point.name))
    }
}
