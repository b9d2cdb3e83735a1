//! Digests and signature schemes by their object identifiers; the arithmetic is `ring`'s.

use super::{Checked, Fault};
use crate::base::FileHash;
use der::asn1::ObjectIdentifier;
use ring::{digest, signature};
use std::fmt;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_SHA1: ObjectIdentifier = oid("1.2.840.113549.1.1.5");
/// The same by its older name.
const RSA_SHA1_OIW: ObjectIdentifier = oid("1.3.14.3.2.29");
const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const EC_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
const EC_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");

/// A digest algorithm. SHA-1 is among them: the updates of Windows 7 have nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn of(id: ObjectIdentifier) -> Checked<Self> {
        match id {
            SHA1 => Ok(Self::Sha1),
            SHA256 => Ok(Self::Sha256),
            SHA384 => Ok(Self::Sha384),
            SHA512 => Ok(Self::Sha512),
            other => Err(Fault::Unknown(format!("its digest algorithm {other} is not known here"))),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    fn ring(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    /// A digest taken in pieces.
    pub(super) fn begin(self) -> digest::Context {
        digest::Context::new(self.ring())
    }

    /// Whether `data` has this digest; else what it has, for the message.
    pub(super) fn check(self, data: &[u8], expected: &[u8]) -> Result<(), String> {
        same(digest::digest(self.ring(), data).as_ref(), expected)
    }

    /// The digest of a catalog's member as a value of its own.
    pub(super) fn file_hash(self, value: &[u8]) -> Option<FileHash> {
        FileHash::new(self.name(), value).ok()
    }
}

/// Whether two digests are the same; else a part of a sentence with both.
pub(super) fn same(have: &[u8], expected: &[u8]) -> Result<(), String> {
    if have == expected { Ok(()) } else { Err(format!("{} instead of {}", Hex(have), Hex(expected))) }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// A public key as a certificate holds it.
#[derive(Clone, Copy)]
pub(super) struct PublicKey<'a> {
    pub algorithm: ObjectIdentifier,
    pub curve: Option<ObjectIdentifier>,
    pub bits: &'a [u8],
}

/// How a signature was made.
#[derive(Clone, Copy)]
pub(super) enum Scheme {
    Rsa(Hash),
    Ecdsa(Hash),
}

impl Scheme {
    /// The scheme of this name. One that names the key's kind alone takes the digest from elsewhere.
    pub(super) fn of(id: ObjectIdentifier, digest: Option<Hash>) -> Checked<Self> {
        let named = match id {
            RSA => digest.map(Self::Rsa),
            RSA_SHA1 | RSA_SHA1_OIW => Some(Self::Rsa(Hash::Sha1)),
            RSA_SHA256 => Some(Self::Rsa(Hash::Sha256)),
            RSA_SHA384 => Some(Self::Rsa(Hash::Sha384)),
            RSA_SHA512 => Some(Self::Rsa(Hash::Sha512)),
            EC => digest.map(Self::Ecdsa),
            EC_SHA256 => Some(Self::Ecdsa(Hash::Sha256)),
            EC_SHA384 => Some(Self::Ecdsa(Hash::Sha384)),
            _ => None,
        };
        named.ok_or_else(|| Fault::Unknown(format!("its signature algorithm {id} is not known here")))
    }

    /// Whether `key` made `signature` of `message`.
    pub(super) fn verify(self, key: &PublicKey<'_>, message: &[u8], signature: &[u8]) -> Checked<bool> {
        let algorithm: &'static dyn signature::VerificationAlgorithm = match (self, key.algorithm, key.curve)
        {
            (Self::Rsa(Hash::Sha1), RSA, _) => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            (Self::Rsa(Hash::Sha256), RSA, _) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            (Self::Rsa(Hash::Sha384), RSA, _) => &signature::RSA_PKCS1_2048_8192_SHA384,
            (Self::Rsa(Hash::Sha512), RSA, _) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
            (Self::Ecdsa(Hash::Sha256), EC, Some(P256)) => &signature::ECDSA_P256_SHA256_ASN1,
            (Self::Ecdsa(Hash::Sha384), EC, Some(P256)) => &signature::ECDSA_P256_SHA384_ASN1,
            (Self::Ecdsa(Hash::Sha256), EC, Some(P384)) => &signature::ECDSA_P384_SHA256_ASN1,
            (Self::Ecdsa(Hash::Sha384), EC, Some(P384)) => &signature::ECDSA_P384_SHA384_ASN1,
            _ => {
                return Err(Fault::Unknown(
                    "it is made with a kind of key that is not known here".to_owned(),
                ));
            }
        };
        Ok(signature::UnparsedPublicKey::new(algorithm, key.bits).verify(message, signature).is_ok())
    }
}
