//! The pipe that a layer's bytes come through: one thread decompresses, one hashes, the caller scans.
//!
//! Hashing has a thread of its own because it takes a third of the time that decompressing takes, and the caller, who
//! may read two layers in lockstep, should not pay for either.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::Expected;
use super::decoder::Decoder;
use super::message::{Block, Message, Unhashed, died};
use crate::codec::compression::Framing;
use crate::codec::fault::Fault;
use crate::codec::tar::Feed;
use crate::digest::{Digest, Hasher};
use crate::finding::{GapReason, Unread};
use crate::limits::Limits;
use crate::source::BlobReader;

/// Blocks on the way between two threads: enough to even them out, few enough for memory.
const DEPTH: usize = 4;

/// A layer that was decompressed to its end and verified.
#[derive(Debug, Clone)]
pub(super) struct Decoded {
    pub(super) framing: Framing,
    pub(super) diff_id: Digest,
    pub(super) size: u64,
}

/// The receiving end.
pub(super) struct Pipe {
    messages: Receiver<Message<Decoded>>,
    recycled: Sender<Vec<u8>>,
    abandoned: Arc<AtomicBool>,
    block: Block,
    end: Option<Result<Decoded, Fault>>,
}

impl Pipe {
    /// Starts the threads. They end by themselves when all is read, or soon after the pipe is dropped.
    pub(super) fn spawn(reader: BlobReader, expected: Expected, limits: &Limits) -> Self {
        let (decoded, unhashed) = sync_channel(DEPTH);
        let (hashed, messages) = sync_channel(DEPTH);
        let (recycled, buffers) = channel();
        let abandoned = Arc::new(AtomicBool::new(false));
        let decoder = Decoder { sender: decoded, buffers, abandoned: abandoned.clone(), limits: *limits };
        let diff_id = expected.diff_id.clone();
        let spawned = thread("layer-hash", move || hash(&unhashed, &hashed, diff_id))
            .and_then(|()| thread("layer-decode", move || decoder.run(reader, &expected)));
        let end = spawned.err().map(|error| Err(Fault::limit(Unread::NoThread(error.to_string()))));
        Pipe { messages, recycled, abandoned, block: Block::default(), end }
    }

    /// Waits for the end, past all blocks.
    pub(super) fn wait(&mut self) -> Result<Decoded, Fault> {
        while self.advance()? {}
        self.end.clone().unwrap_or_else(|| Err(died()))
    }

    /// What to report when scanning has failed with `fault`: that, if the stored bytes are the promised ones, else that
    /// they are not. Without a digest of the stored bytes that of the uncompressed ones decides.
    pub(super) fn judge(&mut self, fault: Fault) -> Fault {
        if let Some(Err(cause)) = &self.end {
            return cause.clone();
        }
        self.abandoned.store(true, Ordering::Relaxed);
        match self.wait() {
            Err(cause) if matches!(cause.reason, GapReason::Integrity | GapReason::Missing) => cause,
            _ => fault,
        }
    }
}

impl Feed for Pipe {
    fn advance(&mut self) -> Result<bool, Fault> {
        let used = std::mem::take(&mut self.block);
        if !used.buffer.is_empty() {
            // The thread may have ended: it needs no buffers then.
            let _ = self.recycled.send(used.buffer);
        }
        if self.end.is_none() {
            match self.messages.recv() {
                Ok(Message::Block(block)) => self.block = block,
                Ok(Message::End(end)) => self.end = Some(*end),
                Err(_) => self.end = Some(Err(died())),
            }
        }
        match &self.end {
            None => Ok(true),
            Some(Ok(_)) => Ok(false),
            Some(Err(fault)) => Err(fault.clone()),
        }
    }

    fn piece(&self) -> &[u8] {
        self.block.bytes()
    }
}

/// The hashing thread: hands blocks on and checks the diff ID at the end.
fn hash(from: &Receiver<Message<Unhashed>>, to: &SyncSender<Message<Decoded>>, expected: Option<Digest>) {
    let mut hasher = Hasher::like(expected.as_ref().unwrap_or(&Digest::Sha256([0; 32])));
    for message in from {
        let block = match message {
            Message::Block(block) => block,
            Message::End(end) => {
                let end = end.and_then(|end| {
                    let diff_id = end.known_diff_id.unwrap_or_else(|| hasher.finish());
                    check_diff_id(&diff_id, expected.as_ref())?;
                    Ok(Decoded { framing: end.framing, diff_id, size: end.size })
                });
                // Nobody listening is no error.
                let _ = to.send(Message::End(Box::new(end)));
                return;
            }
        };
        if block.unhashed {
            hasher.update(block.bytes());
        }
        if to.send(Message::Block(block)).is_err() {
            return;
        }
    }
}

fn check_diff_id(diff_id: &Digest, expected: Option<&Digest>) -> Result<(), Fault> {
    match expected {
        Some(expected) if expected != diff_id => {
            Err(Fault::integrity(Unread::DiffId(diff_id.to_string(), expected.to_string())))
        }
        _ => Ok(()),
    }
}

fn thread(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map(drop)
}
