//! The table of a `zstd:chunked` layer: what partial pulls read in place of the tar stream.
//!
//! containers/storage finds it by the annotations of the layer's descriptor, older readers by the footer, and makes the
//! files of the layer from it alone: names, types, modes, owners, times, attributes, and contents by digest and place. So
//! it has to say what the tar stream of its own blob says, and nothing else ([`Table::describes`]).

use std::collections::BTreeMap;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::entry::{Entry, EntryType, Time};
use super::layer::{Item, LayerError, LayerReader};
use crate::codec::compression::{Decompressor, ZstdFrame, ZstdFraming};
use crate::digest::Sha256Sum;
use crate::limits::Limits;
use crate::spill::Content;

/// Longer tables are not looked into, packed or not.
const LONGEST: u64 = 32 << 20;
/// The magic number of the frames that hold table and footer.
const FRAME: u32 = 0x184d_2a50;
/// How the footer ends, after four numbers of eight bytes.
const FOOTER: &[u8; 8] = b"GnUlInUx";

/// The table of one layer.
pub struct Table {
    rows: Vec<Row>,
    /// What `manifest-checksum` has to say.
    pub checksum: String,
    /// What `manifest-position` has to say.
    pub position: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    entries: Vec<Row>,
}

/// One row. A member of another name is one that some reader may know, and a tar-split digest names bytes that nobody
/// has looked at here: both are errors, as is a member that is there twice.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Row {
    r#type: String,
    name: String,
    link_name: String,
    mode: u64,
    size: u64,
    uid: u64,
    gid: u64,
    modtime: Option<String>,
    accesstime: Option<String>,
    changetime: Option<String>,
    dev_major: u64,
    dev_minor: u64,
    xattrs: BTreeMap<String, String>,
    digest: String,
    offset: u64,
    end_offset: u64,
    chunk_size: u64,
    chunk_offset: u64,
    chunk_digest: String,
    chunk_type: String,
}

impl Table {
    /// The table of a layer that has one and a footer that names it, behind its data, and nothing else.
    pub fn read(framing: &ZstdFraming, limits: &Limits) -> Option<Table> {
        let (footer, frames) = framing.frames.split_last()?;
        let (table, data) = frames.split_last()?;
        let (offset, packed) = skippable(table)?;
        let (_, footer) = skippable(footer)?;
        let plain = data.iter().all(|frame| matches!(frame, ZstdFrame::Data { .. })) && framing.trailing.is_none();
        let packed_bytes = packed.bytes(LONGEST).ok()??;
        let mut json = Vec::new();
        Decompressor::new(&packed_bytes[..], limits).take(LONGEST + 1).read_to_end(&mut json).ok()?;
        let document: Document = serde_json::from_slice(&json).ok().filter(|_| json.len() as u64 <= LONGEST)?;
        let (start, length, size) = (offset + 8, packed.size(), json.len() as u64);
        let numbers = [start, length, size, 1].map(u64::to_le_bytes).concat();
        let named = *footer.bytes(64).ok()?? == [&numbers[..], FOOTER].concat();
        (plain && named && document.version == 1).then(|| Table {
            rows: document.entries,
            checksum: format!("sha256:{}", hex::encode(packed.sha256())),
            position: format!("{start}:{length}:{size}:1"),
        })
    }

    /// Whether the table says what the tar stream of the layer says, entry by entry, and finds its contents.
    ///
    /// # Errors
    /// [`LayerError`] where the layer cannot be read to its verified end.
    pub fn describes(&self, mut layer: LayerReader, framing: &ZstdFraming) -> Result<bool, LayerError> {
        let places = Places::new(framing);
        let mut rows = &self.rows[..];
        while let Some(item) = layer.next_item()? {
            let Item::Entry(entry) = item else { return Ok(false) };
            let Some((row, rest)) = rows.split_first() else { return Ok(false) };
            let count = rest.iter().take_while(|row| row.r#type == "chunk").count();
            let (chunks, rest) = rest.split_at(count);
            rows = rest;
            if !row.is_of(&entry) || !has_content(row, chunks, &entry, &places, &mut layer)? {
                return Ok(false);
            }
        }
        layer.finish()?;
        Ok(rows.is_empty())
    }
}

fn skippable(frame: &ZstdFrame) -> Option<(u64, &Content)> {
    match frame {
        ZstdFrame::Skippable { offset, magic: FRAME, content } => Some((*offset, content)),
        ZstdFrame::Skippable { .. } | ZstdFrame::Data { .. } => None,
    }
}

/// Where frames begin, stored and uncompressed.
struct Places(BTreeMap<u64, u64>);

impl Places {
    fn new(framing: &ZstdFraming) -> Self {
        let place = |frame: &ZstdFrame| match frame {
            ZstdFrame::Data { offset, uncompressed_offset, .. } => Some((*offset, *uncompressed_offset)),
            ZstdFrame::Skippable { .. } => None,
        };
        Places(framing.frames.iter().filter_map(place).collect())
    }

    fn is_at(&self, stored: u64, uncompressed: u64) -> bool {
        self.0.get(&stored) == Some(&uncompressed)
    }
}

impl Row {
    /// Whether it says of a file what the entry says, the content aside.
    fn is_of(&self, entry: &Entry) -> bool {
        let kind = match entry.entry_type {
            EntryType::File => "reg",
            EntryType::Hardlink => "hardlink",
            EntryType::Symlink => "symlink",
            EntryType::CharacterDevice => "char",
            EntryType::BlockDevice => "block",
            EntryType::Directory => "dir",
            EntryType::Fifo => "fifo",
            EntryType::Other(_) => return false,
        };
        !entry.contested
            && entry.sparse.is_none()
            && self.r#type == kind
            && self.name.as_bytes() == &entry.name[..]
            && self.link_name.as_bytes() == &entry.link_name[..]
            && self.mode == u64::from(entry.mode)
            && (self.uid, self.gid, self.size) == (entry.uid, entry.gid, entry.size)
            && (self.dev_major, self.dev_minor) == entry.device.unwrap_or_default()
            && says(self.modtime.as_deref(), Some(entry.mtime))
            && says(self.accesstime.as_deref(), entry.atime)
            && says(self.changetime.as_deref(), entry.ctime)
            && self.says_xattrs(entry)
    }

    fn says_xattrs(&self, entry: &Entry) -> bool {
        let same = |(name, value): (&String, &String)| {
            let known = entry.xattrs.get(name.as_bytes());
            known.is_some_and(|known| STANDARD.decode(value).is_ok_and(|value| value == *known))
        };
        self.xattrs.len() == entry.xattrs.len() && self.xattrs.iter().all(same)
    }

    /// Whether it is no more than the next piece of a file.
    fn is_chunk_of(&self, file: &Row) -> bool {
        let Row { r#type, name, offset, chunk_size, chunk_offset, chunk_digest, chunk_type, .. } = self;
        let rest = (self.mode, self.size, self.uid, self.gid, self.dev_major, self.dev_minor, self.end_offset);
        let texts = [&self.link_name, &self.digest].into_iter().chain(&self.modtime);
        let mut texts = texts.chain(&self.accesstime).chain(&self.changetime);
        r#type == "chunk"
            && *name == file.name
            && *offset > 0
            && *chunk_size > 0
            && *chunk_offset > 0
            && !chunk_digest.is_empty()
            && matches!(&chunk_type[..], "" | "zeros")
            && rest == (0, 0, 0, 0, 0, 0, 0)
            && texts.all(String::is_empty)
            && self.xattrs.is_empty()
    }
}

/// Whether a row has this time. Go's zero time is none.
fn says(text: Option<&str>, time: Option<Time>) -> bool {
    const ZERO: &str = "0001-01-01T00:00:00Z";
    let Some(text) = text.filter(|text| *text != ZERO) else { return time.is_none() };
    let said = chrono::DateTime::parse_from_rfc3339(text).ok().filter(|_| text.ends_with('Z'));
    let said = said.map(|said| (said.timestamp(), said.timestamp_subsec_nanos()));
    said.is_some() && said == time.map(|time| (time.seconds, time.nanoseconds))
}

/// A piece of a content by a table.
struct Piece<'a> {
    size: u64,
    digest: &'a str,
    zeros: bool,
    /// Where it is stored.
    offset: u64,
}

/// The pieces that a file's rows name; `None` where they are not those of one file.
fn pieces<'a>(row: &'a Row, chunks: &'a [Row]) -> Option<Vec<Piece<'a>>> {
    if row.chunk_offset != 0 || !matches!(&row.chunk_type[..], "" | "zeros") {
        return None;
    }
    if chunks.is_empty() && row.chunk_size == 0 {
        let whole = row.chunk_digest.is_empty() && row.chunk_type.is_empty();
        return whole.then(|| vec![Piece { size: row.size, digest: &row.digest, zeros: false, offset: row.offset }]);
    }
    let mut end = 0;
    let mut pieces = Vec::new();
    for chunk in std::iter::once(row).chain(chunks) {
        if chunk.chunk_offset != end || (end > 0 && !chunk.is_chunk_of(row)) {
            return None;
        }
        let zeros = chunk.chunk_type == "zeros";
        pieces.push(Piece { size: chunk.chunk_size, digest: &chunk.chunk_digest, zeros, offset: chunk.offset });
        end = end.checked_add(chunk.chunk_size).filter(|next| *next > end)?;
    }
    (end == row.size).then_some(pieces)
}

/// Whether the rows of an entry name its content, as a whole and in pieces, and where each of them is stored.
fn has_content(
    row: &Row,
    chunks: &[Row],
    entry: &Entry,
    places: &Places,
    layer: &mut LayerReader,
) -> Result<bool, LayerError> {
    if entry.size == 0 {
        let texts = [&row.digest, &row.chunk_digest, &row.chunk_type];
        let numbers = (row.offset, row.end_offset, row.chunk_size, row.chunk_offset);
        return Ok(chunks.is_empty() && texts.iter().all(|text| text.is_empty()) && numbers == (0, 0, 0, 0));
    }
    let Some(pieces) = pieces(row, chunks) else { return Ok(false) };
    let start = entry.offset + entry.raw.len() as u64;
    let mut whole = Sha256Sum::default();
    let (mut at, mut chunk): (u64, &[u8]) = (start, &[]);
    for piece in &pieces {
        let mut identity = Sha256Sum::default();
        let (mut left, mut zeros) = (piece.size, true);
        while left > 0 {
            if chunk.is_empty() {
                chunk = layer.read_content()?.unwrap_or_default();
            }
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            let (part, rest) = chunk.split_at(count);
            if part.is_empty() {
                return Ok(false);
            }
            identity.update(part);
            whole.update(part);
            zeros = zeros && (!piece.zeros || part.iter().all(|byte| *byte == 0));
            (chunk, left) = (rest, left - count as u64);
        }
        let named = format!("sha256:{}", hex::encode(identity.finish().0)) == piece.digest;
        if !named || !zeros || !places.is_at(piece.offset, at) {
            return Ok(false);
        }
        at += piece.size;
    }
    let named = format!("sha256:{}", hex::encode(whole.finish().0)) == row.digest;
    Ok(named && places.is_at(row.end_offset, at))
}
