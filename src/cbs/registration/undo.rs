//! What two states of a hive differ in, kept so that the later one can be brought back to the earlier.
//!
//! Found by comparing the hives and not by noting what was written: whatever changed a hive, this tells it.

mod dump;

use crate::base::{Name, Sha256Digest, base64_decode, base64_encode, sha256};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Hive, HiveEditor, Key, Value, ValueDiff, ValueKind, diff};
use serde::{Deserialize, Serialize};

/// What turns a hive back into what it was.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::cbs::registration::HiveUndo;
/// use wimwright::registry::Hive;
///
/// let before = Hive::empty(&Limits::default())?;
/// let mut editor = before.clone().edit()?;
/// editor.create("New")?.set_dword("Number", 1)?;
/// let undo = HiveUndo::between(&before, editor.hive())?;
/// assert!(!undo.is_empty() && undo.added[0].key == "New");
/// undo.apply(&mut editor)?;
/// assert!(HiveUndo::between(&before, editor.hive())?.is_empty());
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HiveUndo {
    /// Keys that were not there before, each without those above it: all below is new too.
    pub added: Vec<AddedKey>,
    /// Values, in keys that were there before, that are new, different or gone.
    pub values: Vec<ChangedValue>,
    /// How many keys that were there before are gone, those below counted too.
    pub removed_keys: u64,
    /// Those keys with all their values: deflated, as base64; `null` where there are none.
    pub removed: Option<String>,
}

/// A key that is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AddedKey {
    /// Its path in the hive.
    pub key: String,
    /// SHA-256 of it with all below it, as [`HiveUndo`] writes keys down.
    pub sha256: String,
}

/// A value that differs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangedValue {
    /// The key's path in the hive.
    pub key: String,
    /// The value's name.
    pub name: String,
    /// What it was; `null` where it was not there.
    pub before: Option<StoredValue>,
    /// SHA-256 of its type and data now; `null` where it is gone.
    pub after: Option<String>,
}

/// A value's type and data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredValue {
    /// The number of the type.
    pub kind: u32,
    /// The data, as base64.
    pub data: String,
}

impl HiveUndo {
    /// What `after` differs from `before` in.
    pub fn between(before: &Hive, after: &Hive) -> Result<Self> {
        let (mut undo, mut removed) = (Self::default(), Vec::new());
        // The last key of one side only: what lies below goes with it.
        let mut whole = String::from("\\");
        diff(before, after, false, &mut |found| {
            if found.path.starts_with(&whole) {
                return Ok(());
            }
            match (&found.before, &found.after) {
                (None, Some(key)) => {
                    let sha256 = dump::digest(key)?.to_string();
                    undo.added.push(AddedKey { key: path(key)?, sha256 });
                }
                (Some(key), None) => undo.removed_keys += dump::write(&mut removed, key)?,
                (Some(_), Some(key)) => {
                    for value in &found.values {
                        undo.values.push(changed(key, value)?);
                    }
                    return Ok(());
                }
                (None, None) => return Ok(()),
            }
            whole = format!("{}\\", found.path);
            Ok(())
        })?;
        if !removed.is_empty() {
            undo.removed = Some(base64_encode(&dump::deflate(&removed)?));
        }
        Ok(undo)
    }

    /// Whether the hives did not differ.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.values.is_empty() && self.removed_keys == 0
    }

    /// Brings the hive back. Nothing is changed, and the error is [`ErrorKind::HashMismatch`], where what was added or
    /// set is not any more what it was made then.
    pub fn apply(&self, editor: &mut HiveEditor) -> Result<()> {
        self.check(editor.hive())?;
        let removed = match &self.removed {
            Some(text) => dump::inflate(&decoded(text)?)?,
            None => Vec::new(),
        };
        dump::check_absent(&removed, editor.hive())?;
        for added in &self.added {
            editor.delete(&added.key)?;
        }
        for value in &self.values {
            let Some(mut key) = editor.key(&value.key)? else { return Err(differs(&value.key)) };
            match &value.before {
                Some(before) => {
                    key.set(value.name.as_str(), ValueKind(before.kind), &decoded(&before.data)?)?;
                }
                None => _ = key.unset(value.name.as_str())?,
            }
        }
        dump::restore(&removed, editor)
    }

    fn check(&self, hive: &Hive) -> Result<()> {
        for added in &self.added {
            let key = hive.key(&added.key)?.ok_or_else(|| differs(&added.key))?;
            if dump::digest(&key)?.to_string() != added.sha256 {
                return Err(differs(&added.key));
            }
        }
        for value in &self.values {
            let key = hive.key(&value.key)?.ok_or_else(|| differs(&value.key))?;
            let found = key.value(value.name.as_str())?.map(|v| value_digest(&v)).transpose()?;
            if found.map(|d| d.to_string()) != value.after {
                return Err(differs(&format!("{}: {}", value.key, value.name)));
            }
        }
        Ok(())
    }
}

fn changed(key: &Key<'_>, value: &ValueDiff<'_>) -> Result<ChangedValue> {
    let name = value.after.or(value.before).map(|v| v.name()).unwrap_or_default();
    Ok(ChangedValue {
        key: path(key)?,
        name: plain(&name)?,
        before: value.before.as_ref().map(stored).transpose()?,
        after: value.after.as_ref().map(|v| value_digest(v).map(|d| d.to_string())).transpose()?,
    })
}

fn differs(what: &str) -> Error {
    Error::new(ErrorKind::HashMismatch, "is not any more what was registered").with_path(what)
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    base64_decode(text).ok_or_else(|| Error::malformed("a value of the receipt is not base64"))
}

fn stored(value: &Value<'_>) -> Result<StoredValue> {
    Ok(StoredValue { kind: value.kind().0, data: base64_encode(&value.data()?) })
}

fn value_digest(value: &Value<'_>) -> Result<Sha256Digest> {
    let mut bytes = value.kind().0.to_le_bytes().to_vec();
    bytes.extend_from_slice(&value.data()?);
    Ok(sha256(&bytes))
}

/// The path as text; one that text cannot hold could not be found again.
fn path(key: &Key<'_>) -> Result<String> {
    let mut above = Some(*key);
    while let Some(key) = above {
        plain(&key.name())?;
        above = key.parent()?;
    }
    Ok(key.path())
}

fn plain(name: &Name) -> Result<String> {
    let text = name.to_string();
    if Name::from(text.as_str()).same_spelling(name) {
        return Ok(text);
    }
    Err(Error::unsupported("a name in the hive is no text, so it could not be found again").with_path(text))
}
