//! The lists beside the contents: which version of a package is published, and which files a version consists of.

use super::Library;
use crate::base::{Limits, Replacement, Sha256Digest, safe_relative};
use crate::error::{Error, ErrorKind, Result};
use crate::site::db::StoredContent;
use serde::{Deserialize, Serialize};
use std::io::Write as _;

const PACKAGE_SCHEMA: &str = "wimwright.package-list.v1";
const DATA_SCHEMA: &str = "wimwright.data-list.v1";

/// `packages/<package>.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::site) struct PackageList {
    pub schema: String,
    /// The site that made it.
    pub site: String,
    /// The package's number in that site.
    pub package: i64,
    pub name: String,
    pub version: String,
    /// The version of the content that is published.
    pub content_version: u32,
    /// The key of its data list.
    pub data: String,
    /// SHA-256 of the data list.
    pub data_sha256: String,
}

/// `data/<package>.<version>.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::site) struct DataList {
    pub schema: String,
    pub site: String,
    pub package: i64,
    pub content_version: u32,
    pub files: Vec<DataFile>,
}

/// One file of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::site) struct DataFile {
    pub path: String,
    pub size: u64,
    /// Seconds since 1970.
    pub modified: i64,
    pub sha256: String,
}

impl PackageList {
    /// Where the list of a package lies.
    pub fn key(package: i64) -> String {
        format!("packages/{package}.json")
    }

    pub fn new(site: &str, package: i64, name: &str, version: &str, data: &DataList) -> Self {
        Self {
            schema: PACKAGE_SCHEMA.into(),
            site: site.to_owned(),
            package,
            name: name.to_owned(),
            version: version.to_owned(),
            content_version: data.content_version,
            data: DataList::key(package, data.content_version),
            data_sha256: crate::base::sha256(&text(data)).to_string(),
        }
    }

    pub fn parse(data: &[u8], name: &str) -> Result<Self> {
        let list: Self = parse(data, name)?;
        check_schema(&list.schema, PACKAGE_SCHEMA, name)?;
        Ok(list)
    }
}

impl DataList {
    /// Where the list of a version lies.
    pub fn key(package: i64, version: u32) -> String {
        format!("data/{package}.{version}.json")
    }

    pub fn new(site: &str, package: i64, version: u32, files: &[StoredContent]) -> Self {
        let files = files.iter().map(|f| DataFile {
            path: f.path.clone(),
            size: f.size,
            modified: f.modified,
            sha256: f.sha256.to_string(),
        });
        let (schema, site) = (DATA_SCHEMA.into(), site.to_owned());
        Self { schema, site, package, content_version: version, files: files.collect() }
    }

    /// Reads a list, which may come from elsewhere: its paths and digests are checked.
    pub fn parse(data: &[u8], name: &str) -> Result<Self> {
        let list: Self = parse(data, name)?;
        check_schema(&list.schema, DATA_SCHEMA, name)?;
        for file in &list.files {
            safe_relative(&file.path).map_err(|e| e.within(name))?;
            file.digest().map_err(|e| e.within(name))?;
        }
        Ok(list)
    }
}

impl DataFile {
    pub fn digest(&self) -> Result<Sha256Digest> {
        Sha256Digest::from_hex(&self.sha256)
    }
}

/// A list as it is written.
pub(in crate::site) fn text(list: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(list).unwrap_or_default();
    text.push(b'\n');
    text
}

fn parse<T: serde::de::DeserializeOwned>(data: &[u8], name: &str) -> Result<T> {
    Limits::check("the size of the list", data.len() as u64, Limits::default().max_document)?;
    serde_json::from_slice(data)
        .map_err(|e| Error::malformed("is no list of a content library").with_path(name).with_source(e))
}

fn check_schema(found: &str, wanted: &str, name: &str) -> Result<()> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unsupported, format!("is of the form '{found}', not {wanted}")).with_path(name))
}

impl Library {
    /// Writes a list into its place, unless it is there as it is to be.
    pub fn write_list(&self, key: &str, list: &impl Serialize) -> Result<()> {
        let (path, text) = (self.list(key), text(list));
        if std::fs::read(&path).is_ok_and(|there| there == text) {
            return Ok(());
        }
        let new = Replacement::begin(&path)?;
        new.file().write_all(&text).map_err(|e| Error::io("write the list", &path, e))?;
        new.finish()
    }

    /// The bytes of a list in the library.
    pub fn read_list(&self, key: &str) -> Result<Vec<u8>> {
        let path = self.list(key);
        std::fs::read(&path).map_err(|e| Error::io("read the list", &path, e))
    }
}
