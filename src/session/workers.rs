//! Contents that differ are decoded, compared and claimed on threads of their own, beside the pass over their layers.

use std::io;
use std::panic;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use crate::compare::layer::ContentPair;
use crate::content::record;
use crate::explain::{Digests, EntryPair, FileDigest, Files, FilesIntake, Gathering, Held, Intake, Run, claimed};
use crate::finding::Sides;
use crate::limits::ledger::{Ledger, Turn};

/// Pairs and bytes that are handed over at once: small files are not worth waking a thread for.
const PAIRS: usize = 64;
const BYTES: u64 = 256 << 10;
/// Batches that wait. Few, for each may hold [`crate::limits::Limits::memory_content_bytes`] twice.
const DEPTH: usize = 2;

/// Pairs of contents with the numbers under which they were found.
type Pairs = Vec<(u64, ContentPair)>;

/// Pairs that are worked on by one thread, in their turn.
struct Batch<'env> {
    pairs: Pairs,
    turn: Turn<'env>,
}

/// The threads of one layer, none of which is there before it is needed.
pub(super) struct Workers<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    gathering: &'env Gathering<'env>,
    held: Held,
    /// What the layer's contents may cost, and have cost.
    ledger: &'env Ledger,
    pairs: Pairs,
    bytes: u64,
    /// The most that `pairs` may cost.
    bound: u64,
    sender: SyncSender<Batch<'env>>,
    receiver: Arc<Mutex<Receiver<Batch<'env>>>>,
    threads: Vec<ScopedJoinHandle<'scope, io::Result<Found>>>,
    /// What the pass itself does where no thread is free.
    own: Worker<'env>,
}

/// What came of contents.
#[derive(Default)]
pub(super) struct Found {
    pub(super) runs: Vec<Run>,
    pub(super) files: Files<Digests>,
}

impl<'scope, 'env> Workers<'scope, 'env> {
    pub(super) fn new(
        scope: &'scope Scope<'scope, 'env>,
        gathering: &'env Gathering<'env>,
        held: Held,
        ledger: &'env Ledger,
    ) -> Self {
        let (sender, receiver) = sync_channel(DEPTH);
        Workers {
            scope,
            gathering,
            held,
            ledger,
            pairs: Vec::new(),
            bytes: 0,
            bound: 0,
            sender,
            receiver: Arc::new(Mutex::new(receiver)),
            threads: Vec::new(),
            own: Worker::new(gathering, held),
        }
    }

    /// Takes in a pair of contents; of two with the same place in the report the one with the lower number comes first.
    pub(super) fn take_in(&mut self, number: u64, pair: ContentPair) {
        self.bytes += pair.contents.original.size() + pair.contents.rebuild.size();
        self.bound = self.bound.saturating_add(pair.bound(self.gathering.context.limits));
        self.pairs.push((number, pair));
        if self.pairs.len() >= PAIRS || self.bytes >= BYTES {
            self.hand_over();
        }
    }

    /// What was taken in, with its turn: whatever thread works on it, it is charged in this order.
    fn batch(&mut self) -> Batch<'env> {
        self.bytes = 0;
        Batch { pairs: std::mem::take(&mut self.pairs), turn: self.ledger.announce(std::mem::take(&mut self.bound)) }
    }

    fn hand_over(&mut self) {
        let batch = self.batch();
        if self.threads.is_empty() && !self.hire() {
            return self.own.work(batch);
        }
        if let Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) = self.sender.try_send(batch) {
            self.hire();
            self.own.work(batch);
        }
    }

    /// Starts another thread, where there may be more than the pass itself has: as many as the pool of layers.
    fn hire(&mut self) -> bool {
        if self.threads.len() + 1 >= rayon::current_num_threads() {
            return false;
        }
        let (receiver, mut worker) = (self.receiver.clone(), Worker::new(self.gathering, self.held));
        let thread = Builder::new().name("content".to_owned()).spawn_scoped(self.scope, move || {
            loop {
                let batch = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(batch) = batch else { return worker.finish() };
                worker.work(batch);
            }
        });
        // Without a thread it takes longer, and that is all.
        let hired = thread.is_ok();
        self.threads.extend(thread);
        hired
    }

    /// Waits for what is under way.
    ///
    /// # Errors
    /// When a temporary file cannot be written.
    pub(super) fn finish(mut self) -> io::Result<Found> {
        let batch = self.batch();
        self.own.work(batch);
        drop(self.sender);
        let mut found = self.own.finish()?;
        for thread in self.threads {
            let more = thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic))?;
            found.runs.extend(more.runs);
            found.files.extend(more.files);
        }
        found.files.in_order_of_discovery();
        Ok(found)
    }
}

/// Compares and claims, one pair after the other.
struct Worker<'a> {
    gathering: &'a Gathering<'a>,
    held: Held,
    intake: Intake<'a>,
    files: FilesIntake<'a, Digests>,
}

impl<'a> Worker<'a> {
    fn new(gathering: &'a Gathering<'a>, held: Held) -> Self {
        Worker { gathering, held, intake: gathering.intake(), files: gathering.files.intake() }
    }

    fn work(&mut self, batch: Batch<'_>) {
        let context = self.gathering.context;
        let Batch { pairs, mut turn } = batch;
        for (number, pair) in pairs {
            let path = &pair.entries.original.path;
            let entries = EntryPair::of(pair.entries.as_ref().map(Some));
            let mut is_cosmetic = false;
            pair.compare(context.limits, &mut turn, &mut |difference| {
                let mut candidate = claimed(context, self.held, difference, Sides::new(false, false));
                candidate.pair = entries;
                is_cosmetic |= candidate.is_claimed_cosmetic();
                self.intake.add(number, candidate);
            });
            if record::may_list(path) {
                let digests = pair.contents.as_ref().map(|content| FileDigest::of(content, is_cosmetic));
                self.files.add(number, path, digests);
            }
        }
    }

    fn finish(self) -> io::Result<Found> {
        Ok(Found { runs: self.intake.finish()?, files: self.files.finish()? })
    }
}
