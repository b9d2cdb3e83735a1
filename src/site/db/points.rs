//! Distribution points, and how packages stand there.

use super::Tx;
use super::blobs::digest;
use crate::base::Sha256Digest;
use crate::error::Result;
use crate::site::model::{Distribution, DistributionState, Point};
use rusqlite::Row;

/// A distribution point to be added.
pub(in crate::site) struct NewPoint<'a> {
    pub name: &'a str,
    pub url: &'a str,
    pub endpoint: Option<&'a str>,
    pub region: Option<&'a str>,
    pub credentials: Option<&'a str>,
    pub allow_http: bool,
    pub added: &'a str,
}

const SELECT: &str = "SELECT id, name, url, endpoint, region, credentials, allow_http, added FROM point";

fn point(row: &Row<'_>) -> rusqlite::Result<Point> {
    Ok(Point {
        id: row.get(0)?,
        name: row.get(1)?,
        url: row.get(2)?,
        endpoint: row.get(3)?,
        region: row.get(4)?,
        credentials: row.get(5)?,
        allow_http: row.get(6)?,
        added: row.get(7)?,
    })
}

impl Tx<'_> {
    /// All points, by name.
    pub fn points(&self) -> Result<Vec<Point>> {
        self.rows(&format!("{SELECT} ORDER BY name COLLATE NOCASE"), (), point)
    }

    /// The point of this name.
    pub fn point_named(&self, name: &str) -> Result<Option<Point>> {
        self.first(&format!("{SELECT} WHERE name = ?1 COLLATE NOCASE"), [name], point)
    }

    /// Adds a point.
    pub fn add_point(&self, new: &NewPoint<'_>) -> Result<i64> {
        self.insert(
            "INSERT INTO point (name, url, endpoint, region, credentials, allow_http, added)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (new.name, new.url, new.endpoint, new.region, new.credentials, new.allow_http, new.added),
        )
    }

    /// Removes a point's record; what lies there stays.
    pub fn remove_point(&self, id: i64) -> Result<()> {
        self.run("DELETE FROM point WHERE id = ?1", [id])?;
        Ok(())
    }

    /// How packages stand on points: of one package, or of all.
    pub fn distributions(&self, package: Option<i64>) -> Result<Vec<Distribution>> {
        self.rows(
            "SELECT o.name, p.id, p.name, v.number, c.number, d.state, d.changed, d.error, d.validated
             FROM distribution d JOIN point o ON o.id = d.point JOIN package p ON p.id = d.package
             JOIN package_version c ON c.id = p.current LEFT JOIN package_version v ON v.id = d.version
             WHERE ?1 IS NULL OR p.id = ?1 ORDER BY o.name COLLATE NOCASE, p.name COLLATE NOCASE",
            [package],
            |r| {
                Ok(Distribution {
                    point: r.get(0)?,
                    package: r.get(1)?,
                    package_name: r.get(2)?,
                    version: r.get(3)?,
                    published: r.get(4)?,
                    state: DistributionState::of(r.get(5)?).unwrap_or(DistributionState::InstallFailed),
                    changed: r.get(6)?,
                    error: r.get(7)?,
                    validated: r.get(8)?,
                })
            },
        )
    }

    /// The names of the points that have a package, or are to have it.
    pub fn points_of(&self, package: i64) -> Result<Vec<String>> {
        self.rows(
            "SELECT o.name FROM distribution d JOIN point o ON o.id = d.point WHERE d.package = ?1
               AND d.state NOT IN (4, 5, 6) ORDER BY o.name COLLATE NOCASE",
            [package],
            |r| r.get(0),
        )
    }

    /// Records that a version is to be on a point.
    pub fn want(
        &self,
        point: i64,
        package: i64,
        version: i64,
        state: DistributionState,
        now: &str,
    ) -> Result<()> {
        self.run(
            "INSERT INTO distribution (point, package, wanted, state, changed) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (point, package) DO UPDATE SET wanted = ?3, state = ?4, changed = ?5, error = NULL",
            (point, package, version, state.number(), now),
        )?;
        Ok(())
    }

    /// Records a change of state.
    pub fn set_distribution(
        &self,
        point: i64,
        package: i64,
        state: DistributionState,
        now: &str,
        error: Option<&str>,
    ) -> Result<()> {
        self.run(
            "UPDATE distribution SET state = ?3, changed = ?4, error = ?5 WHERE point = ?1 AND package = ?2",
            (point, package, state.number(), now, error),
        )?;
        Ok(())
    }

    /// Records that the wanted version is whole on a point.
    pub fn settle_distribution(&self, point: i64, package: i64, now: &str) -> Result<()> {
        self.run(
            "UPDATE distribution SET version = wanted, state = 0, changed = ?3, error = NULL, validated = NULL
             WHERE point = ?1 AND package = ?2",
            (point, package, now),
        )?;
        Ok(())
    }

    /// Records that a package was validated on a point and found whole.
    pub fn validated(&self, point: i64, package: i64, now: &str) -> Result<()> {
        self.run(
            "UPDATE distribution SET state = 0, error = NULL, validated = ?3, changed = ?3
             WHERE point = ?1 AND package = ?2",
            (point, package, now),
        )?;
        Ok(())
    }

    /// Records that a package is no longer on a point.
    pub fn remove_distribution(&self, point: i64, package: i64) -> Result<()> {
        self.run("DELETE FROM distribution WHERE point = ?1 AND package = ?2", (point, package))?;
        Ok(())
    }

    /// Whether a point is known to have these contents.
    pub fn point_has(&self, point: i64, sha256: &Sha256Digest) -> Result<bool> {
        self.value(
            "SELECT EXISTS (SELECT 1 FROM point_blob p JOIN blob b ON b.id = p.blob
                            WHERE p.point = ?1 AND b.sha256 = ?2)",
            (point, &sha256.0[..]),
        )
    }

    /// Records that a point has these contents.
    pub fn add_point_blob(&self, point: i64, sha256: &Sha256Digest) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO point_blob (point, blob) SELECT ?1, id FROM blob WHERE sha256 = ?2",
            (point, &sha256.0[..]),
        )?;
        Ok(())
    }

    /// Records that a point has these contents no more, or not whole.
    pub fn remove_point_blob(&self, point: i64, sha256: &Sha256Digest) -> Result<()> {
        self.run(
            "DELETE FROM point_blob WHERE point = ?1 AND blob = (SELECT id FROM blob WHERE sha256 = ?2)",
            (point, &sha256.0[..]),
        )?;
        self.forget_blob_row(sha256)
    }

    /// Contents on a point that no version which is there, or is to be there, uses.
    pub fn unused_on_point(&self, point: i64) -> Result<Vec<Sha256Digest>> {
        self.rows(
            "SELECT b.sha256 FROM point_blob o JOIN blob b ON b.id = o.blob WHERE o.point = ?1
               AND NOT EXISTS (SELECT 1 FROM content c JOIN distribution d ON d.point = ?1
                                 AND (d.version = c.version OR d.wanted = c.version) WHERE c.blob = b.id)",
            [point],
            |r| Ok(digest(&r.get::<_, Vec<u8>>(0)?)),
        )
    }
}
