//! One layer, read in a single pass and verified.
//!
//! Threads of its own decompress and hash; the caller scans what they hand over. **Nothing may be concluded from a
//! layer before [`LayerReader::finish`] has returned `Ok`**: until then its bytes are not known to be the promised ones.

mod decoder;
mod folds;
mod message;
mod pipe;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

pub use self::folds::Folds;
use self::pipe::Pipe;
use super::path::Whiteout;
use crate::codec::compression::Framing;
use crate::codec::fault::Fault;
use crate::codec::tar::Scanner;
use crate::digest::{Descriptor, Digest};
use crate::finding::{Detail, Gap, GapReason, Kind, Location, Object, Side, Sides, Unread};
use crate::limits::Limits;
use crate::source::BlobReader;

pub use crate::codec::tar::{GlobalHeader, Item, RawField, Trailer, raw_fields};

/// What a layer's bytes must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Digest and size of the stored bytes; absent where an image has no manifest (`docker save`).
    pub blob: Option<Descriptor>,
    /// Digest of the uncompressed bytes; absent where the config names none.
    pub diff_id: Option<Digest>,
    /// Whether the compressed stream will be compared with another one of the same bytes.
    pub as_envelope: bool,
}

impl Expected {
    /// What it is called where something is said about it.
    fn object(&self) -> Object {
        match (&self.blob, &self.diff_id) {
            (Some(blob), _) => Object::Blob(blob.digest.to_string()),
            (None, Some(diff_id)) => Object::Layer(diff_id.to_string()),
            (None, None) => Object::UnnamedLayer,
        }
    }
}

/// Why a layer could not be read: what becomes a gap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct LayerError {
    /// The kind of gap.
    pub reason: GapReason,
    /// What is wrong with which blob or layer, and at which offset where there is one.
    pub detail: Detail,
}

impl LayerError {
    /// A temporary file could not be written, or not be read back.
    pub(crate) fn no_room(error: impl fmt::Display) -> Self {
        LayerError { reason: GapReason::Limit, detail: Unread::NoRoom(error.to_string()).into() }
    }

    /// The gap that it leaves at a place.
    pub(crate) fn at(self, location: Location) -> Gap {
        Gap { location, reason: self.reason, detail: self.detail }
    }

    /// The gap that it leaves in one layer of one side.
    pub(crate) fn gap(self, side: Side, layer: u32) -> Gap {
        self.at(Location::new(Kind::Layer).in_layer(Sides::only(side, layer)))
    }
}

/// A layer that was read to its end and is what it was expected to be.
#[derive(Debug, Clone)]
pub struct LayerEnd {
    /// How the tar stream is compressed.
    pub framing: Framing,
    /// What comes after the last entry. Empty where not all items were asked for.
    pub trailer: Trailer,
    /// The digest of the uncompressed bytes: the expected one, or SHA-256 where none is expected.
    pub diff_id: Digest,
    /// Uncompressed bytes.
    pub size: u64,
    /// Entries handed out.
    pub entries: u64,
    /// The names of these, where those that differ in case are one file.
    pub folds: Option<Folds>,
}

/// Reads one layer. Dropping it ends its threads.
pub struct LayerReader {
    scanner: Scanner<Pipe>,
    object: Object,
    /// Where names that differ in case are one file: those that went by.
    folds: Option<Folds>,
    failed: Option<LayerError>,
}

/// Begins to read a layer.
pub fn open(reader: BlobReader, expected: Expected, limits: &Limits) -> LayerReader {
    let object = expected.object();
    let scanner = Scanner::new(Pipe::spawn(reader, expected, limits), limits);
    LayerReader { scanner, object, folds: None, failed: None }
}

impl LayerReader {
    /// The same layer, of an image of a system on which names that differ in case are one file: two such names are an
    /// error.
    #[must_use]
    pub fn folding_names(self) -> Self {
        LayerReader { folds: Some(Folds::default()), ..self }
    }

    /// The next entry or global header, past what was not read of the one before; `None` at the end of the archive.
    ///
    /// # Errors
    /// [`LayerError`], after which the layer stays failed.
    pub fn next_item(&mut self) -> Result<Option<Item>, LayerError> {
        self.check()?;
        let item = self.scanner.next_item().map_err(|fault| self.fail(fault))?;
        match &item {
            Some(Item::Entry(entry)) if entry.whiteout() == Some(Whiteout::Malformed) => {
                let name = entry.name.escape_ascii().to_string();
                Err(self.fail(Fault::malformed(Unread::HidesNothing(name))))
            }
            Some(Item::Entry(entry)) if self.folds.as_mut().is_some_and(|folds| folds.notice(entry)) => {
                let name = entry.name.escape_ascii().to_string();
                Err(self.fail(Fault::unsupported(Unread::FoldedName(name))))
            }
            _ => Ok(item),
        }
    }

    /// The next piece of the current entry's content, holes of sparse files as zeros; `None` at its end.
    ///
    /// # Errors
    /// [`LayerError`], after which the layer stays failed.
    pub fn read_content(&mut self) -> Result<Option<&[u8]>, LayerError> {
        self.check()?;
        match self.scanner.next_piece() {
            Ok(piece) => Ok(piece.map(|piece| self.scanner.look(piece))),
            Err(fault) => Err(self.fail(fault)),
        }
    }

    /// The up to 511 bytes of padding after the current entry's content, past what was not read of it; normally zeros.
    /// They are gone once this or [`LayerReader::next_item`] was called.
    ///
    /// # Errors
    /// [`LayerError`], after which the layer stays failed.
    pub fn padding(&mut self) -> Result<Arc<[u8]>, LayerError> {
        self.check()?;
        self.scanner.padding().map_err(|fault| self.fail(fault))
    }

    /// Reads what is left, without looking at entries in it, and verifies size, digest and diff ID.
    ///
    /// # Errors
    /// [`LayerError`]: whatever went wrong before, or bytes that are not the promised ones.
    pub fn finish(mut self) -> Result<LayerEnd, LayerError> {
        self.check()?;
        let trailer = self.scanner.drain().map_err(|fault| self.fail(fault))?;
        let entries = self.scanner.entries();
        let decoded = self.scanner.feed_mut().wait().map_err(|fault| self.fail(fault))?;
        let pipe::Decoded { framing, diff_id, size } = decoded;
        Ok(LayerEnd { framing, trailer, diff_id, size, entries, folds: self.folds })
    }

    fn check(&self) -> Result<(), LayerError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// A fault counts only once the stored bytes are known to be the promised ones: else that is the error.
    fn fail(&mut self, fault: Fault) -> LayerError {
        let fault = self.scanner.feed_mut().judge(fault);
        let error = LayerError { reason: fault.reason, detail: fault.detail.of(self.object.clone()) };
        self.failed.insert(error).clone()
    }
}
