//! The Authenticode signature of a cabinet file: which bytes it is over.
//!
//! It covers the whole file but the places that signing itself fills in: the first reserved field, the part's number in
//! its set, and of the reserve all but the last four bytes. It lies behind the cabinet.

use super::Cabinet;
use super::header::Part;
use crate::base::{Bytes, Phase, Progress};
use crate::error::Result;
use crate::package::signature::{Embedded, FileDigest, SignatureCheck, SignatureState, embedded};

/// Bytes of a signature, at most; the largest of Microsoft's have 16 KiB.
const MAX_SIGNATURE: u64 = 1 << 20;
/// Where the reserve's uncovered bytes end and its last four begin.
const COVERED: u64 = 56;
const STEP: u64 = 1 << 20;
const BROKEN: SignatureState = SignatureState::Broken;

impl Cabinet {
    /// Checks the Authenticode signature: the digest of the whole file, the signer's signature, the time stamp and the
    /// chain of certificates. Of the parts of a split set, each is checked, and the worst of them counts.
    pub fn check_signature(&self, progress: &Progress) -> Result<SignatureCheck> {
        let parts: Result<Vec<_>> = self.parts.iter().map(|part| part.check_signature(progress)).collect();
        let unsigned = || SignatureCheck::new(SignatureState::Unsigned, "there is no signature");
        Ok(parts?.into_iter().min_by_key(|c| c.state).unwrap_or_else(unsigned))
    }
}

impl Part {
    fn check_signature(&self, progress: &Progress) -> Result<SignatureCheck> {
        let Some(place) = self.signature else {
            return Ok(SignatureCheck::new(SignatureState::Unsigned, "there is no signature"));
        };
        let total = self.source.size();
        let broken = |text: &str| SignatureCheck::new(BROKEN, format!("the signature is broken: {text}"));
        match place.offset.checked_add(place.size) {
            Some(end) if end == total => {}
            Some(end) if end < total => return Ok(broken("bytes follow that it does not cover")),
            _ => return Ok(broken("it lies past the end of the file")),
        }
        if place.size > MAX_SIGNATURE {
            return Ok(broken("it is larger than any real one"));
        }
        let bytes = self.source.read_vec(place.offset, place.size as usize)?;
        let embedded = match embedded(&bytes) {
            Ok(embedded) => embedded,
            Err(check) => return Ok(check),
        };
        if !self.covers_folders(place.offset)? {
            return Ok(broken("the header's tables are not where a signed cabinet has them"));
        }
        self.finish(embedded, place.offset, progress)
    }

    /// Whether the folder table, as a signed cabinet has it without reserve of its own, ends where the files begin.
    fn covers_folders(&self, end: u64) -> Result<bool> {
        let head = self.source.read_vec(0, COVERED as usize)?;
        let (files, folder_reserve) = (Bytes::at(&head, 16)?.u32()?, Bytes::at(&head, 38)?.u8()?);
        Ok(folder_reserve == 0 && u64::from(files) <= end)
    }

    fn finish(&self, embedded: Embedded<'_>, end: u64, progress: &Progress) -> Result<SignatureCheck> {
        let mut digests: Vec<_> = embedded.digests.iter().map(FileDigest::begin).collect();
        let meter = progress.begin(Phase::Hash, 1, end);
        let mut buffer = vec![0; STEP.min(end) as usize];
        for (mut from, to) in [(0, 4), (8, 34), (COVERED, end)] {
            while from < to {
                let step = STEP.min(to - from);
                let part = &mut buffer[..step as usize];
                self.source.read_exact_at(part, from)?;
                for digest in &mut digests {
                    digest.update(part);
                }
                from += step;
                meter.add_bytes(step)?;
            }
        }
        Ok(embedded.finish(digests))
    }
}
