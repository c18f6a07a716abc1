//! Two contents of a file to findings: field by field where both decode alike, else by the range that differs.
//!
//! Contents that differ give at least one finding, equal ones give none, and exchanging the sides exchanges the sides of
//! every finding and nothing else. At every level of decoding, the ranges of the findings and of the members that findings
//! are in cover every differing byte: what they do not cover is a finding of its own.

use std::sync::Arc;

use super::measure::Cover;
use crate::content::{self, Decoded, secret};
use crate::finding::{Aspect, Finding, Location, Range, Secret, Side, Sides, UNCOVERED};
use crate::limits::Limits;
use crate::limits::budget::allowance;
use crate::limits::ledger::{Meter, Room, Turn};
use crate::spill::Content;

mod bytes;
mod fields;
mod large;

/// A finding in the content of a file, with the file it is in.
#[derive(Debug, Clone)]
pub struct ContentDifference<'a> {
    /// What differs.
    pub finding: Finding,
    /// The innermost file's bytes, on the sides where there is one and it is small enough to look into.
    pub files: Sides<Option<Arc<[u8]>>>,
    /// The same file taken apart, where it was.
    pub decoded: Sides<Option<&'a Decoded>>,
    /// Set where either of `files` holds a secret anywhere: then no excerpt of them may be shown.
    pub secret: Option<Secret>,
}

/// Takes in what is found.
type Out<'o> = dyn FnMut(ContentDifference<'_>) + 'o;

/// What looking into two contents may cost: the limits of single files, and the turn in which it is spent.
pub struct Costs<'a, 'l> {
    limits: &'a Limits,
    meter: Meter<'a, 'l>,
}

impl<'a, 'l> Costs<'a, 'l> {
    /// Those of contents that belong to no pair of layers.
    pub fn alone(contents: Sides<&Content>, limits: &'a Limits) -> Self {
        let Sides { original, rebuild } = contents.map(|content| allowance(content.size(), limits));
        Costs { limits, meter: Meter::alone([original, rebuild]) }
    }

    /// Those of contents of an entry.
    pub fn in_turn(contents: Sides<&Content>, limits: &'a Limits, turn: &'a mut Turn<'l>) -> Self {
        let Sides { original, rebuild } = contents.map(|content| allowance(content.size(), limits));
        Costs { limits, meter: Meter::new(turn, [original, rebuild]) }
    }
}

/// The most that comparing two contents of the file at `path` may cost; nothing where neither can be taken apart.
pub fn bound(path: &[u8], contents: Sides<&Content>, limits: &Limits) -> u64 {
    let costly = contents.map(|content| content.head(content::HEAD).is_ok_and(|head| content::is_costly(path, &head)));
    if !costly.original && !costly.rebuild {
        return 0;
    }
    let Sides { original, rebuild } = contents.map(|content| allowance(content.size(), limits).0);
    original.saturating_add(rebuild)
}

/// Compares two contents of the file at `base`, which already names the layer, the entry and what the file is inside of.
pub fn compare(base: &Location, contents: Sides<&Content>, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) {
    if contents.original.same(contents.rebuild) {
        return;
    }
    let limit = costs.limits.decoded_content_bytes;
    let files = contents.map(|content| content.bytes(limit).ok().flatten());
    match files.both() {
        Some(files) => Pair::new(base, files, costs).covered(costs, out),
        None => out(large::difference(base, contents)),
    }
}

/// What of two files is covered.
struct Covered<'a> {
    cover: Cover<'a>,
    /// Where the member is that the last finding was in.
    member: Option<Sides<Option<Range>>>,
}

/// Two files in memory that differ.
struct Pair<'a> {
    base: &'a Location,
    files: Sides<Arc<[u8]>>,
    decoded: Sides<Option<Decoded>>,
    secrets: Sides<Option<Secret>>,
}

impl<'a> Pair<'a> {
    fn new(base: &'a Location, files: Sides<Arc<[u8]>>, costs: &mut Costs<'_, '_>) -> Self {
        let secrets = files.as_ref().map(|file| secret::of(path(base), file));
        let decoded = decode(base, files.as_ref(), costs);
        Pair { base, files, decoded, secrets }
    }

    /// Emits what differs, measured, and what the findings do not cover.
    fn covered(&self, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) {
        let mut covered = Covered { cover: Cover::new(self.files.as_ref().map(|file| &file[..])), member: None };
        let order = self.compare(costs, &mut |difference| {
            #[cfg(test)]
            if tests::lost::is(&difference.finding) {
                return;
            }
            out(self.measured(&mut covered, difference));
        });
        let order = order.map(|field| self.trimmed(Aspect::Order, Some(field)));
        #[cfg(test)]
        let order = order.filter(|difference| !tests::lost::is(&difference.finding));
        if let Some(difference) = order {
            covered.cover.set_aside(self.decoded.as_ref().map(parts));
            out(difference);
        }
        if let Some(ranges) = covered.cover.uncovered() {
            out(self.measured(&mut covered, self.in_ranges(ranges, Aspect::Content, Some(UNCOVERED))));
        }
    }

    /// A finding that counts for what it covers of the file at hand. Only in the outermost file are bytes stored bytes.
    fn measured<'d>(&self, cover: &mut Covered<'_>, mut difference: ContentDifference<'d>) -> ContentDifference<'d> {
        let Location { outer, inside, .. } = &difference.finding.location;
        let of_member = inside.len() > self.base.inside.len();
        // Findings in one member come one after the other.
        if of_member && cover.member.replace(*outer) == Some(*outer) {
            return difference;
        }
        let ranges = Sides::from_fn(|side| {
            let encoding = |range: Range| self.encoding(side, range);
            outer.get(side).map(|range| if of_member { encoding(range) } else { vec![range] }).unwrap_or_default()
        });
        let ranges = ranges.as_ref().map(Vec::as_slice);
        if self.base.inside.is_empty() {
            difference.finding.location.measured = cover.cover.measure(ranges);
        } else {
            cover.cover.add(ranges);
        }
        difference
    }

    /// The parts of a member's range that encode it: between them there may be fields of their own.
    fn encoding(&self, side: Side, member: Range) -> Vec<Range> {
        let fields = self.decoded.get(side).as_ref().map_or(&[][..], |decoded| &decoded.fields);
        let first = fields.partition_point(|field| field.range.0 < member.0);
        let inside = fields.iter().skip(first).take_while(|field| field.range.1 <= member.1);
        let encoding = inside.filter(|field| field.aspect == Aspect::Compression).map(|field| field.range);
        let encoding: Vec<Range> = encoding.collect();
        if encoding.is_empty() { vec![member] } else { encoding }
    }

    /// Emits what differs but for the order of what both files have; where that differs, it is by the field returned.
    fn compare(&self, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) -> Option<&'static str> {
        let (mut found, mut order) = (false, None);
        if let Some(decoded) = self.decoded.as_ref().map(Option::as_ref).both()
            && decoded.original.format == decoded.rebuild.format
        {
            order = fields::compare(self, decoded, costs, &mut |difference| {
                found = true;
                out(difference);
            });
        }
        if !found && order.is_none() {
            out(self.trimmed(Aspect::Content, None));
        }
        order
    }

    /// The finding of everything between the common start and the common end of the files.
    fn trimmed(&self, aspect: Aspect, field: Option<&'static str>) -> ContentDifference<'_> {
        self.in_ranges(bytes::trim(self.files.as_ref().map(|file| &file[..])), aspect, field)
    }

    fn in_ranges(&self, ranges: Sides<Range>, aspect: Aspect, field: Option<&'static str>) -> ContentDifference<'_> {
        let mut location = self.base.clone().with_range(ranges.map(Some));
        location.field = field.map(Into::into);
        let part = most(Sides::from_fn(|side| secret::in_range(self.files.get(side), *ranges.get(side))));
        let values = Sides::from_fn(|side| {
            let secret = either(self.secrets, side).or(part);
            bytes::value(content::slice(self.files.get(side), *ranges.get(side)), secret)
        });
        self.difference(Finding { location, aspect, values, bytes: bytes::longer(ranges) })
    }

    fn difference(&self, mut finding: Finding) -> ContentDifference<'_> {
        finding.location.outer = finding.location.range;
        ContentDifference {
            finding,
            files: self.files.clone().map(Some),
            decoded: self.decoded.as_ref().map(Option::as_ref),
            secret: most(self.secrets),
        }
    }

    /// The location of a field, or of the file itself.
    fn location(&self, field: &str, range: Sides<Option<Range>>) -> Location {
        self.base.clone().with_field(field.to_owned()).with_range(range)
    }
}

/// Takes both files apart, or neither where that costs too much.
fn decode(base: &Location, files: Sides<&Arc<[u8]>>, costs: &mut Costs<'_, '_>) -> Sides<Option<Decoded>> {
    let Costs { limits, meter } = costs;
    let (path, depth) = (path(base), base.inside.len());
    let decode = |room: &Room| files.map(|file| content::decode(path, file, limits, depth, room));
    let costly = files.map(|file| content::is_costly(path, file));
    if costly.original || costly.rebuild {
        return meter.measured(decode).unwrap_or_default();
    }
    decode(&Room::endless())
}

/// Where the parts of a file are.
fn parts(decoded: &Option<Decoded>) -> Vec<Range> {
    let ranges = |decoded: &Decoded| {
        let fields = decoded.fields.iter().map(|field| field.range);
        fields.chain(decoded.members.iter().map(|member| member.range)).collect()
    };
    decoded.as_ref().map(ranges).unwrap_or_default()
}

/// The path by which a file at this location is recognized: its name in what it is inside of, else the entry's.
fn path(location: &Location) -> &[u8] {
    location.inside.last().map_or(location.path_bytes(), |name| name)
}

/// The secret of a side, else the other side's: what is left of a key on one side gives away the other.
fn either(secrets: Sides<Option<Secret>>, side: Side) -> Option<Secret> {
    secrets.get(side).or_else(|| most(secrets))
}

/// A secret of either side, the same when the sides are exchanged.
fn most(secrets: Sides<Option<Secret>>) -> Option<Secret> {
    secrets.original.max(secrets.rebuild)
}

#[cfg(test)]
mod tests;
