//! How values stand in JSON documents where serde's own way would make a reader's life harder.

use serde::{Serialize as _, Serializer};
use std::collections::BTreeMap;
use std::path::Path;

/// A text, or `null` where it is empty.
pub(crate) fn unless_empty<S: Serializer>(text: &str, s: S) -> Result<S::Ok, S::Error> {
    Some(text).filter(|t| !t.is_empty()).serialize(s)
}

/// A path as people see it; serde's own way fails on one that is not UTF-8.
pub(crate) fn path<S: Serializer>(path: &Path, s: S) -> Result<S::Ok, S::Error> {
    s.collect_str(&path.display())
}

/// Names and values as an object; of a name that comes twice, the last.
pub(crate) fn as_object<S: Serializer>(pairs: &[(String, String)], s: S) -> Result<S::Ok, S::Error> {
    pairs.iter().map(|(name, value)| (name, value)).collect::<BTreeMap<_, _>>().serialize(s)
}
