//! One X.509 certificate, as far as a signature asks about it.

use super::algorithm::{PublicKey, Scheme};
use super::der::{BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, Value, Walk, context};
use super::{Checked, Fault};
use der::asn1::ObjectIdentifier;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const SUBJECT_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const PURPOSES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
/// Key usage: other certificates may be signed with the key. The sixth bit from the left.
const SIGNS_CERTIFICATES: u8 = 0x04;
/// Key usage: data may be signed with it.
const SIGNS_DATA: u8 = 0x80;
const MAX_EXTENSIONS: usize = 64;

/// A certificate that lies in a signature, or a root.
#[derive(Clone)]
pub(super) struct Certificate<'a> {
    pub raw: &'a [u8],
    /// What its issuer signed.
    signed: &'a [u8],
    pub serial: &'a [u8],
    pub issuer: Value<'a>,
    pub subject: Value<'a>,
    pub not_before: i64,
    pub not_after: i64,
    pub key: PublicKey<'a>,
    algorithm: ObjectIdentifier,
    signature: &'a [u8],
    pub key_id: Option<&'a [u8]>,
    version_3: bool,
    is_issuer: bool,
    usage: Option<u8>,
    purposes: Option<Vec<ObjectIdentifier>>,
    /// A critical extension that nobody here knows: what it forbids cannot be told.
    unknown: Option<ObjectIdentifier>,
}

impl<'a> Certificate<'a> {
    pub(super) fn parse(certificate: &Value<'a>) -> Checked<Self> {
        let mut outer = certificate.walk();
        let signed = outer.take(SEQUENCE, "the certificate's contents")?;
        let algorithm = algorithm(&outer.take(SEQUENCE, "the certificate's algorithm")?)?.0;
        let signature = outer.take(BIT_STRING, "the certificate's signature")?.bits()?;
        let mut fields = signed.walk();
        let version = fields.maybe(context(0))?;
        let version_3 = match version {
            Some(v) => v.walk().take(INTEGER, "the certificate's version")?.body == [2],
            None => false,
        };
        let serial = fields.take(INTEGER, "the certificate's number")?.body;
        fields.take(SEQUENCE, "the certificate's inner algorithm")?;
        let issuer = fields.take(SEQUENCE, "the issuer")?;
        let mut validity = fields.take(SEQUENCE, "the validity")?.walk();
        let mut time =
            || validity.next()?.ok_or_else(|| Fault::Broken("a validity is missing".into()))?.time();
        let (not_before, not_after) = (time()?, time()?);
        let subject = fields.take(SEQUENCE, "the subject")?;
        let mut key = fields.take(SEQUENCE, "the public key")?.walk();
        let (kind, curve) = self::algorithm(&key.take(SEQUENCE, "the key's algorithm")?)?;
        let bits = key.take(BIT_STRING, "the key")?.bits()?;
        let mut made = Self {
            raw: certificate.raw,
            signed: signed.raw,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key: PublicKey { algorithm: kind, curve, bits },
            algorithm,
            signature,
            key_id: None,
            version_3,
            is_issuer: false,
            usage: None,
            purposes: None,
            unknown: None,
        };
        while let Some(field) = fields.next()? {
            if field.tag == context(3) {
                let list = field.walk().take(SEQUENCE, "the extensions")?;
                for extension in list.walk().all(MAX_EXTENSIONS, "extensions")? {
                    made.take_extension(&extension)?;
                }
            }
        }
        Ok(made)
    }

    fn take_extension(&mut self, extension: &Value<'a>) -> Checked<()> {
        let mut fields = extension.walk();
        let id = fields.take(OID, "an extension's name")?.oid()?;
        let critical = fields.maybe(BOOLEAN)?.is_some_and(|b| b.body != [0]);
        let mut content = Walk::new(fields.take(OCTET_STRING, "an extension")?.body);
        match id {
            SUBJECT_KEY => self.key_id = Some(content.take(OCTET_STRING, "the key's identifier")?.body),
            CONSTRAINTS => {
                let mut fields = content.take(SEQUENCE, "the constraints")?.walk();
                self.is_issuer = fields.maybe(BOOLEAN)?.is_some_and(|b| b.body != [0]);
            }
            KEY_USAGE => {
                let bits = content.take(BIT_STRING, "the key's usage")?;
                self.usage = Some(bits.body.get(1).copied().unwrap_or(0));
            }
            PURPOSES => {
                let list = content.take(SEQUENCE, "the key's purposes")?;
                let list = list.walk().all(MAX_EXTENSIONS, "purposes")?;
                self.purposes = Some(list.iter().map(Value::oid).collect::<Checked<_>>()?);
            }
            POLICIES => {}
            _ if critical => self.unknown = Some(id),
            _ => {}
        }
        Ok(())
    }

    /// Whether the key may serve this purpose: where nothing is said, it may serve all.
    pub(super) fn serves(&self, purpose: ObjectIdentifier) -> bool {
        self.purposes.as_ref().is_none_or(|list| list.contains(&purpose) || list.contains(&ANY_PURPOSE))
    }

    /// Whether the key is said to be for this purpose, by name.
    pub(super) fn names_purpose(&self, purpose: ObjectIdentifier) -> bool {
        self.purposes.as_ref().is_some_and(|list| list.contains(&purpose))
    }

    pub(super) fn unknown_extension(&self) -> Option<ObjectIdentifier> {
        self.unknown
    }

    /// Whether other certificates may be signed with its key. Those of the first version say nothing of it.
    pub(super) fn may_issue(&self) -> bool {
        let by_usage = self.usage.is_none_or(|usage| usage & SIGNS_CERTIFICATES != 0);
        self.version_3 && self.is_issuer && by_usage
    }

    /// Whether data may be signed with its key.
    pub(super) fn may_sign(&self) -> bool {
        self.usage.is_none_or(|usage| usage & SIGNS_DATA != 0)
    }

    /// Whether the key of `issuer` signed this certificate.
    pub(super) fn is_signed_by(&self, issuer: &Certificate<'_>) -> Checked<bool> {
        Scheme::of(self.algorithm, None)?.verify(&issuer.key, self.signed, self.signature)
    }

    /// Its subject for people: the common name, else unit or organisation.
    pub(super) fn name(&self) -> String {
        name(&self.subject)
    }

    /// The organisation that its subject names.
    pub(super) fn organisation(&self) -> Option<String> {
        part(&self.subject, ORGANISATION)
    }
}

/// An algorithm's identifier, and the one among its parameters where it has one (the curve).
pub(super) fn algorithm(value: &Value<'_>) -> Checked<(ObjectIdentifier, Option<ObjectIdentifier>)> {
    let mut fields = value.walk();
    let id = fields.take(OID, "an algorithm")?.oid()?;
    Ok((id, fields.maybe(OID)?.map(|v| v.oid()).transpose()?))
}

/// A distinguished name for people.
pub(super) fn name(subject: &Value<'_>) -> String {
    let named = [COMMON_NAME, UNIT, ORGANISATION].into_iter().find_map(|id| part(subject, id));
    named.unwrap_or_else(|| "a subject without a name".to_owned())
}

/// The last value of one kind in a distinguished name.
fn part(subject: &Value<'_>, kind: ObjectIdentifier) -> Option<String> {
    let (mut sets, mut found) = (subject.walk(), None);
    while let Ok(Some(set)) = sets.next() {
        let mut pairs = set.walk();
        while let (SET, Ok(Some(pair))) = (set.tag, pairs.next()) {
            let mut fields = pair.walk();
            let id = fields.take(OID, "a name's kind").and_then(|v| v.oid());
            if let (Ok(id), Ok(Some(value))) = (id, fields.next())
                && id == kind
            {
                // BMPString is UTF-16; the others are ASCII or UTF-8.
                let text = match value.tag {
                    0x1E => {
                        let units = value.body.chunks_exact(2).map(|u| u16::from_be_bytes([u[0], u[1]]));
                        char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect()
                    }
                    _ => String::from_utf8_lossy(value.body).into_owned(),
                };
                found = Some(text.chars().take(256).map(|c| if c.is_control() { '?' } else { c }).collect());
            }
        }
    }
    found
}
