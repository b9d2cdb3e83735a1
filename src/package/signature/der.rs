//! A walk over DER that keeps every value's own bytes: signatures are over what lies in the file, so nothing is ever
//! encoded again.

use super::{Checked, Fault};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Reader as _, SliceReader};
use time::{Date, Month, PrimitiveDateTime, Time};

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The tag `[n]` of a value that is built of others.
pub(super) const fn context(n: u8) -> u8 {
    0xA0 | n
}

/// The tag `[n]` of a plain value.
pub(super) const fn context_plain(n: u8) -> u8 {
    0x80 | n
}

/// One value: its tag, its contents, and both with the length between them.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub tag: u8,
    pub body: &'a [u8],
    pub raw: &'a [u8],
}

/// Values that follow one another.
#[derive(Clone)]
pub(super) struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// The next value; `None` after the last.
    pub(super) fn next(&mut self) -> Checked<Option<Value<'a>>> {
        let Some(&tag) = self.rest.first() else { return Ok(None) };
        let read = || -> der::Result<Value<'a>> {
            let raw = SliceReader::new(self.rest)?.tlv_bytes()?;
            Ok(Value { tag, body: AnyRef::from_der(raw)?.value(), raw })
        };
        let value = read().map_err(|e| Fault::Broken(format!("it cannot be read as DER ({e})")))?;
        self.rest = &self.rest[value.raw.len()..];
        Ok(Some(value))
    }

    /// The next value, which has this tag.
    pub(super) fn take(&mut self, tag: u8, what: &str) -> Checked<Value<'a>> {
        match self.next()? {
            Some(value) if value.tag == tag => Ok(value),
            Some(value) => {
                Err(Fault::Broken(format!("{what} has tag {:02x} instead of {tag:02x}", value.tag)))
            }
            None => Err(Fault::Broken(format!("{what} is missing"))),
        }
    }

    /// The next value, if it has this tag.
    pub(super) fn maybe(&mut self, tag: u8) -> Checked<Option<Value<'a>>> {
        if self.rest.first() == Some(&tag) { self.next() } else { Ok(None) }
    }

    /// All values that are left, `most` at most.
    pub(super) fn all(mut self, most: usize, what: &str) -> Checked<Vec<Value<'a>>> {
        let mut values = Vec::new();
        while let Some(value) = self.next()? {
            if values.len() == most {
                return Err(Fault::Broken(format!("it has more than {most} {what}")));
            }
            values.push(value);
        }
        Ok(values)
    }
}

impl<'a> Value<'a> {
    /// The values in it.
    pub(super) fn walk(&self) -> Walk<'a> {
        Walk::new(self.body)
    }

    /// The object identifier that it is.
    pub(super) fn oid(&self) -> Checked<ObjectIdentifier> {
        let bad = |_| Fault::Broken("an object identifier in it cannot be read".to_owned());
        ObjectIdentifier::from_bytes(self.body).map_err(bad)
    }

    /// The bytes of a bit string, which has whole ones.
    pub(super) fn bits(&self) -> Checked<&'a [u8]> {
        match self.body {
            [0, bits @ ..] => Ok(bits),
            _ => Err(Fault::Broken("a bit string in it has no whole bytes".to_owned())),
        }
    }

    /// Seconds since 1970 of a time, in either form.
    pub(super) fn time(&self) -> Checked<i64> {
        let bad = || Fault::Broken("a time in it cannot be read".to_owned());
        let text = std::str::from_utf8(self.body).map_err(|_| bad())?;
        let digits = text.strip_suffix('Z').ok_or_else(bad)?;
        // What is less than a second is of no interest.
        let digits = digits.split('.').next().unwrap_or(digits);
        let (year, rest) = match (self.tag, digits.len()) {
            (UTC_TIME, 12) => digits.split_at_checked(2),
            (GENERALIZED_TIME, 14) => digits.split_at_checked(4),
            _ => None,
        }
        .ok_or_else(bad)?;
        let number = |text: &str| text.parse::<u8>().map_err(|_| bad());
        let year: i32 = year.parse().map_err(|_| bad())?;
        let year = match self.tag {
            UTC_TIME if year < 50 => 2000 + year,
            UTC_TIME => 1900 + year,
            _ => year,
        };
        let at = |i: usize| rest.get(i..i + 2).ok_or_else(bad).and_then(number);
        let month = Month::try_from(at(0)?).map_err(|_| bad())?;
        let date = Date::from_calendar_date(year, month, at(2)?).map_err(|_| bad())?;
        let clock = Time::from_hms(at(4)?, at(6)?, at(8)?).map_err(|_| bad())?;
        Ok(PrimitiveDateTime::new(date, clock).assume_utc().unix_timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_forms_are_read() {
        let time = |tag, text: &str| Value { tag, body: text.as_bytes(), raw: &[] }.time();
        let Ok(expected) = time(GENERALIZED_TIME, "20191207064043Z") else { panic!("no time") };
        assert_eq!(expected, 1_575_700_843);
        assert!(matches!(time(GENERALIZED_TIME, "20191207064043.91Z"), Ok(t) if t == expected));
        assert!(matches!(time(UTC_TIME, "191207064043Z"), Ok(t) if t == expected));
        assert!(matches!(time(UTC_TIME, "700101000000Z"), Ok(0)));
        for bad in
            ["", "Z", "191207064043", "19120706404Z", "191307064043Z", "19120706404éZ", "1912070640é3Z"]
        {
            assert!(time(UTC_TIME, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_end_where_they_say() {
        let mut walk = Walk::new(&[SEQUENCE, 3, INTEGER, 1, 5, OCTET_STRING, 2, 1]);
        let Ok(value) = walk.take(SEQUENCE, "it") else { panic!("no sequence") };
        assert_eq!((value.body, value.raw.len()), (&[INTEGER, 1, 5][..], 5));
        assert!(walk.next().is_err(), "two bytes are promised and one is there");
        // Lengths that DER does not allow: the long form of a short one, and the indefinite one.
        assert!(Walk::new(&[SEQUENCE, 0x81, 1, 5]).next().is_err());
        assert!(Walk::new(&[SEQUENCE, 0x80, 0, 0]).next().is_err());
    }
}
