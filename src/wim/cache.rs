//! A few decoded chunks and chunk tables kept for random access, within a bound.

use super::resource::ChunkTable;
use crate::error::Result;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Chunk tables are small; when they add up to this many chunks all are dropped.
const MOST_TABLE_ENTRIES: u64 = 4 << 20;

/// Chunk `1` of resource `0`.
type Key = (u32, u64);
/// Empty until its first user has decoded it; the others wait for that instead of decoding it again.
type Slot = Arc<Mutex<Option<Arc<Vec<u8>>>>>;

#[derive(Default)]
struct State {
    chunks: HashMap<Key, (Slot, u64, usize)>,
    bytes: usize,
    clock: u64,
    tables: HashMap<u32, Arc<ChunkTable>>,
    table_entries: u64,
}

pub(super) struct ChunkCache {
    state: Mutex<State>,
    capacity: usize,
}

impl ChunkCache {
    /// Keeps at most `capacity` bytes, or one chunk where that is more.
    pub fn new(capacity: u64) -> Self {
        Self { state: Mutex::default(), capacity: usize::try_from(capacity).unwrap_or(usize::MAX) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The chunk, decoded by `decode` unless it is here already.
    pub fn chunk(&self, key: Key, decode: impl FnOnce() -> Result<Vec<u8>>) -> Result<Arc<Vec<u8>>> {
        let slot = {
            let mut state = self.state();
            state.clock += 1;
            let now = state.clock;
            let entry = state.chunks.entry(key).or_default();
            entry.1 = now;
            entry.0.clone()
        };
        let mut data = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(data) = &*data {
            return Ok(data.clone());
        }
        match decode() {
            Ok(bytes) => {
                let bytes = Arc::new(bytes);
                *data = Some(bytes.clone());
                self.count(key, &slot, bytes.len());
                Ok(bytes)
            }
            Err(e) => {
                self.state().chunks.remove(&key);
                Err(e)
            }
        }
    }

    fn count(&self, key: Key, slot: &Slot, len: usize) {
        let mut state = self.state();
        match state.chunks.get_mut(&key) {
            Some(entry) if Arc::ptr_eq(&entry.0, slot) => entry.2 = len,
            _ => return,
        }
        state.bytes += len;
        while state.bytes > self.capacity {
            let oldest = state.chunks.iter().filter(|(k, v)| **k != key && v.2 > 0).min_by_key(|(_, v)| v.1);
            let Some((&oldest, _)) = oldest else { break };
            if let Some((_, _, len)) = state.chunks.remove(&oldest) {
                state.bytes -= len;
            }
        }
    }

    /// The chunk table of a resource with `entries` chunks, read by `read` unless it is here already.
    pub fn table(
        &self,
        resource: u32,
        entries: u64,
        read: impl FnOnce() -> Result<ChunkTable>,
    ) -> Result<Arc<ChunkTable>> {
        if let Some(table) = self.state().tables.get(&resource) {
            return Ok(table.clone());
        }
        let table = Arc::new(read()?);
        let mut state = self.state();
        if state.table_entries + entries > MOST_TABLE_ENTRIES {
            state.tables.clear();
            state.table_entries = 0;
        }
        if state.tables.insert(resource, table.clone()).is_none() {
            state.table_entries += entries;
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_chunk_is_decoded_once_for_all_and_the_oldest_goes() {
        let cache = ChunkCache::new(100);
        let decoded = AtomicUsize::new(0);
        let get = |n: u64| {
            cache.chunk((0, n), || {
                decoded.fetch_add(1, Ordering::Relaxed);
                Ok(vec![n as u8; 40])
            })
        };
        std::thread::scope(|s| {
            for _ in 0..8 {
                s.spawn(|| assert_eq!(*get(1).unwrap(), vec![1; 40]));
            }
        });
        assert_eq!(decoded.load(Ordering::Relaxed), 1);
        get(2).unwrap();
        get(1).unwrap();
        get(3).unwrap();
        assert_eq!(decoded.load(Ordering::Relaxed), 3);
        get(1).unwrap();
        assert_eq!(decoded.load(Ordering::Relaxed), 3);
        get(2).unwrap();
        assert_eq!(decoded.load(Ordering::Relaxed), 4);
        assert!(cache.chunk((1, 1), || Err(Error::malformed("x"))).is_err());
        assert!(cache.chunk((1, 1), || Ok(vec![0])).is_ok());
    }
}
