//! Effects on hives: keys with their values and descriptors, winners.

use super::sddl::{Guarded, SecurityDescriptor, Sid};
use super::{KeyEffect, ValueEffect, merged};
use crate::cbs::state::SIDE_BY_SIDE;
use crate::cbs::{Identity, Version, keyform};
use crate::error::Result;
use crate::registry::{HiveEditor, KeyMut, ValueKind};

/// How a value met the hive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueChange {
    /// It was not there.
    Added,
    /// It was there with other data.
    Replaced,
    /// Strings were added to those that it had.
    Appended,
    /// It was there with the same data.
    Present,
    /// It was there with other data, and others may change it.
    Kept,
}

/// What was done to a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenKey {
    /// Whether it is new.
    pub created: bool,
    /// Whether its descriptor changed.
    pub descriptor: bool,
    /// What became of each value.
    pub values: Vec<ValueChange>,
}

/// Carries a key of a component out. What is in the hive already as it should be stays untouched.
pub fn write_key(editor: &mut HiveEditor, effect: &KeyEffect) -> Result<WrittenKey> {
    let mut out = WrittenKey { created: editor.hive().key(&effect.path)?.is_none(), ..WrittenKey::default() };
    let mut key = editor.create(&effect.path)?;
    for value in &effect.values {
        out.values.push(write_value(&mut key, value)?);
    }
    if let Some(descriptor) = &effect.descriptor {
        let mut new = (**descriptor).clone().owned_by(&Sid::trusted_installer());
        if new.inherits()
            && let Some(parent) = key.key()?.parent()?
            && let Some(bytes) = parent.security()?
        {
            new = new.inherit(&SecurityDescriptor::from_bytes(bytes)?, Guarded::Key);
        }
        let bytes = new.mapped(Guarded::Key).to_bytes()?;
        if key.key()?.security()? != Some(&bytes[..]) {
            key.set_security(&bytes)?;
            out.descriptor = true;
        }
    }
    Ok(out)
}

fn write_value(key: &mut KeyMut<'_>, value: &ValueEffect) -> Result<ValueChange> {
    let name = value.name.as_str();
    let there = key
        .key()?
        .value(name)?
        .map(|v| Ok::<_, crate::Error>((v.kind(), v.data()?.into_owned(), v.strings()?)));
    let Some((kind, data, strings)) = there.transpose()? else {
        key.set(name, value.kind, &value.data)?;
        return Ok(ValueChange::Added);
    };
    if value.append
        && let Some(strings) = strings
    {
        let all = merged(&strings, &value.strings());
        if all.len() == strings.len() {
            return Ok(ValueChange::Present);
        }
        key.set_strings(name, &all)?;
        return Ok(ValueChange::Appended);
    }
    if kind == value.kind && data == value.data {
        return Ok(ValueChange::Present);
    }
    if value.mutable {
        return Ok(ValueChange::Kept);
    }
    key.set(name, value.kind, &value.data)?;
    Ok(ValueChange::Replaced)
}

/// Makes a version of a component the one in use, in SOFTWARE. Whether it may be is the caller's to know: a lower version
/// is never made the winner over a higher one.
pub fn write_winner(editor: &mut HiveEditor, identity: &Identity) -> Result<()> {
    let Version { major, minor, .. } = identity.version;
    let (branch, version) = (format!("{major}.{minor}"), identity.version.to_string());
    let mut family = editor.create(&format!(r"{SIDE_BY_SIDE}\Winners\{}", keyform::family(identity)))?;
    let highest = text(&family, "")?;
    let is_higher = |text: &String| {
        let numbers: Vec<u16> = text.split('.').filter_map(|n| n.parse().ok()).collect();
        numbers.as_slice() > [major, minor].as_slice()
    };
    if !highest.as_ref().is_some_and(is_higher) && highest.as_ref() != Some(&branch) {
        family.set_text("", ValueKind::SZ, &branch)?;
    }
    let mut key = family.create(&branch)?;
    if text(&key, "")?.as_ref() != Some(&version) {
        key.set_text("", ValueKind::SZ, &version)?;
    }
    if key.key()?.value(version.as_str())?.is_none() {
        key.set(version.as_str(), ValueKind::BINARY, &[1])?;
    }
    Ok(())
}

fn text(key: &KeyMut<'_>, name: &str) -> Result<Option<String>> {
    key.key()?.value(name)?.map_or(Ok(None), |v| v.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::cbs::effects::HiveFile;
    use crate::registry::Hive;
    use std::sync::Arc;

    fn strings(texts: &[&str]) -> Vec<u8> {
        let mut data: Vec<u8> =
            texts.iter().flat_map(|t| t.encode_utf16().chain([0])).flat_map(u16::to_le_bytes).collect();
        data.extend([0, 0]);
        data
    }

    fn value(name: &str, kind: ValueKind, data: &[u8]) -> ValueEffect {
        ValueEffect { name: name.into(), kind, data: data.to_vec(), append: false, mutable: false }
    }

    #[test]
    fn a_key_is_written_once() {
        use ValueChange::{Added, Appended, Kept, Present, Replaced};

        let mut editor = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
        let mut there = editor.create("A").unwrap();
        there.set("list", ValueKind::MULTI_SZ, &strings(&["x"])).unwrap();
        there.set_dword("free", 7).unwrap();
        there.set_dword("other", 7).unwrap();
        let effect = KeyEffect {
            hive: HiveFile::Software,
            path: r"A".into(),
            descriptor: Some(Arc::new(SecurityDescriptor::parse("D:(A;CI;GR;;;BU)").unwrap())),
            values: vec![
                ValueEffect { append: true, ..value("list", ValueKind::MULTI_SZ, &strings(&["X", "y"])) },
                ValueEffect { mutable: true, ..value("free", ValueKind::DWORD, &[1, 0, 0, 0]) },
                value("other", ValueKind::DWORD, &[1, 0, 0, 0]),
                value("new", ValueKind::QWORD, &[1, 0, 0, 0, 0, 0, 0, 0]),
            ],
        };
        let first = write_key(&mut editor, &effect).unwrap();
        assert_eq!((first.created, first.descriptor), (false, true));
        assert_eq!(first.values, [Appended, Kept, Replaced, Added]);
        let again = write_key(&mut editor, &effect).unwrap();
        assert_eq!((again.descriptor, again.values), (false, vec![Present, Kept, Present, Present]));
        let hive = Hive::open(editor.finish(), &Limits::default()).unwrap();
        assert_eq!(hive.check().unwrap(), 0);
        let key = hive.key("A").unwrap().unwrap();
        assert_eq!(key.value("list").unwrap().unwrap().strings().unwrap().unwrap(), ["x", "y"]);
        let descriptor = SecurityDescriptor::from_bytes(key.security().unwrap().unwrap()).unwrap();
        assert_eq!(descriptor.owner, Some(Sid::trusted_installer()));
    }

    #[test]
    fn winners_are_written_as_windows_writes_them() {
        let mut editor = Hive::empty(&Limits::default()).unwrap().edit().unwrap();
        let identity = |version: &str| Identity {
            name: "Microsoft-Windows-SLC-Component-ExtendedSecurityUpdatesAI".into(),
            architecture: "amd64".into(),
            public_key_token: "31bf3856ad364e35".into(),
            version_scope: "NonSxS".into(),
            version: version.parse().unwrap(),
            ..Identity::default()
        };
        let family = keyform::family(&identity("1.0.0.0"));
        for version in ["6.1.7602.100", "6.2.1.1", "6.1.7602.200"] {
            write_winner(&mut editor, &identity(version)).unwrap();
        }
        let hive = editor.hive();
        let text = |path: &str| {
            let key = hive.key(&format!(r"{SIDE_BY_SIDE}\Winners\{family}{path}")).unwrap().unwrap();
            (key.value("").unwrap().unwrap().text().unwrap().unwrap(), key.value_count())
        };
        assert_eq!(text(""), ("6.2".into(), 1));
        assert_eq!(text(r"\6.1"), ("6.1.7602.200".into(), 3));
        let key = hive.key(&format!(r"{SIDE_BY_SIDE}\Winners\{family}\6.1")).unwrap().unwrap();
        let mark = key.value("6.1.7602.200").unwrap().unwrap();
        assert_eq!((mark.kind(), &*mark.data().unwrap()), (ValueKind::BINARY, &[1][..]));
    }
}
