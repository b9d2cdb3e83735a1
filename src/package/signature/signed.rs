//! PKCS #7 SignedData (RFC 2315, RFC 5652): contents, certificates, signers.

use super::algorithm::{Hash, Scheme};
use super::certificate::{Certificate, algorithm};
use super::der::{INTEGER, OCTET_STRING, OID, SEQUENCE, SET, Value, Walk, context, context_plain};
use super::{Checked, Fault};
use der::asn1::ObjectIdentifier;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const MAX_CERTIFICATES: usize = 64;
const MAX_SIGNERS: usize = 8;
const MAX_ATTRIBUTES: usize = 64;

/// Contents with signatures of them.
pub(super) struct SignedData<'a> {
    pub content_type: ObjectIdentifier,
    /// The contents without tag and length: what the signers' digests are of.
    pub content: &'a [u8],
    pub certificates: Vec<Certificate<'a>>,
    pub signers: Vec<Signer<'a>>,
}

/// One signature.
pub(super) struct Signer<'a> {
    id: SignerId<'a>,
    pub digest: Hash,
    scheme: Scheme,
    /// The attributes that are signed.
    attributes: Option<Value<'a>>,
    pub signature: &'a [u8],
    unsigned: Option<Value<'a>>,
}

enum SignerId<'a> {
    Issuer { issuer: &'a [u8], serial: &'a [u8] },
    Key(&'a [u8]),
}

impl<'a> SignedData<'a> {
    /// Reads a ContentInfo that holds SignedData. What follows it in `bytes` is padding.
    pub(super) fn parse(bytes: &'a [u8]) -> Checked<Self> {
        let info = Walk::new(bytes).take(SEQUENCE, "the signature")?;
        let mut fields = info.walk();
        let kind = fields.take(OID, "the signature's type")?.oid()?;
        if kind != SIGNED_DATA {
            return Err(Fault::Broken(format!("it is no signed data but {kind}")));
        }
        let data = fields.take(context(0), "the signed data")?.walk().take(SEQUENCE, "the signed data")?;
        let mut fields = data.walk();
        fields.take(INTEGER, "the version")?;
        fields.take(SET, "the digest algorithms")?;
        let mut inner = fields.take(SEQUENCE, "the contents")?.walk();
        let content_type = inner.take(OID, "the contents' type")?.oid()?;
        let content = inner.take(context(0), "the contents")?.walk().next()?;
        let content = content.ok_or_else(|| Fault::Broken("the contents are missing".into()))?.body;
        let mut certificates = Vec::new();
        if let Some(set) = fields.maybe(context(0))? {
            for value in set.walk().all(MAX_CERTIFICATES, "certificates")? {
                // Other forms have other tags. A certificate that cannot be read helps nobody, and if it is the signer's
                // that is found out below.
                if value.tag == SEQUENCE
                    && let Ok(certificate) = Certificate::parse(&value)
                {
                    certificates.push(certificate);
                }
            }
        }
        fields.maybe(context(1))?;
        let signers = fields.take(SET, "the signers")?.walk().all(MAX_SIGNERS, "signers")?;
        let signers = signers.iter().map(Signer::parse).collect::<Checked<Vec<_>>>()?;
        Ok(Self { content_type, content, certificates, signers })
    }

    /// The only signer.
    pub(super) fn signer(&self) -> Checked<&Signer<'a>> {
        match self.signers.as_slice() {
            [one] => Ok(one),
            list => Err(Fault::Broken(format!("it has {} signers instead of one", list.len()))),
        }
    }
}

impl<'a> Signer<'a> {
    pub(super) fn parse(info: &Value<'a>) -> Checked<Self> {
        let mut fields = info.walk();
        fields.take(INTEGER, "the signer's version")?;
        let id = if let Some(key) = fields.maybe(context_plain(0))? {
            SignerId::Key(key.body)
        } else {
            let mut id = fields.take(SEQUENCE, "the signer's name")?.walk();
            let issuer = id.take(SEQUENCE, "the signer's issuer")?.raw;
            SignerId::Issuer { issuer, serial: id.take(INTEGER, "the signer's number")?.body }
        };
        let digest = Hash::of(algorithm(&fields.take(SEQUENCE, "the digest algorithm")?)?.0)?;
        let attributes = fields.maybe(context(0))?;
        let (scheme, _) = algorithm(&fields.take(SEQUENCE, "the signature algorithm")?)?;
        let scheme = Scheme::of(scheme, Some(digest))?;
        let signature = fields.take(OCTET_STRING, "the signature's value")?.body;
        let unsigned = fields.maybe(context(1))?;
        Ok(Self { id, digest, scheme, attributes, signature, unsigned })
    }

    /// The signer's certificate, after its signature of `content` was found right.
    pub(super) fn verify<'p>(
        &self,
        pool: &'p [Certificate<'a>],
        content_type: ObjectIdentifier,
        content: &[u8],
    ) -> Checked<&'p Certificate<'a>> {
        let certificate = pool.iter().find(|c| match self.id {
            SignerId::Issuer { issuer, serial } => c.issuer.raw == issuer && c.serial == serial,
            SignerId::Key(key) => c.key_id == Some(key),
        });
        let certificate = certificate.ok_or_else(|| {
            Fault::Broken("the certificate of its signer is not in it, or cannot be read".into())
        })?;
        let right = match &self.attributes {
            None => self.scheme.verify(&certificate.key, content, self.signature)?,
            Some(attributes) => {
                let kind = self.signed_value(CONTENT_TYPE)?.oid()?;
                if kind != content_type {
                    return Err(Fault::Broken(format!("it was made of {kind}, not of {content_type}")));
                }
                let digest = self.signed_value(MESSAGE_DIGEST)?;
                self.digest.check(content, digest.body).map_err(|how| {
                    Fault::Broken(format!(
                        "what was signed is not what is there: its {} is {how}",
                        self.digest.name()
                    ))
                })?;
                // Signed as the set that they are, not as the field that they lie in.
                let set = [&[SET], &attributes.raw[1..]].concat();
                self.scheme.verify(&certificate.key, &set, self.signature)?
            }
        };
        if !right {
            let text = format!("the signature was not made with the key of '{}'", certificate.name());
            return Err(Fault::Broken(text));
        }
        Ok(certificate)
    }

    /// The one value of a signed attribute that must be there.
    fn signed_value(&self, kind: ObjectIdentifier) -> Checked<Value<'a>> {
        match values(self.attributes.as_ref(), kind)?.as_slice() {
            [one] => Ok(*one),
            list => {
                Err(Fault::Broken(format!("it has {} values of attribute {kind} instead of one", list.len())))
            }
        }
    }

    /// The signed attribute of this kind, if it is there.
    pub(super) fn attribute(&self, kind: ObjectIdentifier) -> Checked<Option<Value<'a>>> {
        Ok(values(self.attributes.as_ref(), kind)?.first().copied())
    }

    /// The values of an attribute that is not signed.
    pub(super) fn unsigned(&self, kind: ObjectIdentifier) -> Checked<Vec<Value<'a>>> {
        values(self.unsigned.as_ref(), kind)
    }
}

/// The values of all attributes of a kind.
fn values<'a>(attributes: Option<&Value<'a>>, kind: ObjectIdentifier) -> Checked<Vec<Value<'a>>> {
    let mut found = Vec::new();
    let list = attributes.map(|set| set.walk().all(MAX_ATTRIBUTES, "attributes")).transpose()?;
    for attribute in list.into_iter().flatten() {
        let mut fields = attribute.walk();
        if fields.take(OID, "an attribute's name")?.oid()? == kind {
            found.extend(fields.take(SET, "an attribute")?.walk().all(MAX_ATTRIBUTES, "values")?);
        }
    }
    Ok(found)
}
