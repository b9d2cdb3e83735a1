//! Who made a file of prestaged content: an Ed25519 signature of its manifest, with keys as OpenSSL writes them.

use crate::base::base64_decode;
use crate::error::{Error, ErrorKind, Result};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use std::path::Path;

/// What stands before the 32 bytes of a public key in DER: that it is one of Ed25519.
const PUBLIC: [u8; 12] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];
/// Larger files are no keys.
const MOST: u64 = 64 << 10;
const HOW: &str = "`openssl genpkey -algorithm ed25519 -out key.pem` makes one, `openssl pkey -in key.pem -pubout` its public \
                   half";

/// A private key that signs prestaged content.
pub struct SigningKey(Ed25519KeyPair);

/// The public half of such a key.
pub struct VerifyingKey([u8; 32]);

impl SigningKey {
    /// Reads a key: PKCS #8 in PEM, not encrypted, of Ed25519. No message holds a part of it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let der = pem(path, "PRIVATE KEY")?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        key.map(Self).map_err(|_| wrong(path, &format!("is no private key of Ed25519; {HOW}")))
    }

    pub(super) fn sign(&self, data: &[u8]) -> Vec<u8> {
        self.0.sign(data).as_ref().to_vec()
    }
}

impl VerifyingKey {
    /// Reads a key: the public key in PEM, of Ed25519.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let der = pem(path, "PUBLIC KEY")?;
        let key = der.strip_prefix(&PUBLIC).and_then(|rest| rest.try_into().ok());
        key.map(Self).ok_or_else(|| wrong(path, &format!("is no public key of Ed25519; {HOW}")))
    }

    pub(super) fn verifies(&self, data: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(data, signature).is_ok()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifyingKey(..)")
    }
}

fn wrong(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, why).with_path(path.display())
}

/// What a PEM file says in the section of this name.
fn pem(path: &Path, label: &str) -> Result<Vec<u8>> {
    let failed = |e| Error::io("read the key", path, e);
    if path.metadata().map_err(failed)?.len() > MOST {
        return Err(wrong(path, "is too large for a key"));
    }
    let text = String::from_utf8_lossy(&std::fs::read(path).map_err(failed)?).into_owned();
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let section = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end)).map(|(body, _)| body);
    let Some(section) = section else {
        let other = text.split("-----BEGIN ").nth(1).and_then(|rest| rest.split("-----").next());
        let why = match other {
            Some(other) => format!("holds a '{other}' and no '{label}'; {HOW}"),
            None => format!("holds no '{label}' in PEM; {HOW}"),
        };
        return Err(wrong(path, &why));
    };
    let plain: String = section.split_whitespace().collect();
    base64_decode(&plain).ok_or_else(|| wrong(path, "is not base64 between its marks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by OpenSSL 3.
    const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEII8v3r008PVl/ArnxYrMfufJK7Yj1ZIqBb8Y5hijHbha\n-----END PRIVATE KEY-----\n";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA9BSPhGjplhUr6lP2pIrhxhdzsWbFs1wAEygQnuZuxSw=\n-----END PUBLIC KEY-----\n";
    const SIGNATURE: &str =
        "e6PC1q988e2dXKyYnuAt1MpCSSLi3740AVAWjrAb7mUPZoeK/6XH6eU0qz9BD7qXhMg/vDlCU1olpPzKvGdwBQ==";

    #[test]
    fn signatures_are_those_of_openssl() {
        let dir = tempfile::tempdir().unwrap();
        let (private, public) = (dir.path().join("key.pem"), dir.path().join("key.pub"));
        std::fs::write(&private, PRIVATE).unwrap();
        std::fs::write(&public, PUBLIC).unwrap();
        let (signs, verifies) = (SigningKey::read(&private).unwrap(), VerifyingKey::read(&public).unwrap());
        let expected = base64_decode(SIGNATURE).unwrap();
        assert_eq!(signs.sign(b"a manifest"), expected);
        assert!(verifies.verifies(b"a manifest", &expected));
        assert!(
            !verifies.verifies(b"a Manifest", &expected) && !verifies.verifies(b"a manifest", &expected[1..])
        );
        let said = VerifyingKey::read(&private).unwrap_err().to_string();
        assert!(said.contains("'PRIVATE KEY'") && said.contains("openssl"), "{said}");
        for text in
            ["", "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----"]
        {
            std::fs::write(&private, text).unwrap();
            assert_eq!(SigningKey::read(&private).unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
    }
}
