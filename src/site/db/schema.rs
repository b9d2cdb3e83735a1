//! The tables, as the steps that lead from one version of the database to the next.

/// Each step once, in order; `PRAGMA user_version` counts those that are done. A step that was released is never
/// changed: what is to be different comes as a new one.
pub(super) const MIGRATIONS: &[&str] = &[FIRST, SECOND, THIRD];

/// What marks a file as a site's database.
pub(super) const APPLICATION_ID: i32 = 0x5757_5331;

const FIRST: &str = "
CREATE TABLE site (id TEXT NOT NULL, created TEXT NOT NULL, keep INTEGER NOT NULL);

-- Contents by their digest. `stored`: the library holds the file; else only a distribution point is known to.
CREATE TABLE blob (
    id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, stored INTEGER NOT NULL);
CREATE INDEX blob_size ON blob (size);
-- Texts that many rows share.
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE package (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE, version TEXT NOT NULL,
    comment TEXT NOT NULL, source TEXT NOT NULL, source_index INTEGER, keep INTEGER, added TEXT NOT NULL,
    current INTEGER REFERENCES package_version(id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE package_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT, package INTEGER NOT NULL REFERENCES package(id) ON DELETE CASCADE,
    number INTEGER NOT NULL, created TEXT NOT NULL, origin TEXT NOT NULL, run INTEGER, image TEXT NOT NULL,
    architecture TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 1,
    UNIQUE (package, number));
CREATE TABLE content (
    version INTEGER NOT NULL REFERENCES package_version(id) ON DELETE CASCADE, path TEXT NOT NULL,
    modified INTEGER NOT NULL, blob INTEGER NOT NULL REFERENCES blob(id), PRIMARY KEY (version, path)) WITHOUT ROWID;
CREATE INDEX content_blob ON content (blob);
CREATE TABLE image_index (
    version INTEGER NOT NULL REFERENCES package_version(id) ON DELETE CASCADE, idx INTEGER NOT NULL, name TEXT NOT NULL,
    edition TEXT NOT NULL, installation_type TEXT NOT NULL, architecture TEXT NOT NULL, windows TEXT NOT NULL,
    languages TEXT NOT NULL, refusal TEXT, PRIMARY KEY (version, idx)) WITHOUT ROWID;
CREATE TABLE installed (
    version INTEGER NOT NULL REFERENCES package_version(id) ON DELETE CASCADE, idx INTEGER NOT NULL,
    identity INTEGER NOT NULL REFERENCES word(id), state INTEGER, PRIMARY KEY (version, idx, identity)) WITHOUT ROWID;

CREATE TABLE updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT, blob INTEGER NOT NULL UNIQUE REFERENCES blob(id), file TEXT NOT NULL,
    kind TEXT NOT NULL, kb TEXT, title TEXT NOT NULL, architecture TEXT NOT NULL, release_type TEXT NOT NULL,
    class TEXT NOT NULL, family TEXT, version TEXT, created TEXT NOT NULL, signature TEXT NOT NULL,
    imported TEXT NOT NULL, inspection TEXT NOT NULL);
CREATE INDEX updates_family ON updates (family);
CREATE TABLE update_identity (
    update_id INTEGER NOT NULL REFERENCES updates(id) ON DELETE CASCADE, identity INTEGER NOT NULL REFERENCES word(id),
    PRIMARY KEY (update_id, identity)) WITHOUT ROWID;
CREATE INDEX update_identity_identity ON update_identity (identity);
CREATE TABLE supersedence (
    newer INTEGER NOT NULL REFERENCES updates(id) ON DELETE CASCADE,
    older INTEGER NOT NULL REFERENCES updates(id) ON DELETE CASCADE, PRIMARY KEY (newer, older)) WITHOUT ROWID;
CREATE INDEX supersedence_older ON supersedence (older);

-- What is known of one update and one index of one version of a package.
CREATE TABLE update_status (
    version INTEGER NOT NULL REFERENCES package_version(id) ON DELETE CASCADE, idx INTEGER NOT NULL,
    update_id INTEGER NOT NULL REFERENCES updates(id) ON DELETE CASCADE, status INTEGER NOT NULL, decision TEXT NOT NULL,
    hresult INTEGER NOT NULL, reason INTEGER REFERENCES word(id), found_at_import INTEGER NOT NULL, applied TEXT,
    run INTEGER, PRIMARY KEY (version, idx, update_id)) WITHOUT ROWID;
CREATE INDEX update_status_update ON update_status (update_id);

CREATE TABLE schedule (
    id INTEGER PRIMARY KEY AUTOINCREMENT, package INTEGER NOT NULL REFERENCES package(id) ON DELETE CASCADE,
    created TEXT NOT NULL, selection TEXT NOT NULL, rule TEXT NOT NULL, zone TEXT NOT NULL, next TEXT,
    action INTEGER NOT NULL, continue_on_error INTEGER NOT NULL, update_points INTEGER NOT NULL, level TEXT NOT NULL,
    state INTEGER NOT NULL, last_run TEXT);
CREATE INDEX schedule_next ON schedule (state, next);
CREATE TABLE schedule_update (
    schedule INTEGER NOT NULL REFERENCES schedule(id) ON DELETE CASCADE, position INTEGER NOT NULL,
    update_id INTEGER NOT NULL REFERENCES updates(id), PRIMARY KEY (schedule, position)) WITHOUT ROWID;
CREATE INDEX schedule_update_update ON schedule_update (update_id);

-- The record of a run stays when its package goes.
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT, package INTEGER NOT NULL, package_name TEXT NOT NULL, schedule INTEGER,
    started TEXT NOT NULL, finished TEXT, status INTEGER NOT NULL, phase TEXT NOT NULL, attempts INTEGER NOT NULL,
    from_version INTEGER NOT NULL, to_version INTEGER, failed_update TEXT, error INTEGER NOT NULL, message TEXT,
    owner TEXT NOT NULL, cancel INTEGER NOT NULL DEFAULT 0, receipt TEXT, level TEXT NOT NULL,
    continue_on_error INTEGER NOT NULL, update_points INTEGER NOT NULL, selected TEXT NOT NULL);
CREATE INDEX run_package ON run (package, id);
CREATE INDEX run_status ON run (status);
CREATE TABLE run_update (
    run INTEGER NOT NULL REFERENCES run(id), idx INTEGER NOT NULL, position INTEGER NOT NULL, update_id INTEGER NOT NULL,
    file TEXT NOT NULL, kb TEXT, identity INTEGER NOT NULL REFERENCES word(id), status INTEGER NOT NULL,
    decision TEXT NOT NULL, hresult INTEGER NOT NULL, reason INTEGER REFERENCES word(id),
    PRIMARY KEY (run, idx, position)) WITHOUT ROWID;

CREATE TABLE point (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE, url TEXT NOT NULL, endpoint TEXT,
    region TEXT, credentials TEXT, allow_http INTEGER NOT NULL, added TEXT NOT NULL);
CREATE TABLE distribution (
    point INTEGER NOT NULL REFERENCES point(id) ON DELETE CASCADE,
    package INTEGER NOT NULL REFERENCES package(id) ON DELETE CASCADE, version INTEGER REFERENCES package_version(id),
    wanted INTEGER REFERENCES package_version(id), state INTEGER NOT NULL, changed TEXT NOT NULL, error TEXT,
    validated TEXT, PRIMARY KEY (point, package)) WITHOUT ROWID;
CREATE INDEX distribution_package ON distribution (package);
-- What was sent to a point and not taken away again.
CREATE TABLE point_blob (
    point INTEGER NOT NULL REFERENCES point(id) ON DELETE CASCADE, blob INTEGER NOT NULL REFERENCES blob(id),
    PRIMARY KEY (point, blob)) WITHOUT ROWID;
CREATE INDEX point_blob_blob ON point_blob (blob);
";

const SECOND: &str = "
ALTER TABLE schedule ADD COLUMN accept_partial INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schedule ADD COLUMN force_undecided INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schedule ADD COLUMN remove_superseded INTEGER NOT NULL DEFAULT 0;

-- The earlier runs whose work a run took back, as a list.
ALTER TABLE run ADD COLUMN taken_back TEXT NOT NULL DEFAULT '';
CREATE INDEX run_made ON run (package, to_version);
CREATE TABLE run_superseded (
    run INTEGER NOT NULL REFERENCES run(id), position INTEGER NOT NULL, update_id INTEGER NOT NULL, file TEXT NOT NULL,
    kb TEXT, indexes TEXT NOT NULL, newer TEXT NOT NULL, removed INTEGER NOT NULL, reason INTEGER REFERENCES word(id),
    PRIMARY KEY (run, position)) WITHOUT ROWID;

-- Contents that are sent in parts and are not whole on the point yet.
CREATE TABLE upload (
    point INTEGER NOT NULL REFERENCES point(id) ON DELETE CASCADE, key TEXT NOT NULL, name TEXT NOT NULL,
    part INTEGER NOT NULL, PRIMARY KEY (point, key)) WITHOUT ROWID;
CREATE TABLE upload_part (
    point INTEGER NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, sha256 BLOB NOT NULL,
    PRIMARY KEY (point, key, number),
    FOREIGN KEY (point, key) REFERENCES upload(point, key) ON DELETE CASCADE) WITHOUT ROWID;
";

/// Signatures are checked now. What was imported before is as it was: nobody has looked at its signature.
const THIRD: &str = "
ALTER TABLE updates ADD COLUMN signature_reason TEXT NOT NULL DEFAULT '';
UPDATE updates SET signature = 'unsigned', signature_reason = 'there is no signature' WHERE signature = 'none';
UPDATE updates SET signature_reason = 'it was imported before signatures were checked; removed and imported again, it is'
    WHERE signature = 'not checked';
";
