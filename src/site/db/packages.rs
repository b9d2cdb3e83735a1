//! Upgrade packages.

use super::Tx;
use crate::error::Result;
use crate::site::model::Package;
use rusqlite::Row;

/// A package to be added.
pub(in crate::site) struct NewPackage<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub comment: &'a str,
    pub source: &'a str,
    pub source_index: Option<u32>,
    pub added: &'a str,
}

const SELECT: &str = "
    SELECT p.id, p.name, p.version, p.comment, p.source, p.source_index, coalesce(p.keep, (SELECT keep FROM site)),
           p.added, v.number, v.architecture, v.image,
           v.files, v.bytes
    FROM package p JOIN package_version v ON v.id = p.current";

fn package(row: &Row<'_>) -> rusqlite::Result<Package> {
    Ok(Package {
        id: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        comment: row.get(3)?,
        source: row.get(4)?,
        source_index: row.get(5)?,
        keep: row.get(6)?,
        added: row.get(7)?,
        published: row.get(8)?,
        architecture: row.get(9)?,
        image: row.get(10)?,
        files: row.get::<_, i64>(11)? as u64,
        bytes: row.get::<_, i64>(12)? as u64,
    })
}

impl Tx<'_> {
    /// All packages, by name.
    pub fn packages(&self) -> Result<Vec<Package>> {
        self.rows(&format!("{SELECT} ORDER BY p.name COLLATE NOCASE"), (), package)
    }

    /// The package of this number.
    pub fn package(&self, id: i64) -> Result<Option<Package>> {
        self.first(&format!("{SELECT} WHERE p.id = ?1"), [id], package)
    }

    /// The package of this name.
    pub fn package_named(&self, name: &str) -> Result<Option<Package>> {
        self.first(&format!("{SELECT} WHERE p.name = ?1 COLLATE NOCASE"), [name], package)
    }

    /// Adds a package that has no content yet; its number.
    pub fn add_package(&self, new: &NewPackage<'_>) -> Result<i64> {
        self.insert(
            "INSERT INTO package (name, version, comment, source, source_index, added) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (new.name, new.version, new.comment, new.source, new.source_index, new.added),
        )
    }

    /// Changes what people gave a package.
    pub fn set_package(&self, package: &Package) -> Result<()> {
        self.run(
            "UPDATE package SET name = ?2, version = ?3, comment = ?4, source = ?5, keep = ?6 WHERE id = ?1",
            (package.id, &package.name, &package.version, &package.comment, &package.source, package.keep),
        )?;
        Ok(())
    }

    /// Publishes a version of a package.
    pub fn publish(&self, package: i64, version: i64) -> Result<()> {
        self.run("UPDATE package SET current = ?2 WHERE id = ?1", (package, version))?;
        Ok(())
    }

    /// Removes a package and all of its versions; its runs stay on record.
    pub fn remove_package(&self, package: i64) -> Result<()> {
        self.run("DELETE FROM package WHERE id = ?1", [package])?;
        Ok(())
    }
}
