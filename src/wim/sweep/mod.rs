//! One pass over many blobs in the order of the disk, on all cores: each chunk is decoded once, each blob hashed in
//! order, whatever it is then used for.
//!
//! The work is cut into units of about a megabyte: several small blobs, or some chunks of a large resource. Threads
//! take units in order; the decoded chunks of a large resource meet again in its [`Lane`], where whichever thread
//! holds the next piece hashes and hands it on. A budget bounds what is decoded and not handed on yet.

mod plan;
mod small;

use super::file::WimFile;
use super::read::check_digest;
use super::resource::{ChunkTable, Resource};
use super::solid::StoredBlob;
use crate::base::{Meter, Sha1Hasher, Source, run_all};
use crate::error::{Error, ErrorKind, Result};
use plan::{Plan, Work};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Decoded bytes of one unit of work, where chunks are not larger.
const UNIT: u64 = 1 << 20;
/// Bytes that may be decoded and not handed on yet, by all threads together.
const BUDGET: u64 = 320 << 20;
/// Chunks from this size on take so long that who cancels does not wait for them.
const LONG: u64 = 8 << 20;

/// What is done with the blobs. An error that a method returns stops the whole sweep.
pub(super) trait Visitor: Sync {
    /// What is kept for a blob between its pieces.
    type State: Send;
    /// All of a small blob; its digest is right.
    fn whole(&self, blob: &StoredBlob, data: &[u8]) -> Result<()>;
    /// A large blob begins.
    fn begin(&self, blob: &StoredBlob) -> Result<Self::State>;
    /// Its next bytes.
    fn data(&self, state: &mut Self::State, data: &[u8]) -> Result<()>;
    /// Its end; its digest is right.
    fn end(&self, blob: &StoredBlob, state: Self::State) -> Result<()>;
    /// The blob cannot be read or is not what its digest says. `state` where it had begun.
    fn failed(&self, blob: &StoredBlob, state: Option<Self::State>, error: Error) -> Result<()>;
}

/// Reads `blobs`, each listed once, in any order.
pub(super) fn sweep<V: Visitor>(
    file: &WimFile,
    blobs: &[StoredBlob],
    visitor: &V,
    meter: &Meter,
    threads: usize,
) -> Result<()> {
    let mut blobs = blobs.to_vec();
    let mut order = Vec::with_capacity(blobs.len());
    for blob in &blobs {
        let (resource, _) = file.place(blob)?;
        order.push((resource.part, resource.offset, blob.offset, *blob));
    }
    order.sort_unstable_by_key(|&(part, at, offset, _)| (part, at, offset));
    blobs.clear();
    blobs.extend(order.into_iter().map(|(.., blob)| blob));
    let plan = Plan::new(file, &blobs)?;
    let pass = Pass {
        file,
        blobs: &blobs,
        lanes: plan.lanes.iter().map(|_| Lane::default()).collect(),
        plan: &plan,
        visitor,
        meter,
        queue: Mutex::default(),
        room: Condvar::new(),
        stop: AtomicBool::new(false),
    };
    let threads = if plan.work.is_empty() { 1 } else { threads.max(1) };
    let results: Vec<Result<()>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| pass.work())).collect();
        let mut results = vec![pass.work()];
        results.extend(others.into_iter().map(|t| {
            t.join().unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "a reading thread panicked")))
        }));
        results
    });
    results.into_iter().collect()
}

/// One unit of work.
enum Unit {
    Small(Range<usize>),
    /// Chunks `chunks` of lane `lane`, its `turn`-th piece; `held` bytes of the budget are its own.
    Chunks {
        lane: usize,
        turn: usize,
        chunks: Range<u64>,
        held: u64,
    },
}

/// What comes next. The units of a large resource are cut one by one: its size is what the file claims, and a list
/// of them could take any room.
#[derive(Default)]
struct Queue {
    work: usize,
    /// In the lane at `work`: which of its blobs, which chunk, which turn.
    blob: usize,
    chunk: u64,
    turn: usize,
    /// Bytes of the budget that are taken.
    held: u64,
}

/// The decoded bytes of one unit, and where in the resource they belong.
struct Piece {
    span: Range<u64>,
    data: Result<Vec<u8>>,
    held: u64,
}

/// Where the pieces of one resource meet.
struct Lane<S> {
    state: Mutex<LaneState<S>>,
    /// Read once, and dropped when the last piece has been handed on.
    table: Mutex<Option<Result<Arc<ChunkTable>>>>,
    /// No chunk that ends before this place of the resource is wanted any more: its blob is lost.
    lost: AtomicU64,
}

struct LaneState<S> {
    turn: usize,
    waiting: BTreeMap<usize, Piece>,
    /// Taken out by the thread that hands pieces on; nobody else needs to wait for it.
    reader: Option<Reader<S>>,
}

impl<S> Default for Lane<S> {
    fn default() -> Self {
        let reader = Some(Reader { blob: 0, open: None });
        let state = Mutex::new(LaneState { turn: 0, waiting: BTreeMap::new(), reader });
        Self { state, table: Mutex::default(), lost: AtomicU64::new(0) }
    }
}

/// How far the blobs of a resource have been handed on.
struct Reader<S> {
    /// Which of the lane's blobs is next.
    blob: usize,
    /// It has begun: its state and hash, or what was wrong with it.
    open: Option<Result<(S, Sha1Hasher)>>,
}

struct Pass<'a, V: Visitor> {
    file: &'a WimFile,
    blobs: &'a [StoredBlob],
    plan: &'a Plan,
    lanes: Vec<Lane<V::State>>,
    visitor: &'a V,
    meter: &'a Meter,
    queue: Mutex<Queue>,
    room: Condvar,
    stop: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<V: Visitor> Pass<'_, V> {
    fn work(&self) -> Result<()> {
        let mut buffers = (Vec::new(), Vec::new());
        while let Some(unit) = self.next() {
            let result = match unit {
                Unit::Small(range) => self.small(range, &mut buffers),
                Unit::Chunks { lane, turn, chunks, held } => {
                    self.chunks(lane, turn, chunks, held, &mut buffers.0)
                }
            };
            if result.is_err() {
                self.stop.store(true, Relaxed);
                self.room.notify_all();
                return result;
            }
        }
        Ok(())
    }

    /// The next unit, once there is room for it. Units are admitted strictly in order, so what a lane waits for has
    /// always been admitted before what waits in it.
    fn next(&self) -> Option<Unit> {
        let mut queue = lock(&self.queue);
        loop {
            if self.stop.load(Relaxed) {
                return None;
            }
            let lane = match self.plan.work.get(queue.work)? {
                Work::Small(range) => {
                    queue.work += 1;
                    return Some(Unit::Small(range.clone()));
                }
                Work::Lane(lane) => *lane,
            };
            let Some((chunks, need)) = self.cut(lane, &mut queue) else {
                *queue = Queue { work: queue.work + 1, held: queue.held, ..Queue::default() };
                continue;
            };
            if queue.held == 0 || queue.held + need <= BUDGET {
                let turn = queue.turn;
                queue.chunk = chunks.end;
                queue.turn += 1;
                queue.held += need;
                return Some(Unit::Chunks { lane, turn, chunks, held: need });
            }
            queue = self.room.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next chunks of a lane that a blob needs, and the bytes that they hold: decoded ones, and half as much
    /// again for the stored ones. `None` at its end.
    fn cut(&self, lane: usize, queue: &mut Queue) -> Option<(Range<u64>, u64)> {
        let blobs = &self.blobs[self.plan.lanes[lane].clone()];
        let resource = self.file.place(blobs.first()?).ok()?.0;
        let size = resource.chunk_size;
        loop {
            let blob = blobs.get(queue.blob)?;
            let first = (blob.offset / size).max(queue.chunk);
            let end = (blob.offset + blob.size).div_ceil(size);
            if first >= end {
                queue.blob += 1;
                continue;
            }
            let lost = (self.lanes[lane].lost.load(Relaxed) / size).min(end);
            if lost > first {
                return Some((first..lost, 0));
            }
            let chunks = first..(first + (UNIT / size).max(1)).min(end);
            let span = resource.span(&chunks);
            return Some((chunks, (span.end - span.start) * 3 / 2));
        }
    }

    fn release(&self, bytes: u64) {
        lock(&self.queue).held -= bytes;
        self.room.notify_all();
    }

    fn chunks(
        &self,
        lane: usize,
        turn: usize,
        chunks: Range<u64>,
        held: u64,
        packed: &mut Vec<u8>,
    ) -> Result<()> {
        let blobs = &self.blobs[self.plan.lanes[lane].clone()];
        let lane = &self.lanes[lane];
        let (resource, source) = self.file.place(&blobs[0])?;
        let span = resource.span(&chunks);
        let data = if held == 0 {
            Err(Error::malformed("what comes before it is damaged"))
        } else {
            self.decode(lane, resource, source, chunks, packed)
        };
        if resource.chunk_size > UNIT {
            // As large as a chunk of a solid resource: not to be kept by every thread.
            *packed = Vec::new();
        }
        let mut state = lock(&lane.state);
        state.waiting.insert(turn, Piece { span, data, held });
        while let Some(mut reader) = state.reader.take() {
            let now = state.turn;
            let Some(piece) = state.waiting.remove(&now) else {
                state.reader = Some(reader);
                break;
            };
            state.turn += 1;
            drop(state);
            let result = self.hand_on(lane, blobs, &mut reader, &piece);
            let held = piece.held;
            drop(piece);
            self.release(held);
            result?;
            state = lock(&lane.state);
            if reader.blob < blobs.len() {
                state.reader = Some(reader);
            } else {
                *lock(&lane.table) = None;
            }
        }
        Ok(())
    }

    fn decode(
        &self,
        lane: &Lane<V::State>,
        resource: &Resource,
        source: &Source,
        chunks: Range<u64>,
        packed: &mut Vec<u8>,
    ) -> Result<Vec<u8>> {
        let table = {
            let mut table = lock(&lane.table);
            let read = || resource.table(&**source, self.file.limits()).map(Arc::new);
            match table.get_or_insert_with(read) {
                Ok(table) => table.clone(),
                Err(e) => {
                    lane.lost.store(u64::MAX, Relaxed);
                    return Err(again(e));
                }
            }
        };
        if resource.chunk_size >= LONG {
            let (resource, source) = (*resource, source.clone());
            let decode = move || {
                let (mut packed, mut out) = (Vec::new(), Vec::new());
                resource.decode(&*source, &table, chunks, &mut packed, &mut out)?;
                Ok(out)
            };
            let mut decoded = run_all([decode], &|| self.meter.check())?;
            return Ok(decoded.pop().unwrap_or_default());
        }
        let mut out = Vec::new();
        resource.decode(&**source, &table, chunks, packed, &mut out)?;
        Ok(out)
    }

    /// Gives the bytes of `piece` to the blobs that they belong to.
    fn hand_on(
        &self,
        lane: &Lane<V::State>,
        blobs: &[StoredBlob],
        reader: &mut Reader<V::State>,
        piece: &Piece,
    ) -> Result<()> {
        while let Some(blob) = blobs.get(reader.blob) {
            let (start, end) =
                (blob.offset.max(piece.span.start), (blob.offset + blob.size).min(piece.span.end));
            if start >= piece.span.end {
                break;
            }
            if reader.open.is_none() {
                reader.open = Some(Ok((self.visitor.begin(blob)?, Sha1Hasher::default())));
            }
            if let Some(Ok((state, hasher))) = &mut reader.open {
                match &piece.data {
                    Ok(data) => {
                        let from = (start - piece.span.start) as usize;
                        for part in data[from..(end - piece.span.start) as usize].chunks(UNIT as usize) {
                            hasher.update(part);
                            self.visitor.data(state, part)?;
                        }
                    }
                    Err(e) => {
                        if let Some(Ok((state, _))) = reader.open.take() {
                            self.visitor.failed(blob, Some(state), self.file.named(blob, again(e)))?;
                        }
                        reader.open = Some(Err(again(e)));
                        lane.lost.fetch_max(blob.offset + blob.size, Relaxed);
                    }
                }
            }
            self.meter.add_bytes(end - start)?;
            if end < blob.offset + blob.size {
                break;
            }
            reader.blob += 1;
            if let Some(Ok((state, hasher))) = reader.open.take() {
                match check_digest(blob, hasher) {
                    Ok(()) => self.visitor.end(blob, state)?,
                    Err(e) => self.visitor.failed(blob, Some(state), self.file.named(blob, e))?,
                }
            }
            self.meter.done_with(|| blob.sha1.to_string(), 0)?;
        }
        Ok(())
    }
}

/// The same error for one more blob.
fn again(e: &Error) -> Error {
    let copy = Error::new(e.kind(), e.message());
    match std::error::Error::source(e) {
        Some(source) => copy.with_source(source.to_string()),
        None => copy,
    }
}
