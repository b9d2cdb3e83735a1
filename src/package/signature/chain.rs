//! From a signer's certificate to a root.

use super::certificate::{Certificate, name};
use super::roots::{Root, roots};
use super::{Checked, Fault, date};
use der::asn1::ObjectIdentifier;

/// Certificates between a signer and its root, at most; Microsoft's chains have one or two.
const MAX_LENGTH: usize = 8;

/// How a chain ends.
pub(super) enum End {
    /// In a root that is known.
    Root(&'static Root),
    /// Elsewhere, or not as a chain should: why it says nothing about who signed.
    Unknown(String),
}

/// Follows the issuers of `signer` through `pool`, the certificates that came with the signature, to a root. Every
/// certificate must have been in force at `at` and serve `purpose`.
///
/// A certificate whose issuer is there and did not sign it is a forgery, and that an error.
pub(super) fn follow(
    signer: &Certificate<'_>,
    pool: &[Certificate<'_>],
    purpose: ObjectIdentifier,
    at: i64,
) -> Checked<End> {
    let mut doubt: Option<String> = None;
    let mut current = signer.clone();
    for _ in 0..MAX_LENGTH {
        if let Some(root) = roots().iter().find(|r| r.certificate.raw == current.raw) {
            return Ok(doubt.map_or(End::Root(root), End::Unknown));
        }
        doubt = doubt.or_else(|| weakness(&current, purpose, at));
        let own = current.issuer.raw == current.subject.raw;
        let known = roots().iter().filter(|r| r.certificate.subject.raw == current.issuer.raw);
        let others = pool.iter().filter(|c| c.raw != current.raw && c.subject.raw == current.issuer.raw);
        let issuers: Vec<&Certificate<'_>> = known.map(|r| &r.certificate).chain(others).collect();
        let mut issuer = None;
        for candidate in &issuers {
            if current.is_signed_by(candidate)? {
                issuer = Some((*candidate).clone());
                break;
            }
        }
        match issuer {
            Some(next) => {
                let root = roots().iter().any(|r| r.certificate.raw == next.raw);
                if !root && !next.may_issue() {
                    let text = format!(
                        "the certificate '{}' was issued with '{}', which may not issue any",
                        current.name(),
                        next.name()
                    );
                    return Err(Fault::Broken(text));
                }
                current = next;
            }
            None if own && current.is_signed_by(&current)? => {
                let text = format!("its chain ends in '{}', which is no root known here", current.name());
                return Ok(End::Unknown(doubt.unwrap_or(text)));
            }
            None if own || !issuers.is_empty() => {
                let issuer = name(&current.issuer);
                let text =
                    format!("the certificate '{}' is not signed by '{issuer}' as it says", current.name());
                return Err(Fault::Broken(text));
            }
            None => {
                let text = format!(
                    "its chain ends in '{}', whose issuer '{}' is not known here",
                    current.name(),
                    name(&current.issuer)
                );
                return Ok(End::Unknown(doubt.unwrap_or(text)));
            }
        }
    }
    Ok(End::Unknown(doubt.unwrap_or_else(|| "its chain of certificates is too long".to_owned())))
}

/// Why a certificate does not hold for this purpose at this time.
fn weakness(certificate: &Certificate<'_>, purpose: ObjectIdentifier, at: i64) -> Option<String> {
    let name = certificate.name();
    if at < certificate.not_before || at > certificate.not_after {
        return Some(format!("the certificate '{name}' was not in force on {}", date(at)));
    }
    if !certificate.serves(purpose) {
        return Some(format!("the certificate '{name}' is not for this purpose"));
    }
    let id = certificate.unknown_extension()?;
    Some(format!("the certificate '{name}' has a critical extension {id} that is not known here"))
}
