//! Who signed an update: Authenticode signatures of cabinets and signed catalogs, checked down to a root certificate.
//!
//! Facts: RFC 5652 and 5280, RFC 3161, Microsoft's "Windows Authenticode Portable Executable Signature Format"; judged by
//! `osslsigncode`. The structures are walked with the `der` crate and never encoded again, because a signature is over the
//! bytes as they are; the arithmetic is `ring`'s.

mod algorithm;
mod catalog;
mod certificate;
mod chain;
mod der;
mod roots;
mod signed;
mod timestamp;

use ::der::asn1::ObjectIdentifier;
use ::ring::digest;
use chain::{End, follow};
use serde::Serialize;
use signed::SignedData;
use std::time::{SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use catalog::Catalog;

/// What Authenticode signs: a digest of the file, with what kind of file it is.
const INDIRECT_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.2.1.4");
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
/// Whole signatures in the attributes of another: a second digest algorithm beside the first.
const NESTED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.2.4.1");
const MICROSOFT: &str = "Microsoft Corporation";

/// How the signature of a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SignatureState {
    /// The file is not what was signed, or the signature not what it says: something was changed.
    Broken,
    /// There is no signature.
    Unsigned,
    /// There is one, of a kind that cannot be checked here.
    Unknown,
    /// The signature is right, and who made it is not known here.
    Valid,
    /// The signature is right, and Microsoft made it: its chain of certificates ends in a root of Microsoft's.
    Microsoft,
}

impl SignatureState {
    /// The word for it: `microsoft`, `valid`, `unknown`, `unsigned`, `broken`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Unsigned => "unsigned",
            Self::Unknown => "unknown",
            Self::Valid => "valid",
            Self::Microsoft => "microsoft",
        }
    }
}

/// The outcome of checking a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SignatureCheck {
    /// How it stands.
    pub state: SignatureState,
    /// Why, in a sentence.
    pub reason: String,
    /// Whom the signer's certificate names.
    pub signer: Option<String>,
    /// The root certificate that the chain ends in, where it is a known one.
    pub root: Option<String>,
    /// When it was signed, in RFC 3339, where a time service vouches for it.
    pub signed_at: Option<String>,
    /// The digest algorithm.
    pub digest: Option<&'static str>,
}

impl SignatureCheck {
    pub(crate) fn new(state: SignatureState, reason: impl Into<String>) -> Self {
        Self { state, reason: reason.into(), signer: None, root: None, signed_at: None, digest: None }
    }

    /// Whether the file was changed since it was signed, or the signature is forged.
    pub fn is_broken(&self) -> bool {
        self.state == SignatureState::Broken
    }

    /// The same of a file inside another.
    #[must_use]
    pub(crate) fn within(mut self, name: &str) -> Self {
        self.reason = format!("{name}: {}", self.reason);
        self
    }
}

/// Why a signature cannot be called right.
#[derive(Debug)]
enum Fault {
    Broken(String),
    Unknown(String),
}

type Checked<T> = Result<T, Fault>;

impl From<Fault> for SignatureCheck {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Broken(text) => {
                Self::new(SignatureState::Broken, format!("the signature is broken: {text}"))
            }
            Fault::Unknown(text) => {
                Self::new(SignatureState::Unknown, format!("the signature cannot be checked: {text}"))
            }
        }
    }
}

/// The digest that a signature names for its file, and how to take the same of the file.
pub(super) struct FileDigest<'a> {
    algorithm: algorithm::Hash,
    value: &'a [u8],
}

impl FileDigest<'_> {
    pub(super) fn begin(&self) -> digest::Context {
        self.algorithm.begin()
    }
}

/// Signatures of one file: the first and those nested in it, whose digests the caller compares with the file's.
pub(super) struct Embedded<'a> {
    pub digests: Vec<FileDigest<'a>>,
    check: SignatureCheck,
}

/// Reads and verifies everything about an Authenticode signature but the digest of the file.
pub(super) fn embedded(bytes: &[u8]) -> Result<Embedded<'_>, SignatureCheck> {
    let parse = || -> Checked<Embedded<'_>> {
        let first = SignedData::parse(bytes)?;
        let (mut digests, check) = (vec![indirect(&first)?], judge(&first, INDIRECT_DATA)?);
        for nested in first.signer()?.unsigned(NESTED)? {
            let data = SignedData::parse(nested.raw)?;
            digests.push(indirect(&data)?);
            judge(&data, INDIRECT_DATA)?;
        }
        Ok(Embedded { digests, check })
    };
    parse().map_err(Into::into)
}

impl Embedded<'_> {
    /// The outcome, given the file's digests in the order of [`digests`](Self::digests).
    pub(super) fn finish(self, found: Vec<digest::Context>) -> SignatureCheck {
        for (expected, found) in self.digests.iter().zip(found) {
            if let Err(how) = algorithm::same(found.finish().as_ref(), expected.value) {
                let text = format!("the file was changed: its {} is {how}", expected.algorithm.name());
                return Fault::Broken(text).into();
            }
        }
        self.check
    }
}

/// The digest in the SpcIndirectDataContent that was signed.
fn indirect<'a>(signed: &SignedData<'a>) -> Checked<FileDigest<'a>> {
    if signed.content_type != INDIRECT_DATA {
        return Err(Fault::Broken(format!("it signs {} instead of a file", signed.content_type)));
    }
    let (algorithm, value) = indirect_digest(signed.content)?;
    Ok(FileDigest { algorithm, value })
}

/// Algorithm and digest of the fields of an SpcIndirectDataContent.
fn indirect_digest(fields: &[u8]) -> Checked<(algorithm::Hash, &[u8])> {
    let mut fields = der::Walk::new(fields);
    fields.take(der::SEQUENCE, "the file's kind")?;
    let mut info = fields.take(der::SEQUENCE, "the file's digest")?.walk();
    let (id, _) = certificate::algorithm(&info.take(der::SEQUENCE, "the digest's algorithm")?)?;
    Ok((algorithm::Hash::of(id)?, info.take(der::OCTET_STRING, "the digest")?.body))
}

/// Verifies signer, time stamp and chain, and says what they are worth.
fn judge(signed: &SignedData<'_>, content_type: ObjectIdentifier) -> Checked<SignatureCheck> {
    let signer = signed.signer()?;
    let certificate = signer.verify(&signed.certificates, content_type, signed.content)?;
    let stamp = timestamp::stamp(signer, &signed.certificates)?;
    let trusted = stamp.as_ref().filter(|s| matches!(s.end, End::Root(_))).map(|s| s.at);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64);
    let end = follow(certificate, &signed.certificates, CODE_SIGNING, trusted.unwrap_or(now))?;
    let by = certificate.name();
    let when = trusted.map(|at| format!(" on {}", date(at))).unwrap_or_default();
    let mut check = SignatureCheck {
        state: SignatureState::Valid,
        reason: String::new(),
        signer: Some(by.clone()),
        root: None,
        signed_at: trusted.map(rfc3339),
        digest: Some(signer.digest.name()),
    };
    let doubt = match end {
        End::Unknown(why) => Some(why),
        End::Root(root) => {
            check.root = Some(root.name.clone());
            let named = certificate.organisation().is_some_and(|o| o == MICROSOFT);
            if !root.code {
                Some(format!("its chain ends in '{}', below which not only Microsoft signs", root.name))
            } else if !named {
                Some(format!("its signer is not {MICROSOFT}, though its chain ends in '{}'", root.name))
            } else if !certificate.names_purpose(CODE_SIGNING) || !certificate.may_sign() {
                Some(format!("the certificate '{by}' is not for signing code"))
            } else {
                None
            }
        }
    };
    let stamped = match stamp.map(|s| s.end) {
        Some(End::Unknown(why)) => format!("; its time stamp counts for nothing, because {why}"),
        _ => String::new(),
    };
    (check.state, check.reason) = match (doubt, &check.root) {
        (None, Some(root)) => (
            SignatureState::Microsoft,
            format!("signed by Microsoft ('{by}'){when}; the chain ends in '{root}'"),
        ),
        (why, _) => {
            let why = why.unwrap_or_default();
            (SignatureState::Valid, format!("signed by '{by}'{when}, who is not known here: {why}{stamped}"))
        }
    };
    Ok(check)
}

fn rfc3339(at: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at).ok().and_then(|t| t.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The day of a time, as in `2019-12-07`.
fn date(at: i64) -> String {
    let text = rfc3339(at);
    text.split('T').next().unwrap_or_default().to_owned()
}
