//! The partition: every byte of an archive with the name of its field.

use std::borrow::Cow;
use std::ops::Range;

use super::Zip;
use super::extra::{self, TIMES, ZIP64};
use super::header::{CENTRAL_SIZE, DESCRIPTOR, LOCAL_SIZE, Tail};
use crate::spill::Window;

/// Blocks that consist of fields.
const LOCAL_HEADER: &str = "local";
const CENTRAL_HEADER: &str = "central";
const DATA_DESCRIPTOR: &str = "descriptor";

/// Some bytes of an archive: a block (`local`, `data`, `descriptor`, `central`) or a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The field: `local.mtime`, `central.extra.5455.mtime`, `data`, `descriptor.crc32`, `end.comment`, `gap`.
    pub name: Cow<'static, str>,
    /// The member, by its position in [`Zip::members`].
    pub member: Option<usize>,
    /// Where it is.
    pub range: Range<usize>,
}

/// Fields of a header by the bytes that they have, in order.
type Layout = &'static [(&'static str, usize)];

const LOCAL: Layout = &[
    ("local.version", 6),
    ("local.flags", 2),
    ("local.method", 2),
    ("local.mtime", 4),
    ("local.crc32", 4),
    ("local.compressed_size", 4),
    ("local.size", 4),
    ("local.lengths", 4),
];

const CENTRAL: Layout = &[
    ("central.creator", 6),
    ("central.version", 2),
    ("central.flags", 2),
    ("central.method", 2),
    ("central.mtime", 4),
    ("central.crc32", 4),
    ("central.compressed_size", 4),
    ("central.size", 4),
    ("central.lengths", 6),
    ("central.disk", 2),
    ("central.internal", 2),
    ("central.external", 4),
    ("central.offset", 4),
];

const END64: Layout = &[
    ("end64.version", 16),
    ("end64.disks", 8),
    ("end64.entries", 16),
    ("end64.directory_size", 8),
    ("end64.directory_offset", 8),
];

const LOCATOR64: Layout = &[("locator64.disk", 8), ("locator64.offset", 8), ("locator64.disks", 4)];

const END: Layout = &[
    ("end.disks", 8),
    ("end.entries", 4),
    ("end.directory_size", 4),
    ("end.directory_offset", 4),
    ("end.comment_length", 2),
];

/// All blocks of an archive, in order.
pub(super) fn blocks(zip: &Zip, size: usize) -> impl Iterator<Item = Part> {
    let mut at = 0;
    let stored = zip.stored_order().into_iter().filter_map(|position| Some((position, zip.members.get(position)?)));
    let stored = stored.flat_map(move |(position, member)| {
        let mut parts = Parts { member: Some(position), parts: Vec::new() };
        parts.between(at, member.local.start);
        at = member.descriptor.end;
        parts.push(LOCAL_HEADER, member.local.clone());
        parts.push("data", member.data.clone());
        parts.some(DATA_DESCRIPTOR, member.descriptor.clone());
        parts.parts
    });
    let behind = zip.members.iter().map(|member| member.descriptor.end).max().unwrap_or(0);
    let mut gap = Parts { member: None, parts: Vec::new() };
    gap.between(behind, zip.directory.start);
    let central = zip.members.iter().enumerate().map(|(position, member)| Part {
        name: CENTRAL_HEADER.into(),
        member: Some(position),
        range: member.central.clone(),
    });
    stored.chain(gap.parts).chain(central).chain(end(zip, size))
}

/// The fields that a block of these bytes consists of, in order; none where it is a field itself.
pub fn fields(bytes: &[u8], block: &Part) -> Vec<Part> {
    let mut parts = Parts { member: block.member, parts: Vec::new() };
    match &*block.name {
        LOCAL_HEADER => parts.of_header(bytes, false),
        CENTRAL_HEADER => parts.of_header(bytes, true),
        DATA_DESCRIPTOR => parts.of_descriptor(bytes.len()),
        _ => {}
    }
    let first = block.range.start;
    for part in &mut parts.parts {
        part.range = first + part.range.start..first + part.range.end;
    }
    parts.parts
}

fn end(zip: &Zip, size: usize) -> Vec<Part> {
    let mut parts = Parts { member: None, parts: Vec::new() };
    if let Some((record, locator)) = zip.end.records64() {
        parts.fixed(END64, record.start);
        parts.fixed(LOCATOR64, locator.start);
    }
    let comment = parts.fixed(END, zip.end.start);
    parts.some("end.comment", comment..size);
    parts.parts
}

struct Parts {
    member: Option<usize>,
    parts: Vec<Part>,
}

impl Parts {
    fn push(&mut self, name: impl Into<Cow<'static, str>>, range: Range<usize>) {
        self.parts.push(Part { name: name.into(), member: self.member, range });
    }

    /// A part where there are any bytes.
    fn some(&mut self, name: impl Into<Cow<'static, str>>, range: Range<usize>) {
        if !range.is_empty() {
            self.push(name, range);
        }
    }

    /// What is between members belongs to none.
    fn between(&mut self, from: usize, to: usize) {
        if from < to {
            let name = if from == 0 { "prefix" } else { "gap" };
            self.parts.push(Part { name: name.into(), member: None, range: from..to });
        }
    }

    /// The fields of a layout from a place on; where they end.
    fn fixed(&mut self, layout: Layout, mut at: usize) -> usize {
        for (name, size) in layout {
            self.push(*name, at..at + size);
            at += size;
        }
        at
    }

    fn of_descriptor(&mut self, end: usize) {
        let signed = end.is_multiple_of(8);
        let values = if signed { DESCRIPTOR.len() } else { 0 };
        let width = if end - values == 20 { 8 } else { 4 };
        self.some("descriptor.signature", 0..values);
        self.push("descriptor.crc32", values..values + 4);
        self.push("descriptor.compressed_size", values + 4..values + 4 + width);
        self.push("descriptor.size", values + 4 + width..end);
    }

    fn of_header(&mut self, bytes: &[u8], is_central: bool) {
        let (layout, size, prefix) =
            if is_central { (CENTRAL, CENTRAL_SIZE, "central") } else { (LOCAL, LOCAL_SIZE, "local") };
        debug_assert_eq!(layout.iter().map(|(_, size)| size).sum::<usize>(), size);
        self.fixed(layout, 0);
        let window = Window::of(bytes);
        // It was read before.
        let Ok(tail) = Tail::of(&window, 0, is_central, bytes.len()) else { return };
        self.push(if is_central { "central.name" } else { "local.name" }, tail.name);
        let (fields, rest) = extra::fields(&window, &tail.extra);
        for field in fields {
            let name = format!("{prefix}.extra.{:04x}", field.id);
            let data = bytes.get(field.data.clone()).unwrap_or(&[]);
            match field.id {
                TIMES if let Some(times) = extra::times(data, is_central) => self.of_times(&name, &field, &times),
                ZIP64 => {
                    self.push(name.clone(), field.header);
                    self.some(name + ".sizes", field.data);
                }
                _ => self.push(name, field.header.start..field.data.end),
            }
        }
        self.some(format!("{prefix}.extra.unparsed"), rest);
        self.some("central.comment", tail.comment);
    }

    /// An extended timestamp: its header with its flags, then times of four bytes.
    fn of_times(&mut self, name: &str, field: &extra::Extra, times: &[&str]) {
        let mut at = field.data.start + 1;
        self.push(name.to_owned(), field.header.start..at);
        for time in times {
            self.push(format!("{name}.{time}"), at..at + 4);
            at += 4;
        }
    }
}
