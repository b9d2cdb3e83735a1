//! Versions of a package's content: the files, the images' indexes, what these had installed.

use super::{StoredContent, Tx};
use crate::error::Result;
use crate::site::model::{Found, PackageIndex, PackageVersion};
use rusqlite::Row;

/// A version to be added.
pub(in crate::site) struct NewVersion<'a> {
    pub package: i64,
    pub created: &'a str,
    pub origin: &'a str,
    pub run: Option<i64>,
    pub image: &'a str,
    pub architecture: &'a str,
    pub files: &'a [StoredContent],
    pub indexes: &'a [PackageIndex],
    pub found: &'a [Found],
}

const SELECT: &str = "
    SELECT v.id, v.number, v.created, v.origin, v.run, v.image, v.kept, p.current IS v.id,
           v.files, v.bytes
    FROM package_version v JOIN package p ON p.id = v.package";

fn version(row: &Row<'_>) -> rusqlite::Result<PackageVersion> {
    Ok(PackageVersion {
        id: row.get(0)?,
        number: row.get(1)?,
        created: row.get(2)?,
        origin: row.get(3)?,
        run: row.get(4)?,
        image: row.get(5)?,
        kept: row.get(6)?,
        published: row.get(7)?,
        files: row.get::<_, i64>(8)? as u64,
        bytes: row.get::<_, i64>(9)? as u64,
    })
}

impl Tx<'_> {
    /// The versions of a package, the newest first.
    pub fn versions(&self, package: i64) -> Result<Vec<PackageVersion>> {
        self.rows(&format!("{SELECT} WHERE v.package = ?1 ORDER BY v.number DESC"), [package], version)
    }

    /// The version of this number in the database.
    pub fn version(&self, id: i64) -> Result<Option<PackageVersion>> {
        self.first(&format!("{SELECT} WHERE v.id = ?1"), [id], version)
    }

    /// The published version of a package.
    pub fn published(&self, package: i64) -> Result<Option<PackageVersion>> {
        self.first(&format!("{SELECT} WHERE p.id = ?1 AND p.current = v.id"), [package], version)
    }

    /// Adds a version with all that is known of it; its number in the database and in the package.
    pub fn add_version(&self, new: &NewVersion<'_>) -> Result<(i64, u32)> {
        let number: u32 = self.value(
            "SELECT coalesce(max(number), 0) + 1 FROM package_version WHERE package = ?1",
            [new.package],
        )?;
        let id = self.insert(
            "INSERT INTO package_version (package, number, created, origin, run, image, architecture, files, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                new.package,
                number,
                new.created,
                new.origin,
                new.run,
                new.image,
                new.architecture,
                new.files.len() as i64,
                new.files.iter().map(|f| f.size).sum::<u64>() as i64,
            ),
        )?;
        self.add_contents(id, new.files)?;
        self.set_indexes(id, new.indexes, new.found)?;
        Ok((id, number))
    }

    /// Records what the images of a version are, in place of what was recorded.
    pub fn set_indexes(&self, version: i64, indexes: &[PackageIndex], found: &[Found]) -> Result<()> {
        self.run("DELETE FROM installed WHERE version = ?1", [version])?;
        self.run("DELETE FROM image_index WHERE version = ?1", [version])?;
        for index in indexes {
            self.run(
                "INSERT INTO image_index (version, idx, name, edition, installation_type, architecture, windows, languages,
                                          refusal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                (
                    version,
                    index.index,
                    &index.name,
                    &index.edition,
                    &index.installation_type,
                    &index.architecture,
                    &index.version,
                    index.languages.join(","),
                    &index.refusal,
                ),
            )?;
        }
        for package in found {
            let word = self.word(&package.identity)?;
            self.run(
                "INSERT OR REPLACE INTO installed (version, idx, identity, state) VALUES (?1, ?2, ?3, ?4)",
                (version, package.index, word, package.state),
            )?;
        }
        Ok(())
    }

    /// The indexes of a version's image.
    pub fn indexes(&self, version: i64) -> Result<Vec<PackageIndex>> {
        self.rows(
            "SELECT idx, name, edition, installation_type, architecture, windows, languages, refusal,
                    (SELECT count(*) FROM installed i WHERE i.version = x.version AND i.idx = x.idx)
             FROM image_index x WHERE version = ?1 ORDER BY idx",
            [version],
            |r| {
                let languages: String = r.get(6)?;
                Ok(PackageIndex {
                    index: r.get(0)?,
                    name: r.get(1)?,
                    edition: r.get(2)?,
                    installation_type: r.get(3)?,
                    architecture: r.get(4)?,
                    version: r.get(5)?,
                    languages: languages.split(',').filter(|l| !l.is_empty()).map(str::to_owned).collect(),
                    refusal: r.get(7)?,
                    installed: r.get::<_, i64>(8)? as u64,
                })
            },
        )
    }

    /// The packages that the indexes of a version had installed when it was made.
    pub fn found(&self, version: i64) -> Result<Vec<Found>> {
        self.rows(
            "SELECT i.idx, w.text, i.state FROM installed i JOIN word w ON w.id = i.identity
             WHERE i.version = ?1 ORDER BY i.idx, w.text",
            [version],
            |r| Ok(Found { index: r.get(0)?, identity: r.get(1)?, state: r.get(2)? }),
        )
    }

    /// Lets all but the newest `keep` versions of a package go, the published one left out of that. A version that a
    /// distribution point still has stays on record until it is replaced there.
    pub fn prune(&self, package: i64, keep: u32) -> Result<usize> {
        let gone = self.run(
            "UPDATE package_version SET kept = 0 WHERE package = ?1 AND kept = 1
               AND id IS NOT (SELECT current FROM package WHERE id = ?1)
               AND id NOT IN (SELECT id FROM package_version WHERE package = ?1 AND kept = 1
                              ORDER BY number DESC LIMIT ?2)",
            (package, keep.max(1)),
        )?;
        self.run(
            "DELETE FROM package_version WHERE package = ?1 AND kept = 0 AND NOT EXISTS
               (SELECT 1 FROM distribution d WHERE d.version = package_version.id OR d.wanted = package_version.id)",
            [package],
        )?;
        Ok(gone)
    }
}
