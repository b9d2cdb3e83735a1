//! One pass over many blobs in the order of the disk, on all cores: each chunk is decoded once, each blob hashed in
//! order, whatever it is then used for.
//!
//! The work is cut into units of about a megabyte: several small blobs, or some chunks of a large resource. Threads
//! take units in order; the decoded chunks of a large resource meet again in its [`Lane`], where whichever thread
//! holds the next piece hashes and hands it on. A budget bounds what is decoded and not handed on yet.

use super::file::WimFile;
use super::read::check_digest;
use super::resource::{ChunkTable, Layout, Resource};
use super::solid::StoredBlob;
use crate::base::{Meter, Sha1Hasher, Source};
use crate::error::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Decoded bytes of one unit of work, where chunks are not larger.
const UNIT: u64 = 1 << 20;
/// Bytes that may be decoded and not handed on yet, by all threads together.
const BUDGET: u64 = 320 << 20;

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
        queue: Mutex::new(Queue { next: 0, held: 0 }),
        room: Condvar::new(),
        stop: AtomicBool::new(false),
    };
    let threads = threads.clamp(1, plan.units.len().max(1));
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
    /// Blobs `0` of the list, each a small resource of its own.
    Small(Range<usize>),
    /// Chunks `chunks` of lane `lane`, its `turn`-th piece.
    Chunks { lane: usize, turn: usize, chunks: Range<u64> },
}

/// A large resource: the blobs that are wanted of it.
struct LanePlan {
    blobs: Range<usize>,
    turns: usize,
    table: OnceLock<Result<ChunkTable>>,
}

struct Plan {
    units: Vec<Unit>,
    lanes: Vec<LanePlan>,
}

impl Plan {
    fn new(file: &WimFile, blobs: &[StoredBlob]) -> Result<Self> {
        let mut plan = Self { units: Vec::new(), lanes: Vec::new() };
        let mut at = 0;
        let mut small = (0, 0);
        while at < blobs.len() {
            let (resource, _) = file.place(&blobs[at])?;
            if resource.layout != Layout::Solid && resource.size <= UNIT {
                small.1 += resource.size;
                at += 1;
                if small.1 >= UNIT {
                    plan.units.push(Unit::Small(small.0..at));
                    small = (at, 0);
                }
                continue;
            }
            if small.0 < at {
                plan.units.push(Unit::Small(small.0..at));
            }
            let end = at + blobs[at..].iter().take_while(|b| b.resource == blobs[at].resource).count();
            plan.lane(resource, blobs, at..end);
            at = end;
            small = (at, 0);
        }
        if small.0 < at {
            plan.units.push(Unit::Small(small.0..at));
        }
        Ok(plan)
    }

    /// Cuts the chunks that `range` of the blobs needs into units.
    fn lane(&mut self, resource: &Resource, blobs: &[StoredBlob], range: Range<usize>) {
        let lane = self.lanes.len();
        let each = (UNIT / resource.chunk_size).max(1);
        let mut turns = 0;
        let mut from = 0;
        for blob in &blobs[range.clone()] {
            let mut chunk = (blob.offset / resource.chunk_size).max(from);
            from = (blob.offset + blob.size).div_ceil(resource.chunk_size);
            while chunk < from {
                let stop = (chunk + each).min(from);
                self.units.push(Unit::Chunks { lane, turn: turns, chunks: chunk..stop });
                turns += 1;
                chunk = stop;
            }
        }
        self.lanes.push(LanePlan { blobs: range, turns, table: OnceLock::new() });
    }
}

struct Queue {
    next: usize,
    held: u64,
}

/// The decoded bytes of one unit, and where in the resource they belong.
struct Piece {
    span: Range<u64>,
    data: Result<Vec<u8>>,
}

/// Where the pieces of one resource meet.
struct Lane<S> {
    state: Mutex<LaneState<S>>,
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
        Self { state: Mutex::new(LaneState { turn: 0, waiting: BTreeMap::new(), reader }) }
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
                Unit::Small(range) => self.small(range.clone(), &mut buffers),
                Unit::Chunks { lane, turn, chunks } => {
                    self.chunks(*lane, *turn, chunks.clone(), &mut buffers.0)
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
    fn next(&self) -> Option<&Unit> {
        let mut queue = lock(&self.queue);
        loop {
            let unit = self.plan.units.get(queue.next).filter(|_| !self.stop.load(Relaxed))?;
            let need = self.need(unit);
            if queue.held == 0 || queue.held + need <= BUDGET {
                queue.next += 1;
                queue.held += need;
                return Some(unit);
            }
            queue = self.room.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What a unit holds: its decoded bytes, and as much again for the stored ones where that counts.
    fn need(&self, unit: &Unit) -> u64 {
        match unit {
            Unit::Small(_) => 0,
            Unit::Chunks { lane, chunks, .. } => {
                let first = self.plan.lanes[*lane].blobs.start;
                match self.file.place(&self.blobs[first]) {
                    Ok((resource, _)) => {
                        let span = resource.span(chunks);
                        (span.end - span.start) * 3 / 2
                    }
                    Err(_) => 0,
                }
            }
        }
    }

    fn release(&self, bytes: u64) {
        lock(&self.queue).held -= bytes;
        self.room.notify_all();
    }

    fn small(&self, range: Range<usize>, (packed, out): &mut (Vec<u8>, Vec<u8>)) -> Result<()> {
        for blob in &self.blobs[range] {
            if self.stop.load(Relaxed) {
                return Ok(());
            }
            let (resource, source) = self.file.place(blob)?;
            let result = resource.decode_whole(&**source, packed, out).and_then(|()| {
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

    fn chunks(&self, lane: usize, turn: usize, chunks: Range<u64>, packed: &mut Vec<u8>) -> Result<()> {
        let plan = &self.plan.lanes[lane];
        let (resource, source) = self.file.place(&self.blobs[plan.blobs.start])?;
        let span = resource.span(&chunks);
        let data = self.decode(plan, resource, source, chunks, packed);
        if resource.chunk_size > UNIT {
            // As large as a chunk of a solid resource: not to be kept by every thread.
            *packed = Vec::new();
        }
        let lane = &self.lanes[lane];
        let mut state = lock(&lane.state);
        state.waiting.insert(turn, Piece { span, data });
        while let Some(mut reader) = state.reader.take() {
            let now = state.turn;
            let Some(piece) = state.waiting.remove(&now) else {
                state.reader = Some(reader);
                break;
            };
            state.turn += 1;
            drop(state);
            let held = (piece.span.end - piece.span.start) * 3 / 2;
            let result = self.hand_on(plan, &mut reader, &piece);
            drop(piece);
            self.release(held);
            result?;
            state = lock(&lane.state);
            state.reader = (now + 1 < plan.turns).then_some(reader);
        }
        Ok(())
    }

    fn decode(
        &self,
        plan: &LanePlan,
        resource: &Resource,
        source: &Source,
        chunks: Range<u64>,
        packed: &mut Vec<u8>,
    ) -> Result<Vec<u8>> {
        let table = plan.table.get_or_init(|| resource.table(&**source, self.file.limits()));
        let mut out = Vec::new();
        match table {
            Ok(table) => resource.decode(&**source, table, chunks, packed, &mut out)?,
            Err(e) => return Err(again(e)),
        }
        Ok(out)
    }

    /// Gives the bytes of `piece` to the blobs that they belong to.
    fn hand_on(&self, plan: &LanePlan, reader: &mut Reader<V::State>, piece: &Piece) -> Result<()> {
        let blobs = &self.blobs[plan.blobs.clone()];
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
