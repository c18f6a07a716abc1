//! The scanner: one pass over a tar stream, handing out what it is made of.

use std::sync::Arc;

use super::block::{self, BLOCK, Block};
use super::bytes::{Bytes, Feed, truncated};
use super::decode::{self, Decoded, Extensions};
use super::entry::Entry;
use super::globals::{GlobalHeader, Globals};
use super::sparse::{self, Cursor, Form, Run, Segments};
use super::trailer::Trailer;
use crate::codec::fault::Fault;
use crate::finding::{BadTar, Object, TarPart};
use crate::limits::Limits;

/// Holes come out in pieces of this.
static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];

/// What an archive is made of, apart from its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "entries are the rule: boxing them costs more than it saves")]
pub enum Item {
    /// An entry. Its content follows.
    Entry(Entry),
    /// A PAX global header, which holds for the entries after it.
    Global(GlobalHeader),
}

/// A piece of content, to be looked at by [`Scanner::look`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// That many bytes of a hole.
    Zeros(usize),
    /// Bytes of the current piece of the feed.
    Data {
        /// Where they begin.
        start: usize,
        /// Where they end.
        end: usize,
    },
}

/// Scans one archive.
pub struct Scanner<F> {
    bytes: Bytes<F>,
    limits: Limits,
    entries: u64,
    globals: Globals,
    /// Content of all entries so far, holes included.
    expanded: u64,
    /// The holes of all entries so far.
    holes: u64,
    current: Current,
    /// Where the end-of-archive began.
    end: Option<u64>,
}

/// What is left of the current entry.
#[derive(Default)]
struct Current {
    /// Where its headers begin in the archive.
    offset: u64,
    stored: u64,
    padding: u64,
    sparse: Option<Cursor>,
}

impl<F: Feed> Scanner<F> {
    /// Nothing is read yet.
    pub fn new(feed: F, limits: &Limits) -> Self {
        Scanner {
            bytes: Bytes::new(feed),
            limits: *limits,
            entries: 0,
            globals: Globals::default(),
            expanded: 0,
            holes: 0,
            current: Current::default(),
            end: None,
        }
    }

    /// The feed.
    pub const fn feed_mut(&mut self) -> &mut F {
        &mut self.bytes.feed
    }

    /// Entries handed out so far.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// The next entry or global header, past what was not read of the one before; `None` at the end of the archive.
    ///
    /// # Errors
    /// Malformed headers, truncation, limits, and the feed's own.
    pub fn next_item(&mut self) -> Result<Option<Item>, Fault> {
        self.skip_current()?;
        if self.end.is_some() {
            return Ok(None);
        }
        let start = self.bytes.offset;
        self.scan_item(start).map_err(|fault| in_entry(start, fault))
    }

    fn scan_item(&mut self, start: u64) -> Result<Option<Item>, Fault> {
        let mut raw = Vec::with_capacity(BLOCK);
        let mut extensions = Extensions::default();
        loop {
            let Some(block) = self.bytes.read_block(&mut raw)? else {
                if raw.len() >= BLOCK {
                    return Err(Fault::malformed(BadTar::ExtensionsAtEnd));
                }
                self.end = Some(start);
                return Ok(None);
            };
            if block == [0; BLOCK] {
                if raw.len() > BLOCK {
                    return Err(Fault::malformed(BadTar::ExtensionsAlone));
                }
                self.end = Some(start);
                return Ok(None);
            }
            if !Block(&block).has_right_checksum() {
                let at = self.bytes.offset - BLOCK as u64;
                return Err(Fault::malformed(BadTar::Checksum(at)));
            }
            match block[block::TYPEFLAG] {
                b'g' if raw.len() > BLOCK => {
                    return Err(Fault::malformed(BadTar::GlobalBetween));
                }
                b'g' => return self.global_header(start, raw, &block).map(|global| Some(Item::Global(global))),
                b'x' | b'L' | b'K' => self.extension(&block, &mut raw, &mut extensions)?,
                _ => return self.entry(start, raw, &block, &extensions).map(|entry| Some(Item::Entry(entry))),
            }
        }
    }

    fn extension(&mut self, block: &[u8; BLOCK], raw: &mut Vec<u8>, extensions: &mut Extensions) -> Result<(), Fault> {
        let data = self.extension_data(block, raw)?;
        match block[block::TYPEFLAG] {
            b'L' => extensions.name = Some(block::until_nul(&data).to_vec()),
            b'K' => extensions.link_name = Some(block::until_nul(&data).to_vec()),
            _ if extensions.pax.is_some() => {
                return Err(Fault::malformed(BadTar::TwoPaxHeaders));
            }
            _ => extensions.pax = Some(data),
        }
        Ok(())
    }

    /// Reads the data of an extension header into `raw`, padding included, and returns it without.
    fn extension_data(&mut self, block: &[u8; BLOCK], raw: &mut Vec<u8>) -> Result<Vec<u8>, Fault> {
        let size = decode::extension_size(block)?;
        let limit = self.limits.extension_bytes;
        if (raw.len() as u64).saturating_add(size) > limit.saturating_add(BLOCK as u64) {
            return Err(Fault::limit(BadTar::ExtensionBytes(limit)));
        }
        let start = raw.len();
        self.bytes.read_exact(size + block::padding(size), raw)?;
        let end = start + usize::try_from(size).unwrap_or(usize::MAX);
        Ok(raw.get(start..end).unwrap_or(&[]).to_vec())
    }

    fn global_header(&mut self, offset: u64, mut raw: Vec<u8>, block: &[u8; BLOCK]) -> Result<GlobalHeader, Fault> {
        self.globals.begin(Block(block).text(block::NAME))?;
        let data = self.extension_data(block, &mut raw)?;
        self.globals.take(offset, raw, &data, self.limits.extension_bytes)
    }

    fn entry(
        &mut self,
        offset: u64,
        mut raw: Vec<u8>,
        block: &[u8; BLOCK],
        extensions: &Extensions,
    ) -> Result<Entry, Fault> {
        if self.entries >= self.limits.layer_entries {
            return Err(Fault::limit(BadTar::Entries(self.limits.layer_entries)));
        }
        let Decoded { mut entry, mut stored, sparse } =
            decode::entry(Block(block), extensions, self.globals.records())?;
        self.globals.meet(&entry.path)?;
        let padding = block::padding(stored);
        if let Some(form) = sparse {
            let segments = match form {
                Form::Old => self.old_segments(block, &mut raw)?,
                Form::Records(segments) => segments,
                Form::Leading => self.leading_segments(&mut raw, &mut stored)?,
            };
            entry.sparse = Some(sparse::checked(segments, entry.size, stored)?);
            self.holes = self.holes.saturating_add(entry.size.saturating_sub(stored));
        }
        self.expanded = self.expanded.saturating_add(entry.size);
        if self.expanded > self.limits.layer_bytes {
            return Err(Fault::limit(BadTar::ContentBytes(self.limits.layer_bytes)));
        }
        if self.holes > self.limits.hole_bytes {
            return Err(Fault::limit(BadTar::HoleBytes(self.limits.hole_bytes)));
        }
        let sparse = entry.sparse.clone().map(|segments| Cursor::new(segments, entry.size));
        self.current = Current { offset, stored, padding, sparse };
        (entry.ordinal, entry.offset, entry.raw) = (self.entries, offset, raw.into());
        self.entries += 1;
        Ok(entry)
    }

    fn old_segments(&mut self, block: &[u8; BLOCK], raw: &mut Vec<u8>) -> Result<Segments, Fault> {
        let (mut segments, mut more) = sparse::old_header(Block(block))?;
        while more {
            let block = self.map_block(raw)?;
            more = sparse::old_extension(&block, &mut segments)?;
        }
        Ok(segments)
    }

    /// The map at the start of the content becomes part of the header.
    fn leading_segments(&mut self, raw: &mut Vec<u8>, stored: &mut u64) -> Result<Segments, Fault> {
        let start = raw.len();
        let mut lines = 0;
        let mut wanted = 1;
        while lines < wanted {
            *stored = stored.checked_sub(BLOCK as u64).ok_or_else(|| Fault::malformed(BadTar::MapLength))?;
            let block = self.map_block(raw)?;
            if lines == 0 {
                wanted = sparse::leading_lines(&block)?;
            }
            lines += memchr::memchr_iter(b'\n', &block).count();
        }
        sparse::leading(raw.get(start..).unwrap_or(&[]), wanted)
    }

    fn map_block(&mut self, raw: &mut Vec<u8>) -> Result<[u8; BLOCK], Fault> {
        let limit = self.limits.extension_bytes;
        if raw.len() as u64 > limit.saturating_add(BLOCK as u64) {
            return Err(Fault::limit(BadTar::MapBytes(limit)));
        }
        self.bytes.read_block(raw)?.ok_or_else(|| truncated(TarPart::SparseMap))
    }

    /// The next piece of the current entry's content, with holes; `None` at its end.
    ///
    /// # Errors
    /// Truncation, and the feed's own.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, Fault> {
        let wanted = match self.current.sparse.as_mut().map(Cursor::run) {
            None => self.current.stored,
            Some(None) => 0,
            Some(Some(Run::Data(length))) => length,
            Some(Some(Run::Hole(length))) => {
                let count = usize::try_from(length).unwrap_or(usize::MAX).min(ZEROS.len());
                self.progress(count as u64);
                return Ok(Some(Piece::Zeros(count)));
            }
        };
        if wanted == 0 {
            return Ok(None);
        }
        let available = self.content_at_hand()?;
        let count = usize::try_from(wanted).unwrap_or(usize::MAX).min(available);
        let start = self.bytes.position;
        self.bytes.consume(count);
        self.current.stored -= count as u64;
        self.progress(count as u64);
        Ok(Some(Piece::Data { start, end: start + count }))
    }

    fn progress(&mut self, count: u64) {
        if let Some(cursor) = &mut self.current.sparse {
            cursor.advance(count);
        }
    }

    /// The bytes of a piece, as long as nothing else was asked for.
    pub fn look(&self, piece: Piece) -> &[u8] {
        match piece {
            Piece::Zeros(count) => &ZEROS[..count.min(ZEROS.len())],
            Piece::Data { start, end } => self.bytes.feed.piece().get(start..end).unwrap_or(&[]),
        }
    }

    /// The padding of the current entry, past what was not read of its content. It is shorter than a whole block asks
    /// for where the archive ends inside it, which readers accept.
    ///
    /// # Errors
    /// Truncation, and the feed's own.
    pub fn padding(&mut self) -> Result<Arc<[u8]>, Fault> {
        self.skip_content()?;
        let mut padding = Vec::new();
        while self.current.padding > 0 && self.bytes.fill()? > 0 {
            let count = self.bytes.take_some(self.current.padding, Some(&mut padding));
            self.current.padding -= count;
        }
        self.current.padding = 0;
        Ok(if padding.is_empty() { Arc::default() } else { padding.into() })
    }

    fn content_at_hand(&mut self) -> Result<usize, Fault> {
        self.bytes.available(TarPart::Content).map_err(|fault| in_entry(self.current.offset, fault))
    }

    fn skip_content(&mut self) -> Result<(), Fault> {
        while self.current.stored > 0 {
            let passed = self.bytes.pass(self.current.stored, TarPart::Content);
            self.current.stored -= passed.map_err(|fault| in_entry(self.current.offset, fault))?;
        }
        self.current.sparse = None;
        Ok(())
    }

    fn skip_current(&mut self) -> Result<(), Fault> {
        self.skip_content()?;
        while self.current.padding > 0 && self.bytes.fill()? > 0 {
            let count = self.bytes.take_some(self.current.padding, None);
            self.current.padding -= count;
        }
        self.current.padding = 0;
        Ok(())
    }

    /// Reads to the end of the feed. What comes after the last entry is the trailer; where the last entry was not reached,
    /// the trailer is empty and what is left is not looked at.
    ///
    /// # Errors
    /// The feed's own; a limit where what comes after the end cannot be kept.
    pub fn drain(&mut self) -> Result<Trailer, Fault> {
        if let Some(offset) = self.end {
            return Trailer::read(&mut self.bytes, offset, &self.limits);
        }
        let offset = self.bytes.offset;
        while self.bytes.fill()? > 0 {
            self.bytes.take_some(u64::MAX, None);
        }
        Ok(Trailer { offset, ..Trailer::default() })
    }
}

fn in_entry(offset: u64, fault: Fault) -> Fault {
    Fault { detail: fault.detail.of(Object::EntryAt(offset)), ..fault }
}
