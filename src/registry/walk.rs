//! Every key of a hive once, however its cells point at each other.

use super::{Hive, Key};
use crate::base::Limits;
use crate::error::{Error, Result};

/// The keys of a hive that were seen: a bit for every eight bytes.
pub(super) struct Seen(Vec<u64>);

impl Seen {
    pub fn new(hive: &Hive) -> Self {
        let bits = hive.bins().len().div_ceil(8);
        Self(vec![0; bits.div_ceil(64)])
    }

    /// Takes note of a key; false when it was there before, or cannot be one.
    fn first_time(&mut self, offset: u32) -> bool {
        let (word, bit) = (offset as usize / 512, offset / 8 % 64);
        match self.0.get_mut(word) {
            Some(word) if *word >> bit & 1 == 0 => {
                *word |= 1 << bit;
                true
            }
            _ => false,
        }
    }

    /// The key at `offset`, which must not have been visited before.
    pub fn visit<'h>(&mut self, hive: &'h Hive, offset: u32, depth: u32) -> Result<Key<'h>> {
        let key = Key::at(hive, offset, depth)?;
        if !self.first_time(offset) {
            let error = Error::malformed("a key stands in more than one place of the tree");
            return Err(error.with_path(key.path()));
        }
        Limits::check("the depth of keys", depth.into(), hive.limits.max_depth.into())
            .map_err(|e| e.with_path(key.path()))?;
        Ok(key)
    }
}

/// The keys of [`Hive::walk`].
///
/// ```
/// use wimwright::base::Limits;
/// use wimwright::registry::Hive;
///
/// let mut editor = Hive::empty(&Limits::default())?.edit()?;
/// editor.create(r"a\b")?;
/// editor.create("c")?;
/// let hive = Hive::open(editor.finish(), &Limits::default())?;
/// let paths: Vec<String> = hive.walk().map(|key| Ok(key?.path())).collect::<wimwright::Result<_>>()?;
/// assert_eq!(paths, ["", "a", r"a\b", "c"]);
/// # Ok::<(), wimwright::Error>(())
/// ```
pub struct Walk<'h> {
    hive: &'h Hive,
    /// What is still to be visited: a key and how deep it lies.
    pending: Vec<(u32, u32)>,
    seen: Seen,
    /// What was wrong below the key that was told last.
    trouble: Option<Error>,
}

impl<'h> Walk<'h> {
    pub(super) fn new(hive: &'h Hive) -> Self {
        Self { hive, pending: vec![(hive.base.root, 0)], seen: Seen::new(hive), trouble: None }
    }
}

impl<'h> Iterator for Walk<'h> {
    type Item = Result<Key<'h>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.trouble.take() {
            return Some(Err(error));
        }
        let (offset, depth) = self.pending.pop()?;
        let key = match self.seen.visit(self.hive, offset, depth) {
            Ok(key) => key,
            Err(error) => return Some(Err(error)),
        };
        match key.subkey_offsets() {
            Ok(below) => self.pending.extend(below.into_iter().rev().map(|o| (o, depth + 1))),
            Err(error) => self.trouble = Some(error),
        }
        Some(Ok(key))
    }
}
