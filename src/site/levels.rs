//! The levels of service as words.

use crate::error::{Error, ErrorKind, Result};
use crate::service::Level;

const WORDS: [(&str, Level, &str); 3] = [
    ("deliver", Level::Deliver, "delivered"),
    ("stage", Level::Stage, "staged"),
    ("install", Level::Install, "installed"),
];

/// As schedules and runs name it.
pub(super) fn word(level: Level) -> &'static str {
    WORDS.iter().find(|(_, l, _)| *l == level).map_or("stage", |(word, ..)| word)
}

/// What an update is when it was laid in at this level.
pub(super) fn done(word: &str) -> &'static str {
    WORDS.iter().find(|(w, ..)| *w == word).map_or("staged", |(_, _, done)| done)
}

/// The level of this name.
pub(super) fn parse(word: &str) -> Result<Level> {
    let found = WORDS.iter().find(|(w, ..)| *w == word);
    found.map(|(_, level, _)| *level).ok_or_else(|| {
        Error::new(ErrorKind::Malformed, format!("the record names the level '{word}', which is not known"))
    })
}
