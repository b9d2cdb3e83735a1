//! Units of small blobs: read together, decoded and hashed one after the other.

use super::{Pass, UNIT, Visitor};
use crate::base::Sha1Hasher;
use crate::error::Result;
use crate::wim::read::check_digest;
use crate::wim::solid::StoredBlob;
use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

impl<V: Visitor> Pass<'_, V> {
    /// Resources that follow each other closely are read at once.
    pub(super) fn small(&self, range: Range<usize>, (packed, out): &mut (Vec<u8>, Vec<u8>)) -> Result<()> {
        let together = self.read_together(&self.blobs[range.clone()], packed);
        for blob in &self.blobs[range] {
            if self.stop.load(Relaxed) {
                return Ok(());
            }
            let (resource, source) = self.file.place(blob)?;
            let decoded = match together {
                Some(base) => {
                    let at = (resource.offset - base) as usize;
                    resource.decode_stored(&packed[at..at + resource.stored_size as usize], out)
                }
                None => resource.decode_whole(&**source, packed, out),
            };
            let result = decoded.and_then(|()| {
                let mut hasher = Sha1Hasher::default();
                hasher.update(out);
                check_digest(blob, hasher)
            });
            match result {
                Ok(()) => self.visitor.whole(blob, out)?,
                Err(e) => self.visitor.failed(blob, None, self.file.named(blob, e))?,
            }
            self.meter.done_with(|| blob.sha1.to_string(), blob.size)?;
        }
        Ok(())
    }

    /// Reads what lies from the first of these resources to the end of the last into `packed` and gives its offset,
    /// where that is little more than the resources themselves.
    fn read_together(&self, blobs: &[StoredBlob], packed: &mut Vec<u8>) -> Option<u64> {
        let places = blobs.iter().map(|blob| self.file.place(blob).ok());
        let (mut span, mut own, mut part) = (None::<Range<u64>>, 0u64, None);
        for place in places {
            let (resource, _) = place?;
            let end = resource.offset.checked_add(resource.stored_size)?;
            let grown = span.get_or_insert(resource.offset..end);
            grown.end = grown.end.max(end);
            own = own.checked_add(resource.stored_size)?;
            if *part.get_or_insert(resource.part) != resource.part {
                return None;
            }
        }
        let (span, (_, source)) = (span?, self.file.place(blobs.first()?).ok()?);
        let len = span.end - span.start;
        if blobs.len() < 2 || len > own + own / 4 || len > 2 * UNIT || span.end > source.size() {
            return None;
        }
        packed.resize(len as usize, 0);
        source.read_exact_at(packed, span.start).ok()?;
        Some(span.start)
    }
}
