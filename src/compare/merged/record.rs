//! Entries of a run as they are kept: bytes that may go to a temporary file.

use std::io;

use crate::finding::Secret;
use crate::image::entry::Entry;
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

use super::place::Place;

/// An entry of the run.
pub(super) struct Node {
    pub(super) layer: u32,
    pub(super) entry: Entry,
    pub(super) sha256: [u8; 32],
    pub(super) secret: Option<Secret>,
    /// The first bytes, where they say something of others.
    pub(super) head: Vec<u8>,
}

/// An entry as it is kept: with the SHA-256 of its content, the kind of secret it is, and its first bytes.
type Record = (Entry, ([u8; 32], (Option<Secret>, Vec<u8>)));

/// The entries of a run, by where each is kept.
#[derive(Default)]
pub(super) struct Records(Arena);

impl Records {
    /// None yet, about so many bytes of them in memory.
    pub(super) fn new(memory: usize) -> Self {
        Records(Arena::new(memory))
    }

    /// Keeps an entry.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn push(&mut self, node: &Node) -> io::Result<u64> {
        let mut bytes = Vec::with_capacity(512);
        node.entry.put(&mut bytes);
        (node.sha256, (node.secret, node.head.clone())).put(&mut bytes);
        self.0.push(&bytes)
    }

    /// What is at a place.
    ///
    /// # Errors
    /// When the temporary file cannot be read, as for all of these.
    pub(super) fn node(&self, place: Place) -> io::Result<Node> {
        let (entry, (sha256, (secret, head))) = self.record(place.record)?;
        Ok(Node { layer: place.layer, entry, sha256, secret, head })
    }

    /// The entry of a record, with the SHA-256 of its content and the kind of secret it is.
    ///
    /// # Errors
    /// As above.
    pub(super) fn read(&self, record: u64) -> io::Result<(Entry, [u8; 32], Option<Secret>)> {
        let (entry, (sha256, (secret, _))) = self.record(record)?;
        Ok((entry, sha256, secret))
    }

    /// The entry alone.
    ///
    /// # Errors
    /// As above.
    pub(super) fn entry(&self, record: u64) -> io::Result<Entry> {
        self.read(record).map(|(entry, ..)| entry)
    }

    fn record(&self, record: u64) -> io::Result<Record> {
        let mut reader = self.0.reader(1 << 10);
        let (bytes, _) = reader.record(record)?;
        Record::take(&mut Cursor(bytes)).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}
