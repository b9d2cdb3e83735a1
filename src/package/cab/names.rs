//! Member names: UTF-8 where the flag says so, a code page where it does not.

use crate::error::{Error, ErrorKind, Result};

/// The longest name or other string, in bytes, without its NUL.
pub(super) const MAX_NAME: usize = 255;

/// Text from the bytes of a name.
///
/// Without the flag the bytes are in whatever code page the writer's Windows had, which the cabinet does not
/// tell. Bytes that are valid UTF-8 are taken as such (writers forget the flag, and text of a code page is
/// hardly ever valid UTF-8 by chance); all others as Windows-1252, in which every byte means something.
pub(super) fn decode(bytes: &[u8], is_utf8: bool) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if is_utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// The NUL-terminated string at the front of `rest`, and what follows it.
pub(super) fn split<'a>(rest: &'a [u8], what: &str) -> Result<(&'a [u8], &'a [u8])> {
    let window = &rest[..rest.len().min(MAX_NAME + 1)];
    match window.iter().position(|&b| b == 0) {
        Some(end) => Ok((&rest[..end], &rest[end + 1..])),
        None if window.len() <= MAX_NAME => {
            Err(Error::new(ErrorKind::Truncated, format!("the cabinet ends inside {what}")))
        }
        None => Err(Error::malformed(format!("{what} is longer than {MAX_NAME} bytes"))),
    }
}

/// Whether two names are the same but for ASCII case and the kind of separator.
pub(super) fn same(a: &str, b: &str) -> bool {
    let fold = |c: u8| if c == b'/' { b'\\' } else { c.to_ascii_lowercase() };
    a.len() == b.len() && a.bytes().map(fold).eq(b.bytes().map(fold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_flag_and_then_the_bytes() {
        assert_eq!(decode("añ.txt".as_bytes(), true), "añ.txt");
        assert_eq!(decode("añ.txt".as_bytes(), false), "añ.txt");
        assert_eq!(decode(b"a\xF1\x80.txt", false), "añ€.txt");
        assert_eq!(decode(b"a\xF1.txt", true), "a\u{FFFD}.txt");
    }

    #[test]
    fn strings_end_or_are_refused() {
        assert_eq!(split(b"ab\0cd", "x").unwrap(), (&b"ab"[..], &b"cd"[..]));
        assert_eq!(split(b"ab", "x").unwrap_err().kind(), ErrorKind::Truncated);
        assert_eq!(split(&[b'a'; 300], "x").unwrap_err().kind(), ErrorKind::Malformed);
        assert!(same(r"A\b.C", "a/B.c") && !same("a", "ab"));
    }
}
