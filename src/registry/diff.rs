//! What differs between two hives, key by key, in the order of names. Nothing is kept but a list of the keys still to be
//! looked at, so hives of any size are compared in the memory that they take themselves.

use super::walk::Seen;
use super::{Hive, Key, KeyFlags, Value};
use crate::error::{Error, Result};
use std::cmp::Ordering;

/// A key that is in one hive only, or not the same in both.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyDiff<'h> {
    /// The path from the root, spelled as in the second hive where it has the key; empty for the root.
    pub path: String,
    /// The key of the first hive.
    pub before: Option<Key<'h>>,
    /// The key of the second hive.
    pub after: Option<Key<'h>>,
    /// The values that differ, in the order of their names: all, where one side has no such key.
    pub values: Vec<ValueDiff<'h>>,
    /// Both have the key, and its name is spelled otherwise.
    pub spelling: bool,
    /// Both have the key, with another class.
    pub class: bool,
    /// Both have the key, with another security descriptor.
    pub security: bool,
    /// Both have the key, with other flags (but for how its name is stored).
    pub flags: bool,
    /// Both have the key, written at another time, and times were asked for.
    pub written: bool,
}

/// A value that is in one key only, or not the same in both.
#[derive(Clone, Copy, Debug)]
pub struct ValueDiff<'h> {
    /// The value of the first hive.
    pub before: Option<Value<'h>>,
    /// The value of the second hive.
    pub after: Option<Value<'h>>,
}

impl KeyDiff<'_> {
    fn is_empty(&self) -> bool {
        let more = self.spelling || self.class || self.security || self.flags || self.written;
        self.before.is_some() && self.after.is_some() && self.values.is_empty() && !more
    }
}

/// Hands every key that differs to `each`, a key before those below it; returns how many keys were looked at.
///
/// Names are compared as Windows does, without regard to case. With `times` a key that was written at another time
/// differs. A damaged hive is an error, whose path begins with `before` or `after`; what was handed out until then is
/// right.
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::{Hive, diff};
///
/// let before = Hive::empty(&Limits::default())?;
/// let mut editor = before.clone().edit()?;
/// editor.create("New")?.set_dword("Number", 1)?;
/// let after = Hive::open(editor.finish(), &Limits::default())?;
/// let mut new = Vec::new();
/// diff(&before, &after, false, &mut |key| {
///     assert!(key.before.is_none() && key.values.len() == 1);
///     new.push(key.path);
///     Ok(())
/// })?;
/// assert_eq!(new, ["New"]);
/// # Ok::<(), wimwright::Error>(())
/// ```
pub fn diff<'h>(
    before: &'h Hive,
    after: &'h Hive,
    times: bool,
    each: &mut dyn FnMut(KeyDiff<'h>) -> Result<()>,
) -> Result<u64> {
    let mut sides = [Side::new(before, "before"), Side::new(after, "after")];
    // A key of each hive, and how deep they lie.
    let mut pending = vec![(Some(before.base.root), Some(after.base.root), 0)];
    let mut path: Vec<String> = Vec::new();
    let mut looked_at = 0;
    while let Some((one, other, depth)) = pending.pop() {
        looked_at += 1;
        let before = one.map(|o| sides[0].visit(o, depth)).transpose()?;
        let after = other.map(|o| sides[1].visit(o, depth)).transpose()?;
        if let (Some(above), Some(key)) = ((depth as usize).checked_sub(1), after.or(before)) {
            path.truncate(above);
            path.push(key.name().to_string());
        }
        let found = compare(&sides, before, after, times)?;
        if !found.is_empty() {
            each(KeyDiff { path: path.join("\\"), ..found })?;
        }
        let below = [
            before.map(|k| sides[0].children(&k)).transpose()?.unwrap_or_default(),
            after.map(|k| sides[1].children(&k)).transpose()?.unwrap_or_default(),
        ];
        let first = pending.len();
        merge(
            &below[0],
            &below[1],
            |a, b| a.raw_name().compare(b.raw_name()),
            |a, b| {
                pending.push((a.map(|k| k.offset), b.map(|k| k.offset), depth + 1));
            },
        );
        pending[first..].reverse();
    }
    Ok(looked_at)
}

struct Side<'h> {
    hive: &'h Hive,
    seen: Seen,
    name: &'static str,
}

impl<'h> Side<'h> {
    fn new(hive: &'h Hive, name: &'static str) -> Self {
        Self { hive, seen: Seen::new(hive), name }
    }

    fn blame(&self, error: Error) -> Error {
        error.within(self.name)
    }

    fn visit(&mut self, offset: u32, depth: u32) -> Result<Key<'h>> {
        self.seen.visit(self.hive, offset, depth).map_err(|e| self.blame(e))
    }

    /// The keys below, in order; lists out of order, which other programs left, are sorted.
    fn children(&self, key: &Key<'h>) -> Result<Vec<Key<'h>>> {
        let mut keys = key.subkeys().map_err(|e| self.blame(e))?;
        keys.sort_by(|a, b| a.raw_name().compare(b.raw_name()));
        Ok(keys)
    }

    fn values(&self, key: Option<&Key<'h>>) -> Result<Vec<Value<'h>>> {
        key.map_or(Ok(Vec::new()), Key::values).map_err(|e| self.blame(e))
    }

    fn data(&self, value: &Value<'h>) -> Result<std::borrow::Cow<'h, [u8]>> {
        value.data().map_err(|e| self.blame(e))
    }
}

fn compare<'h>(
    sides: &[Side<'h>; 2],
    before: Option<Key<'h>>,
    after: Option<Key<'h>>,
    times: bool,
) -> Result<KeyDiff<'h>> {
    let mut found = KeyDiff {
        path: String::new(),
        before,
        after,
        values: values(sides, before.as_ref(), after.as_ref())?,
        spelling: false,
        class: false,
        security: false,
        flags: false,
        written: false,
    };
    if let (Some(a), Some(b)) = (&before, &after) {
        let [first, second] = sides;
        // The root's name is not part of any path, and each writer gives it another.
        found.spelling = !a.is_root() && !a.raw_name().same_spelling(b.raw_name());
        let class = |side: &Side<'h>, key: &Key<'h>| key.class().map_err(|e| side.blame(e));
        found.class = !class(first, a)?.same_spelling(&class(second, b)?);
        let security = |side: &Side<'h>, key: &Key<'h>| key.security().map_err(|e| side.blame(e));
        found.security = security(first, a)? != security(second, b)?;
        let flags = |key: &Key<'_>| key.flags().0 & !KeyFlags::COMPRESSED_NAME;
        found.flags = flags(a) != flags(b);
        found.written = times && a.written() != b.written();
    }
    Ok(found)
}

fn values<'h>(
    sides: &[Side<'h>; 2],
    before: Option<&Key<'h>>,
    after: Option<&Key<'h>>,
) -> Result<Vec<ValueDiff<'h>>> {
    let [first, second] = sides;
    let (mut one, mut other) = (first.values(before)?, second.values(after)?);
    let spelled = |a: &Value<'_>, b: &Value<'_>| a.raw_name().same_spelling(b.raw_name());
    let same = |a: &Value<'h>, b: &Value<'h>| -> Result<bool> {
        Ok(spelled(a, b) && a.kind() == b.kind() && a.len() == b.len() && first.data(a)? == second.data(b)?)
    };
    // Values have no order, and yet nearly always stand in the same one.
    if one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| spelled(a, b)) {
        let mut found = Vec::new();
        for (a, b) in one.into_iter().zip(other) {
            if !same(&a, &b)? {
                found.push(ValueDiff { before: Some(a), after: Some(b) });
            }
        }
        return Ok(found);
    }
    let order = |a: &Value<'_>, b: &Value<'_>| a.raw_name().compare(b.raw_name());
    one.sort_by(order);
    other.sort_by(order);
    let (mut found, mut trouble) = (Vec::new(), None);
    merge(&one, &other, order, |a, b| {
        let equal = match (a, b) {
            (Some(a), Some(b)) => same(a, b),
            _ => Ok(false),
        };
        match equal {
            Ok(true) => {}
            Ok(false) => found.push(ValueDiff { before: a.copied(), after: b.copied() }),
            Err(error) => _ = trouble.get_or_insert(error),
        }
    });
    trouble.map_or(Ok(found), Err)
}

/// Pairs the members of two sorted lists; what only one of them has is handed out alone.
fn merge<T>(
    one: &[T],
    other: &[T],
    order: impl Fn(&T, &T) -> Ordering,
    mut each: impl FnMut(Option<&T>, Option<&T>),
) {
    let (mut a, mut b) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let which = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => order(x, y),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let x = if which.is_le() { a.next() } else { None };
        let y = if which.is_ge() { b.next() } else { None };
        each(x, y);
    }
}
