//! Contents by their digest, and who uses them.

use super::Tx;
use crate::base::Sha256Digest;
use crate::error::{Error, Result};

/// One file of a version of a package.
#[derive(Clone, Debug)]
pub(in crate::site) struct StoredContent {
    /// Path below the package's root, with `/`.
    pub path: String,
    /// Modification time, seconds since 1970.
    pub modified: i64,
    /// Contents.
    pub sha256: Sha256Digest,
    /// Bytes.
    pub size: u64,
}

/// A digest as a row has it.
pub(super) fn digest(bytes: &[u8]) -> Sha256Digest {
    let mut digest = Sha256Digest::default();
    if bytes.len() == digest.0.len() {
        digest.0.copy_from_slice(bytes);
    }
    digest
}

impl Tx<'_> {
    /// Whether the library holds these contents, as far as the database knows.
    pub fn blob_is_stored(&self, sha256: &Sha256Digest) -> Result<bool> {
        let found = self.first("SELECT stored FROM blob WHERE sha256 = ?1", [&sha256.0[..]], |r| r.get(0))?;
        Ok(found.unwrap_or(false))
    }

    /// Whether any contents of this size are in the library.
    pub fn size_is_stored(&self, size: u64) -> Result<bool> {
        self.value("SELECT EXISTS (SELECT 1 FROM blob WHERE size = ?1 AND stored = 1)", [size as i64])
    }

    /// Records that the library holds these contents; their number.
    pub fn store_blob(&self, sha256: &Sha256Digest, size: u64) -> Result<i64> {
        self.value(
            "INSERT INTO blob (sha256, size, stored) VALUES (?1, ?2, 1)
             ON CONFLICT (sha256) DO UPDATE SET stored = 1 RETURNING id",
            (&sha256.0[..], size as i64),
        )
    }

    /// Contents in the library that neither a kept version of a package nor an update uses.
    pub fn unused_blobs(&self) -> Result<Vec<Sha256Digest>> {
        self.rows(
            "SELECT sha256 FROM blob b WHERE stored = 1
               AND NOT EXISTS (SELECT 1 FROM updates u WHERE u.blob = b.id)
               AND NOT EXISTS (SELECT 1 FROM content c JOIN package_version v ON v.id = c.version
                               WHERE c.blob = b.id AND v.kept = 1)",
            (),
            |r| Ok(digest(&r.get::<_, Vec<u8>>(0)?)),
        )
    }

    /// Records that the library does not hold these contents any more.
    pub fn forget_blob(&self, sha256: &Sha256Digest) -> Result<()> {
        self.run("UPDATE blob SET stored = 0 WHERE sha256 = ?1", [&sha256.0[..]])?;
        self.forget_blob_row(sha256)
    }

    /// Forgets contents that neither the library nor a version nor a point has.
    pub(super) fn forget_blob_row(&self, sha256: &Sha256Digest) -> Result<()> {
        self.run(
            "DELETE FROM blob WHERE sha256 = ?1 AND stored = 0
               AND NOT EXISTS (SELECT 1 FROM content WHERE blob = blob.id)
               AND NOT EXISTS (SELECT 1 FROM point_blob WHERE blob = blob.id)",
            [&sha256.0[..]],
        )?;
        Ok(())
    }

    /// Contents in the library and their bytes; and the bytes that they would take if every file of every kept version
    /// and every update had its own.
    pub fn library_size(&self) -> Result<(u64, u64, u64)> {
        let (blobs, bytes): (i64, i64) = self
            .first("SELECT count(*), coalesce(sum(size), 0) FROM blob WHERE stored = 1", (), |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?
            .unwrap_or_default();
        let files: i64 = self.value(
            "SELECT (SELECT coalesce(sum(b.size), 0) FROM content c JOIN blob b ON b.id = c.blob
                     JOIN package_version v ON v.id = c.version WHERE v.kept = 1)
                  + (SELECT coalesce(sum(b.size), 0) FROM updates u JOIN blob b ON b.id = u.blob)",
            (),
        )?;
        Ok((blobs as u64, bytes as u64, files as u64))
    }

    /// Every digest that the library is to hold, with its size.
    pub fn stored_blobs(&self) -> Result<Vec<(Sha256Digest, u64)>> {
        self.rows("SELECT sha256, size FROM blob WHERE stored = 1", (), |r| {
            Ok((digest(&r.get::<_, Vec<u8>>(0)?), r.get::<_, i64>(1)? as u64))
        })
    }

    /// The files of a version, by path.
    pub fn contents(&self, version: i64) -> Result<Vec<StoredContent>> {
        self.rows(
            "SELECT c.path, c.modified, b.sha256, b.size FROM content c JOIN blob b ON b.id = c.blob
             WHERE c.version = ?1 ORDER BY c.path",
            [version],
            |r| {
                Ok(StoredContent {
                    path: r.get(0)?,
                    modified: r.get(1)?,
                    sha256: digest(&r.get::<_, Vec<u8>>(2)?),
                    size: r.get::<_, i64>(3)? as u64,
                })
            },
        )
    }

    /// Adds the files of a version; their contents are in the library.
    pub(super) fn add_contents(&self, version: i64, files: &[StoredContent]) -> Result<()> {
        for file in files {
            let blob = self.store_blob(&file.sha256, file.size)?;
            let values = (version, &file.path, file.modified, blob);
            self.run("INSERT INTO content (version, path, modified, blob) VALUES (?1, ?2, ?3, ?4)", values)
                .map_err(|e| {
                Error::new(e.kind(), "cannot record the file").with_path(&file.path).with_source(e)
            })?;
        }
        Ok(())
    }
}
