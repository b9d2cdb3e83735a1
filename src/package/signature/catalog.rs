//! Signed catalogs (`.cat`): a list of digests with a signature, by which Windows trusts manifests.

use super::der::{OCTET_STRING, OID, SEQUENCE, SET, Value, Walk, context};
use super::signed::SignedData;
use super::{Checked, Fault, INDIRECT_DATA, SignatureCheck, SignatureState, indirect_digest, judge};
use crate::base::{FileHash, Limits, Sha1Digest, Sha256Digest};
use crate::error::Result;
use der::asn1::ObjectIdentifier;
use std::collections::HashSet;

/// A certificate trust list, whose form catalogs have.
const TRUST_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.1");
const MAX_ATTRIBUTES: usize = 64;

/// A signed catalog.
///
/// ```
/// use wimwright::base::{Limits, sha1, sha256};
/// use wimwright::package::{Catalog, SignatureState};
///
/// let catalog = Catalog::parse(b"signed by nobody", &Limits::default())?;
/// assert_eq!(catalog.check().state, SignatureState::Unsigned);
/// assert!(catalog.is_empty() && catalog.len() == 0 && !catalog.names(sha1(b"a"), sha256(b"a")));
/// # Ok::<(), wimwright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalog {
    check: SignatureCheck,
    members: HashSet<FileHash>,
}

impl Catalog {
    /// Reads a catalog and verifies its signature. What is no catalog at all is one without a signature; the error is for
    /// what is over the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Limits::check("the catalog's size", bytes.len() as u64, limits.max_document)?;
        let mut members = HashSet::new();
        // DER begins so; a file that does not claims nothing.
        if bytes.first() != Some(&SEQUENCE) {
            let check = SignatureCheck::new(SignatureState::Unsigned, "it is no signed catalog");
            return Ok(Self { check, members });
        }
        let check = read(bytes, limits.max_entries as usize, &mut members);
        let check = check.unwrap_or_else(|fault| {
            members.clear();
            fault.into()
        });
        Ok(Self { check, members })
    }

    /// How its signature stands.
    pub fn check(&self) -> &SignatureCheck {
        &self.check
    }

    /// How many digests it names.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether it names a file with these digests.
    pub fn names(&self, sha1: Sha1Digest, sha256: Sha256Digest) -> bool {
        self.members.contains(&FileHash::Sha256(sha256)) || self.members.contains(&FileHash::Sha1(sha1))
    }
}

fn read(bytes: &[u8], most: usize, members: &mut HashSet<FileHash>) -> Checked<SignatureCheck> {
    let signed = SignedData::parse(bytes)?;
    if signed.content_type != TRUST_LIST {
        return Err(Fault::Broken(format!("it signs {} instead of a catalog", signed.content_type)));
    }
    let check = judge(&signed, TRUST_LIST)?;
    // Version, usage, identifier, number, times, algorithm; the list is the sequence of sequences among them that is
    // not the algorithm and not the usage, which begin with an object identifier.
    let mut fields = Walk::new(signed.content);
    while let Some(field) = fields.next()? {
        if field.tag == SEQUENCE && field.body.first() != Some(&OID) {
            for member in field.walk().all(most, "members")? {
                members.extend(digest(&member)?);
            }
        }
        if field.tag == context(0) {
            break;
        }
    }
    Ok(check)
}

/// The digest that a member stands for.
fn digest(member: &Value<'_>) -> Checked<Option<FileHash>> {
    let mut fields = member.walk();
    fields.take(OCTET_STRING, "a member's tag")?;
    let attributes = fields.maybe(SET)?;
    for attribute in
        attributes.map(|set| set.walk().all(MAX_ATTRIBUTES, "attributes")).transpose()?.into_iter().flatten()
    {
        let mut fields = attribute.walk();
        if fields.take(OID, "an attribute's name")?.oid()? == INDIRECT_DATA {
            let content = fields.take(SET, "an attribute")?.walk().take(SEQUENCE, "a member's digest")?;
            let (algorithm, value) = indirect_digest(content.body)?;
            return Ok(algorithm.file_hash(value));
        }
    }
    Ok(None)
}
