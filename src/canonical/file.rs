//! The content of a file, at any depth: the bytes that no claim is about, and what was looked into
//! (`docs/canonical-form.md`, "Contents").

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::sync::Arc;

use crate::content::{self, Node as Parts, Shape};
use crate::digest::Sha256Sum;
use crate::finding::{Aspect, Of, Range, Role};
use crate::limits::Limits;
use crate::limits::budget::allowance;
use crate::limits::ledger::Room;
use crate::spill::Content;

use super::claims::Mark;
use super::form::{Form, Node, list};
use super::ordered::{Ordered, is_of_order};

/// A file whose claims name places that are not there.
pub(super) struct Undecodable;

/// What claims leave of the bytes of one file.
pub(super) struct Cuts {
    /// What is left out, sorted, apart from each other.
    gone: Vec<Range>,
    /// How many bytes are in so many of the first of these.
    sums: Vec<u64>,
    /// Where claims begin that both sides have bytes of.
    starts: Vec<u64>,
    sum: Sha256Sum,
    at: u64,
}

impl Cuts {
    /// `marks` are those of this file, `extra` what stands elsewhere.
    fn new<'m>(marks: impl Iterator<Item = &'m Mark> + Clone, extra: &[Range]) -> Self {
        let mut all: Vec<Range> = marks.clone().filter_map(|mark| mark.range).chain(extra.iter().copied()).collect();
        all.sort_unstable();
        let mut gone: Vec<Range> = Vec::new();
        for (start, end) in all {
            match gone.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => gone.push((start, end)),
            }
        }
        // What encodes a member has the member's place.
        let mut places = extra.to_vec();
        places.sort_unstable();
        let elsewhere = |start: &u64| {
            let before = places.partition_point(|(from, _)| from <= start);
            before.checked_sub(1).and_then(|last| places.get(last)).is_some_and(|(_, to)| start < to)
        };
        let starts = marks.filter(|mark| mark.beyond).filter_map(|mark| Some(mark.range?.0));
        let starts = starts.filter(|start| !elsewhere(start)).collect();
        let sums = gone.iter().scan(0, |sum, (start, end)| {
            *sum += end - start;
            Some(*sum)
        });
        let sums = std::iter::once(0).chain(sums).collect();
        Cuts { gone, sums, starts, sum: Sha256Sum::default(), at: 0 }
    }

    /// Takes in the next piece of the file.
    pub(super) fn push(&mut self, piece: &[u8]) {
        let (start, end) = (self.at, self.at + piece.len() as u64);
        let part = |from: u64, to: u64| {
            let index = |position: u64| usize::try_from(position - start).unwrap_or(usize::MAX);
            piece.get(index(from)..index(to)).unwrap_or_default()
        };
        let mut from = start;
        let first = self.gone.partition_point(|(_, to)| *to <= start);
        for (gone, to) in self.gone.iter().skip(first).take_while(|(gone, _)| *gone < end) {
            if *gone > from {
                self.sum.update(part(from, *gone));
            }
            from = from.max((*to).min(end));
        }
        self.sum.update(part(from, end));
        self.at = end;
    }

    /// Takes in pieces of a content.
    fn push_all(&mut self, file: &Content, pieces: impl IntoIterator<Item = Range>) -> Result<(), Undecodable> {
        for piece in pieces {
            let mut reader = file.reader_of(piece);
            loop {
                let bytes = reader.fill_buf().map_err(|_| Undecodable)?;
                let count = bytes.len();
                if count == 0 {
                    break;
                }
                self.push(bytes);
                reader.consume(count);
            }
        }
        Ok(())
    }

    /// How many bytes are left of those before a place.
    fn left_before(&self, place: u64) -> u64 {
        let before = self.gone.partition_point(|(start, _)| *start < place);
        let beyond = before.checked_sub(1).and_then(|last| self.gone.get(last));
        let beyond = beyond.map_or(0, |(_, end)| end.saturating_sub(place));
        place + beyond - self.sums.get(before).copied().unwrap_or(0)
    }

    /// The form of a file with these members, each behind the place that it had.
    pub(super) fn end(self, members: impl IntoIterator<Item = (u64, Form)>) -> Form {
        let places = self.starts.iter().map(|start| self.left_before(*start).to_be_bytes());
        let places = list("cuts", places);
        let members = members.into_iter().map(|(place, form)| {
            let place = self.left_before(place).to_be_bytes();
            Node::new("place").item(&place).item(&form).end()
        });
        let members = list("members", members);
        let (left, _) = self.sum.finish();
        Node::new("file").item(&left).item(&places).item(&members).end()
    }
}

/// The form of a file of which a claim covers all.
pub(super) fn mapped() -> Form {
    Node::new("claimed").end()
}

/// How the content of an entry has to be read.
pub(super) enum Reading {
    /// Not at all.
    Mapped,
    /// Once, from the first byte to the last.
    Stream(Box<Cuts>),
    /// Whole, to look into it.
    Whole,
}

/// How to read a content of which these claims are made.
pub(super) fn reading(marks: &[&Mark]) -> Reading {
    if covers_all(marks, 0) {
        Reading::Mapped
    } else if opens(marks, 0) {
        Reading::Whole
    } else {
        Reading::Stream(Box::new(Cuts::new(marks.iter().copied(), &[])))
    }
}

/// The form of a file at hand. `marks` are those of it and of what is in it; `depth` is the number of files around it.
///
/// # Errors
/// Where claims are made of what is in the file, and there is no such thing.
pub(super) fn of(
    path: &[u8],
    file: &Content,
    depth: usize,
    marks: &[&Mark],
    limits: &Limits,
) -> Result<Form, Undecodable> {
    let room = Room::new(allowance(file.size(), limits).0);
    nested(path, file, depth, marks, limits, &room)
}

fn nested(
    path: &[u8],
    file: &Content,
    depth: usize,
    marks: &[&Mark],
    limits: &Limits,
    room: &Room,
) -> Result<Form, Undecodable> {
    if covers_all(marks, depth) {
        return Ok(mapped());
    }
    let mut opened = Opened::default();
    if opens(marks, depth) {
        opened = open(path, file, depth, marks, limits, room)?;
    }
    opened.form(file, marks.iter().copied().filter(|mark| mark.inside.len() == depth))
}

/// A file in memory, or one that is too long for it.
fn loaded(file: &Content, limits: &Limits) -> Result<Content, Undecodable> {
    file.loaded(limits.decoded_content_bytes).map_err(|_| Undecodable)
}

/// What was looked into of a file.
#[derive(Default)]
struct Opened {
    /// What encodes members that were opened.
    gone: Vec<Range>,
    /// Where these were, and their forms.
    members: Vec<(u64, Form)>,
    order: Option<Ordered>,
}

fn open(
    path: &[u8],
    file: &Content,
    depth: usize,
    marks: &[&Mark],
    limits: &Limits,
    room: &Room,
) -> Result<Opened, Undecodable> {
    let here = || marks.iter().copied().filter(|mark| mark.inside.len() == depth);
    let file = &loaded(file, limits)?;
    let node = content::decode(path, file, limits, depth, room).ok_or(Undecodable)?;
    let mut opened = Opened::default();
    if here().any(is_of_order) {
        opened.order = Some(Ordered::of(&node).ok_or(Undecodable)?);
    }
    let recompressed = Recompressed::of(&node, here());
    let inside = inside(marks, depth);
    for (number, member) in node.members.iter().enumerate() {
        let inner = inside.get(&member.name[..]).map_or(&[][..], Vec::as_slice);
        if inner.is_empty() && !recompressed.is(member.range) {
            continue;
        }
        let encoded = encoded(&node, number);
        let place = encoded.first().map_or(member.range.0, |range| range.0);
        opened.gone.extend(encoded);
        if is_dropped(inner, depth + 1) {
            continue;
        }
        let content = loaded(&node.open(file, number, limits, room).ok_or(Undecodable)?, limits)?;
        let form = nested(&member.name, &content, depth + 1, inner, limits, room)?;
        opened.members.push((place, Node::new("member").item(&member.name).item(&form).end()));
    }
    check_names(marks, depth, &node)?;
    Ok(opened)
}

impl Opened {
    /// The form of the file.
    fn form<'m>(self, file: &Content, here: impl Iterator<Item = &'m Mark> + Clone) -> Result<Form, Undecodable> {
        let Opened { gone, mut members, order } = self;
        let Some(order) = order else {
            let mut cuts = Cuts::new(here, &gone);
            cuts.push_all(file, [(0, file.size())])?;
            return Ok(cuts.end(members));
        };
        let moved = |range: Range| order.range(range).ok_or(Undecodable);
        let rest = here.filter(|mark| !is_of_order(mark));
        let here: Vec<Mark> =
            rest.map(|mark| Ok(mark.at(mark.range.map(moved).transpose()?))).collect::<Result<_, _>>()?;
        for (place, _) in &mut members {
            *place = moved((*place, *place))?.0;
        }
        members.sort_unstable();
        let gone: Vec<Range> = gone.into_iter().map(moved).collect::<Result<_, _>>()?;
        let mut cuts = Cuts::new(here.iter(), &gone);
        cuts.push_all(file, order.in_order())?;
        Ok(cuts.end(members))
    }
}

/// Whether a claim is about the whole file.
fn covers_all(marks: &[&Mark], depth: usize) -> bool {
    marks.iter().any(|mark| mark.inside.len() == depth && mark.range.is_none() && !mark.beyond)
}

/// Whether the file must be taken apart to tell what claims are about.
fn opens(marks: &[&Mark], depth: usize) -> bool {
    marks.iter().any(|mark| mark.inside.len() > depth || mark.aspect == Aspect::Compression || is_of_order(mark))
}

/// The claims in each member.
fn inside<'m>(marks: &[&'m Mark], depth: usize) -> BTreeMap<&'m [u8], Vec<&'m Mark>> {
    let mut inside: BTreeMap<&[u8], Vec<&Mark>> = BTreeMap::new();
    for mark in marks {
        if let Some(name) = mark.inside.get(depth) {
            inside.entry(name).or_default().push(mark);
        }
    }
    inside
}

/// Which members are encoded in another way on the other side.
enum Recompressed {
    /// The one that there is, or none.
    Whole(bool),
    /// Those whose data is in these places.
    Of(BTreeSet<Range>),
}

impl Recompressed {
    fn of<'m>(node: &Parts, here: impl Iterator<Item = &'m Mark>) -> Self {
        let mut ranges = here.filter(|mark| mark.aspect == Aspect::Compression).map(|mark| mark.range);
        match node.shape {
            Shape::Archive { .. } => Recompressed::Of(ranges.flatten().collect()),
            Shape::Envelope | Shape::Fields { .. } => Recompressed::Whole(ranges.next().is_some()),
        }
    }

    fn is(&self, data: Range) -> bool {
        match self {
            Recompressed::Whole(is) => *is,
            Recompressed::Of(ranges) => ranges.contains(&data),
        }
    }
}

/// Whether the member itself is what a claim is about: one side has it, or both have it dropped.
fn is_dropped(marks: &[&Mark], depth: usize) -> bool {
    marks.iter().any(|mark| mark.inside.len() == depth && mark.aspect == Aspect::Presence && mark.field.is_empty())
}

/// The bytes that encode a member and, in gzip files, the CRC-32 and size behind its streams (RFC 1952, section 2.3.1):
/// checked, and they follow from what it holds.
fn encoded(node: &Parts, member: usize) -> Vec<Range> {
    if matches!(node.shape, Shape::Archive { .. }) {
        return node.encoded(member).map(|part| part.range).collect();
    }
    let stands_for = |role: Role| matches!(role, Role::Encoded | Role::Derived { of: Of::Member, .. });
    let parts = node.parts.iter().filter(|part| part.member == Some(member) && stands_for(part.role));
    parts.map(|part| part.range).collect()
}

/// What claims are made of is there, unless it is on the other side alone, and it is clear which one it is.
fn check_names(marks: &[&Mark], depth: usize, node: &Parts) -> Result<(), Undecodable> {
    let mut names: BTreeMap<&Arc<[u8]>, usize> = BTreeMap::new();
    node.members.iter().for_each(|member| *names.entry(&member.name).or_default() += 1);
    let mut named = marks.iter().filter_map(|mark| Some((mark, mark.inside.get(depth)?)));
    let lost = named.any(|(mark, name)| match names.get(name) {
        Some(count) => *count > 1,
        None => mark.range.is_some(),
    });
    if lost { Err(Undecodable) } else { Ok(()) }
}
