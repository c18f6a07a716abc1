//! The thread that reads, verifies and decompresses a layer.

use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};

use super::Expected;
use super::message::{Block, Message, Unhashed, died};
use crate::codec::compression::Decompressor;
use crate::codec::fault::Fault;
use crate::digest::{Descriptor, Digest, VerifiedReader};
use crate::finding::{GapReason, Unread};
use crate::limits::Limits;
use crate::source::BlobReader;

/// Bytes handed over at once.
const BLOCK: usize = 256 * 1024;

/// The stored bytes, verified where there is a digest of them.
enum Stored {
    Verified(Box<VerifiedReader<BlobReader>>),
    Unnamed(BlobReader),
}

impl Stored {
    fn new(reader: BlobReader, blob: Option<Descriptor>) -> Self {
        match blob {
            Some(blob) => Stored::Verified(Box::new(VerifiedReader::new(reader, blob))),
            None => Stored::Unnamed(reader),
        }
    }

    /// Reads what is left and checks everything that can be.
    fn finish(self) -> Result<(), Fault> {
        match self {
            Stored::Verified(reader) => {
                reader.finish().map(BlobReader::verified).map_err(|error| Fault::from_io(&error))
            }
            Stored::Unnamed(_) => Ok(()),
        }
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stored::Verified(reader) => reader.read(buffer),
            Stored::Unnamed(reader) => reader.read(buffer),
        }
    }
}

/// What the thread works with.
pub(super) struct Decoder {
    /// Where blocks go.
    pub(super) sender: SyncSender<Message<Unhashed>>,
    /// Where used buffers come back.
    pub(super) buffers: Receiver<Vec<u8>>,
    /// Set when only the stored bytes are still of interest.
    pub(super) abandoned: Arc<AtomicBool>,
    pub(super) limits: Limits,
}

/// Why decompressing stopped before its end.
enum Stop {
    /// Something is wrong with the bytes.
    Fault(Fault),
    /// The scanner has failed: only the stored bytes are still of interest.
    Abandoned,
    /// Nobody listens any more.
    Gone,
}

impl Decoder {
    /// Decompresses a layer to its end and verifies the stored bytes, whatever happens before.
    pub(super) fn run(self, reader: BlobReader, expected: &Expected) {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let stored = Stored::new(reader, expected.blob.clone());
        let mut decompressor = Decompressor::new(stored, &self.limits).with_threads(threads);
        if !expected.as_envelope {
            decompressor = decompressor.without_deflate_digests();
        }
        let pumped = self.pump(&mut decompressor, expected);
        if matches!(pumped, Err(Stop::Gone)) {
            return;
        }
        let (stored, framing) = decompressor.into_parts();
        let stored = stored.map_err(|error| Fault::from_io(&error));
        let end = match pumped {
            // Bytes that did not come are not wrong bytes: why they did not is what there is to say.
            Err(Stop::Fault(fault)) if fault.reason == GapReason::Missing => Err(fault),
            pumped => stored.and_then(Stored::finish).and_then(|()| match pumped {
                Ok((known_diff_id, size)) => Ok(Unhashed { framing, known_diff_id, size }),
                Err(Stop::Fault(fault)) => Err(fault),
                Err(Stop::Abandoned | Stop::Gone) => Err(died()),
            }),
        };
        // Nobody listening is no error.
        let _ = self.sender.send(Message::End(Box::new(end)));
    }

    /// Decompresses all there is: the diff ID where it needs no hashing, and the size.
    fn pump(
        &self,
        decompressor: &mut Decompressor<Stored>,
        expected: &Expected,
    ) -> Result<(Option<Digest>, u64), Stop> {
        let plain = decompressor.is_plain().map_err(stop)?;
        let known = known_diff_id(expected, plain);
        let mut size = 0_u64;
        loop {
            if expected.blob.is_some() && self.abandoned.load(Ordering::Relaxed) {
                return Err(Stop::Abandoned);
            }
            let mut buffer = self.buffers.try_recv().unwrap_or_else(|_| vec![0; BLOCK]);
            let (length, result) = read_full(decompressor, &mut buffer);
            size += length as u64;
            if size > self.limits.layer_bytes {
                let limit = self.limits.layer_bytes;
                return Err(Stop::Fault(Fault::limit(Unread::Bytes(limit))));
            }
            check_expansion(&self.limits, size, decompressor.stored()).map_err(Stop::Fault)?;
            let more = length == buffer.len();
            if length > 0 {
                let block = Block { buffer, length, unhashed: known.is_none() };
                self.sender.send(Message::Block(block)).map_err(|_| Stop::Gone)?;
            }
            result.map_err(stop)?;
            if !more {
                return Ok((known, size));
            }
        }
    }
}

/// A bomb ends here: each of its stored bytes costs the time of a thousand, and no layer that was built for use needs that
/// beyond the first gigabyte.
fn check_expansion(limits: &Limits, size: u64, stored: u64) -> Result<(), Fault> {
    let Limits { expansion_bytes, expansion_ratio, .. } = *limits;
    if size <= expansion_bytes.max(stored.saturating_mul(expansion_ratio)) {
        return Ok(());
    }
    Err(Fault::limit(Unread::Expansion(expansion_bytes, expansion_ratio)))
}

/// The diff ID, where checking the blob's digest checks it too: nothing is hashed twice.
fn known_diff_id(expected: &Expected, plain: bool) -> Option<Digest> {
    let blob = &expected.blob.as_ref().filter(|_| plain)?.digest;
    let same = match &expected.diff_id {
        Some(diff_id) => diff_id == blob,
        None => matches!(blob, Digest::Sha256(_)),
    };
    same.then(|| blob.clone())
}

fn stop(error: io::Error) -> Stop {
    Stop::Fault(Fault::from_io(&error))
}

/// Fills the buffer as far as the bytes go. What came before an error counts.
fn read_full(reader: &mut impl Read, buffer: &mut [u8]) -> (usize, io::Result<()>) {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) => return (length, Err(error)),
        }
    }
    (length, Ok(()))
}
