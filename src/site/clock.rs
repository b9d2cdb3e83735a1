//! Time as the records have it: UTC, RFC 3339, whole seconds, so that texts compare as times do.

use jiff::{Timestamp, Unit};

/// This moment.
pub(super) fn now() -> String {
    text(Timestamp::now())
}

/// A moment as text.
pub(super) fn text(time: Timestamp) -> String {
    time.round(Unit::Second).unwrap_or(time).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
