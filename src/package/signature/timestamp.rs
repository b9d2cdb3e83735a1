//! When a signature was made: the countersignature of a time service, in both of its forms.

use super::algorithm::Hash;
use super::certificate::{Certificate, algorithm};
use super::chain::{End, follow};
use super::der::{INTEGER, OCTET_STRING, OID, SEQUENCE, Walk};
use super::signed::{SignedData, Signer};
use super::{Checked, Fault};
use der::asn1::ObjectIdentifier;

const COUNTER_SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
/// An RFC 3161 token, as Authenticode carries it.
const TOKEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.3.3.1");
const TOKEN_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// A time that somebody vouches for.
pub(super) struct Stamp {
    /// Seconds since 1970.
    pub at: i64,
    /// Who vouches for it.
    pub end: End,
}

/// The time stamp of a signature, verified; `None` where there is none.
pub(super) fn stamp(signer: &Signer<'_>, pool: &[Certificate<'_>]) -> Checked<Option<Stamp>> {
    let in_stamp = |fault| match fault {
        Fault::Broken(text) => Fault::Broken(format!("its time stamp: {text}")),
        Fault::Unknown(text) => Fault::Unknown(format!("its time stamp: {text}")),
    };
    if let Some(value) = signer.unsigned(TOKEN)?.first() {
        return token(value.raw, signer.signature).map(Some).map_err(in_stamp);
    }
    match signer.unsigned(COUNTER_SIGNATURE)?.first() {
        None => Ok(None),
        Some(value) => {
            let counter = || {
                let by = Signer::parse(value)?;
                let certificate = by.verify(pool, DATA, signer.signature)?;
                let at = by.attribute(SIGNING_TIME)?;
                let at = at.ok_or_else(|| Fault::Broken("it names no time".into()))?.time()?;
                made(at, certificate, pool)
            };
            counter().map(Some).map_err(in_stamp)
        }
    }
}

fn token(bytes: &[u8], signature: &[u8]) -> Checked<Stamp> {
    let signed = SignedData::parse(bytes)?;
    let certificate = signed.signer()?.verify(&signed.certificates, TOKEN_INFO, signed.content)?;
    if signed.content_type != TOKEN_INFO {
        return Err(Fault::Broken(format!("it holds {} instead of a time", signed.content_type)));
    }
    let mut fields = Walk::new(signed.content).take(SEQUENCE, "the token")?.walk();
    fields.take(INTEGER, "the token's version")?;
    fields.take(OID, "the token's policy")?;
    let mut imprint = fields.take(SEQUENCE, "what was stamped")?.walk();
    let digest = Hash::of(algorithm(&imprint.take(SEQUENCE, "the digest's algorithm")?)?.0)?;
    let value = imprint.take(OCTET_STRING, "the digest")?.body;
    digest.check(signature, value).map_err(|how| {
        Fault::Broken(format!("it is of another signature: the {} is {how}", digest.name()))
    })?;
    fields.take(INTEGER, "the token's number")?;
    let at = fields.next()?.ok_or_else(|| Fault::Broken("it names no time".into()))?.time()?;
    made(at, certificate, &signed.certificates)
}

fn made(at: i64, by: &Certificate<'_>, pool: &[Certificate<'_>]) -> Checked<Stamp> {
    if !by.names_purpose(TIME_STAMPING) {
        let text = format!("the certificate '{}' is not for stamping times", by.name());
        return Ok(Stamp { at, end: End::Unknown(text) });
    }
    Ok(Stamp { at, end: follow(by, pool, TIME_STAMPING, at)? })
}
