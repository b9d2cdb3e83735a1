//! Where a distribution point's content lies: a folder, or an object store.

use super::folder::FolderStore;
use super::object::ObjectPoint;
use crate::base::Sha256Digest;
use crate::error::{Error, ErrorKind, Result};
use crate::site::model::Point;
use std::collections::BTreeMap;
use std::path::Path;

/// Takes bytes as they pass; an error stops.
pub(in crate::site) type Tap<'a> = &'a mut dyn FnMut(&[u8]) -> Result<()>;

/// Content by key. A key is written whole or not at all.
pub(in crate::site) trait Store: Send + Sync {
    /// Bytes under the key; `None` where there is nothing.
    fn size(&self, key: &str) -> Result<Option<u64>>;
    /// Hands on what is under the key.
    fn get(&self, key: &str, tap: Tap<'_>) -> Result<()>;
    /// Puts a file under the key, if it has this digest. What is sent in parts is in the ledger.
    fn put_file(
        &self,
        key: &str,
        file: &Path,
        sha256: &Sha256Digest,
        ledger: &dyn Ledger,
        tap: Tap<'_>,
    ) -> Result<()>;
    /// Gives up the parts that were sent for the key under this name of the store's.
    fn abandon(&self, _key: &str, _name: &str) -> Result<()> {
        Ok(())
    }
    /// Puts a small document under the key.
    fn put_bytes(&self, key: &str, data: Vec<u8>) -> Result<()>;
    /// Takes away what is under the key; no error where there is nothing.
    fn delete(&self, key: &str) -> Result<()>;
    /// Whether it can only be read.
    fn is_read_only(&self) -> bool {
        false
    }
}

/// What a store has of contents that are sent in parts.
#[derive(Debug)]
pub(in crate::site) struct Begun {
    /// What the store calls it.
    pub name: String,
    /// Bytes of a part.
    pub part: u64,
    /// The parts that are there, by their numbers from 0.
    pub parts: BTreeMap<u64, SentPart>,
}

/// A part that a store has.
#[derive(Debug)]
pub(in crate::site) struct SentPart {
    /// What the store calls it.
    pub name: String,
    /// What was sent.
    pub sha256: Sha256Digest,
}

/// Keeps what was sent in parts, so that sending can go on where it was interrupted.
pub(in crate::site) trait Ledger: Sync {
    /// What is there for the key.
    fn begun(&self, key: &str) -> Result<Option<Begun>>;
    /// Nothing is there yet.
    fn begin(&self, key: &str, name: &str, part: u64) -> Result<()>;
    /// One part more is there.
    fn add(&self, key: &str, number: u64, part: &SentPart) -> Result<()>;
    /// It is whole, or given up.
    fn forget(&self, key: &str) -> Result<()>;
}

/// Keeps nothing: sending begins anew.
pub(in crate::site) struct NoLedger;

impl Ledger for NoLedger {
    fn begun(&self, _key: &str) -> Result<Option<Begun>> {
        Ok(None)
    }

    fn begin(&self, _key: &str, _name: &str, _part: u64) -> Result<()> {
        Ok(())
    }

    fn add(&self, _key: &str, _number: u64, _part: &SentPart) -> Result<()> {
        Ok(())
    }

    fn forget(&self, _key: &str) -> Result<()> {
        Ok(())
    }
}

/// The document under the key.
pub(in crate::site) fn document(store: &dyn Store, key: &str, most: u64) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    store.get(key, &mut |bytes| {
        data.extend_from_slice(bytes);
        crate::base::Limits::check("the size of the document", data.len() as u64, most).map(|_| ())
    })?;
    Ok(data)
}

/// Opens a point's store. Nothing is asked of a server yet.
pub(in crate::site) fn open(point: &Point) -> Result<Box<dyn Store>> {
    match Address::parse(&point.url)? {
        Address::Folder(path) => Ok(Box::new(FolderStore::new(path))),
        address => Ok(Box::new(ObjectPoint::new(point, &address)?)),
    }
}

/// What a point's URL says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Folder(std::path::PathBuf),
    S3 { bucket: String, prefix: String },
    Azure { container: String, prefix: String },
    Google { bucket: String, prefix: String },
    Http(String),
}

impl Address {
    /// Reads a URL or a path. Credentials in it are refused: it is kept in the database and shown.
    pub fn parse(url: &str) -> Result<Self> {
        let wrong =
            |why: &str| Error::new(ErrorKind::InvalidArgument, format!("'{}' {why}", without_user(url)));
        let Some((scheme, rest)) = url.split_once("://") else {
            return if url.is_empty() { Err(wrong("is no place")) } else { Ok(Self::Folder(url.into())) };
        };
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.contains('@') || url.contains('?') {
            return Err(wrong(
                "holds credentials or parameters; give those by the environment or --credentials",
            ));
        }
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_matches('/').to_owned();
        if name.is_empty() && scheme != "file" {
            return Err(wrong("names no bucket, container or server"));
        }
        let name = name.to_owned();
        match scheme.to_ascii_lowercase().as_str() {
            "file" => Ok(Self::Folder(rest.trim_start_matches("localhost").into())),
            "s3" => Ok(Self::S3 { bucket: name, prefix }),
            "az" | "azure" => Ok(Self::Azure { container: name, prefix }),
            "gs" => Ok(Self::Google { bucket: name, prefix }),
            "http" | "https" => Ok(Self::Http(url.trim_end_matches('/').to_owned())),
            _ => {
                Err(wrong("is of a kind that is not known: a folder, s3://, az://, gs://, http://, https://"))
            }
        }
    }
}

/// A URL without what stands before an `@` or after a `?`.
fn without_user(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_apart_and_credentials_refused() {
        let s3 = Address::S3 { bucket: "b".into(), prefix: "x/y".into() };
        assert_eq!(Address::parse("s3://b/x/y/").unwrap(), s3);
        assert_eq!(Address::parse("/srv/dp").unwrap(), Address::Folder("/srv/dp".into()));
        assert_eq!(Address::parse("file:///srv/dp").unwrap(), Address::Folder("/srv/dp".into()));
        assert_eq!(
            Address::parse("gs://b").unwrap(),
            Address::Google { bucket: "b".into(), prefix: String::new() }
        );
        assert_eq!(Address::parse("https://h/x/").unwrap(), Address::Http("https://h/x".into()));
        for wrong in ["", "s3://", "ftp://h/x"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
        for secret in ["https://user:geheim@h/x", "https://h/x?sig=geheim", "s3://key:geheim@bucket"] {
            let said = Address::parse(secret).unwrap_err().to_string();
            assert!(said.contains("credentials") && !said.contains("geheim"), "{said}");
        }
    }
}
