//! Where findings are and what they are, in columns: what many of them have in common is written once in each chunk, as
//! a *shape*, and of a path only what is not that of the row before.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::chunks::{Chunks, Collected};
use crate::finding::{Aspect, Kind};
use crate::report::html::plain;
use crate::report::text::place::place;
use crate::report::words::{aspect, claim};
use crate::report::{Finding, Location};

/// Rows of a chunk.
const ROWS: usize = 1 << 15;
/// Bytes of text after which a chunk ends with fewer.
const BYTES: usize = 4 << 20;
/// Stands between the names of a file and of the members in it, which no text holds that was made safe.
const INSIDE: char = '\u{1}';

/// What findings have in common, as the page's script reads it: an array in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Shape(
    /// The section: 0 above the platforms.
    usize,
    Kind,
    /// The layers.
    Option<u32>,
    Option<u32>,
    /// The place, without path, field and range.
    String,
    /// The field.
    String,
    /// The aspect by its name in JSON, and in words.
    String,
    &'static str,
    /// The claim.
    &'static str,
    /// Whether it is accepted.
    bool,
    /// The id of the cause, or nothing.
    String,
    /// Whether the values are times, written as numbers.
    bool,
);

/// The beginning of a chunk.
#[derive(Serialize)]
struct Head<'a> {
    rows: usize,
    /// Bytes of all paths, written in full.
    bytes: usize,
    /// Where the numbers of findings do not go on by one: the row and the number.
    ids: &'a [(usize, u64)],
    shapes: Vec<&'a Shape>,
}

/// Rows being collected.
pub(super) struct Rows {
    chunks: Chunks,
    first: u64,
    shapes: BTreeMap<Shape, u16>,
    shape_of: Vec<u16>,
    /// The bytes that a path has in common with the one before.
    shared: Vec<u16>,
    suffixes: String,
    last: String,
    bytes: usize,
    ids: Vec<(usize, u64)>,
    next_id: Option<u64>,
}

impl Rows {
    pub(super) fn new() -> Self {
        Rows {
            chunks: Chunks::new("rows"),
            first: 0,
            shapes: BTreeMap::new(),
            shape_of: Vec::new(),
            shared: Vec::new(),
            suffixes: String::new(),
            last: String::new(),
            bytes: 0,
            ids: Vec::new(),
            next_id: None,
        }
    }

    /// Takes in a finding of a section; `are_times` says how its values are written.
    pub(super) fn push(&mut self, section: usize, finding: &Finding, are_times: bool) -> io::Result<()> {
        if self.shape_of.len() == ROWS || self.bytes >= BYTES {
            self.end_chunk()?;
        }
        if self.next_id != Some(finding.id.0) {
            self.ids.push((self.shape_of.len(), finding.id.0));
        }
        self.next_id = finding.id.0.checked_add(1);
        let shape = shape(section, finding, are_times);
        let number = u16::try_from(self.shapes.len()).unwrap_or(u16::MAX);
        self.shape_of.push(*self.shapes.entry(shape).or_insert(number));
        self.push_path(path(&finding.location));
        Ok(())
    }

    fn push_path(&mut self, path: String) {
        let same = self.last.bytes().zip(path.bytes()).take_while(|(one, other)| one == other).count();
        let most = same.min(usize::from(u16::MAX));
        // The rest has to be text by itself.
        let shared = (0..=most).rev().find(|end| path.is_char_boundary(*end)).unwrap_or(0);
        self.shared.push(u16::try_from(shared).unwrap_or_default());
        self.suffixes.push_str(&path[shared..]);
        self.suffixes.push('\n');
        self.bytes += path.len() + 1;
        self.last = path;
    }

    fn end_chunk(&mut self) -> io::Result<()> {
        let rows = self.shape_of.len();
        if rows == 0 {
            return Ok(());
        }
        let mut shapes: Vec<(&Shape, u16)> = self.shapes.iter().map(|(shape, number)| (shape, *number)).collect();
        shapes.sort_by_key(|(_, number)| *number);
        let shapes = shapes.into_iter().map(|(shape, _)| shape).collect();
        let head = serde_json::to_vec(&Head { rows, bytes: self.bytes, ids: &self.ids, shapes })?;
        let mut content = u32::try_from(head.len()).unwrap_or_default().to_le_bytes().to_vec();
        content.extend(head);
        for column in [&self.shape_of, &self.shared] {
            // The low bytes together and the high ones together are shorter once compressed.
            content.extend(column.iter().map(|number| number.to_le_bytes()[0]));
            content.extend(column.iter().map(|number| number.to_le_bytes()[1]));
        }
        content.extend(self.suffixes.as_bytes());
        self.chunks.push(self.first, &content)?;
        self.first += rows as u64;
        self.shapes.clear();
        self.shape_of.clear();
        self.shared.clear();
        self.suffixes.clear();
        self.last.clear();
        self.ids.clear();
        (self.bytes, self.next_id) = (0, None);
        Ok(())
    }

    /// Bytes that the finished chunks take in the page.
    pub(super) const fn size(&self) -> u64 {
        self.chunks.size()
    }

    pub(super) fn finish(mut self) -> io::Result<Collected> {
        self.end_chunk()?;
        Ok(self.chunks.finish())
    }
}

fn shape(section: usize, finding: &Finding, are_times: bool) -> Shape {
    let location = &finding.location;
    let (original, rebuild) = location.layer.as_ref().map_or((None, None), |sides| (sides.original, sides.rebuild));
    Shape(
        section,
        location.kind,
        original,
        rebuild,
        plain(&place(&Location { path: None, field: None, range: None, ..location.clone() })),
        plain(location.field.as_deref().unwrap_or_default()),
        name_of(finding.aspect),
        aspect(finding.aspect),
        claim(finding.claim),
        finding.accepted,
        plain(finding.cause.as_deref().unwrap_or_default()),
        are_times,
    )
}

/// The aspect as JSON has it.
fn name_of(aspect: Aspect) -> String {
    let name = serde_json::to_value(aspect).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// The path with the members inside; nothing where the finding is of a document or a layer.
fn path(location: &Location) -> String {
    let Some(path) = &location.path else { return String::new() };
    let mut all = plain(if path.is_empty() { "/" } else { path });
    for member in &location.inside {
        all.push(INSIDE);
        all.push_str(&plain(member));
    }
    all
}
