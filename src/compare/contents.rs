//! Two contents of a file to findings: part by part where both are taken apart alike, else by the range that differs.
//!
//! Contents that differ give at least one finding, equal ones give none, and exchanging the sides exchanges the sides of
//! every finding and nothing else. At every level of decoding, the ranges of the findings and of the members that findings
//! are in cover every differing byte: what they do not cover is a finding of its own.
//!
//! Members are opened one pair at a time, and only where their encoded bytes differ: what is in memory is the directories
//! on the way down, and one pair for each depth.

use super::measure::Cover;
use crate::content::{self, Node, Part, Place, secret};
use crate::finding::{Aspect, Finding, Location, PartPlace, Range, Role, Secret, Side, Sides, UNCOVERED, Value};
use crate::limits::Limits;
use crate::limits::budget::allowance;
use crate::limits::ledger::{Meter, Room, Turn};
use crate::spill::Content;

mod bytes;
mod divided;
mod large;
mod members;
mod parts;
mod records;
mod rows;

/// A finding in the content of a file, with the file it is in.
#[derive(Debug, Clone)]
pub struct ContentDifference<'a> {
    /// What differs.
    pub finding: Finding,
    /// The innermost file, on the sides where there is one that was looked into.
    pub files: Sides<Option<Content>>,
    /// What else is at hand of them.
    pub places: Sides<Place<'a>>,
    /// What the finding is of in the file around, where that is not one range.
    pub covers: Sides<Vec<Range>>,
    /// Set where either of `files` holds a secret anywhere: then no excerpt of them may be shown.
    pub secret: Option<Secret>,
}

/// Takes in what is found.
type Out<'o> = dyn FnMut(ContentDifference<'_>) + 'o;

/// What looking into two contents may cost: the limits of single files, and the turn in which it is spent.
pub struct Costs<'a, 'l> {
    limits: &'a Limits,
    /// Whether files are looked into that are too long to be held: much may be found in them.
    far: bool,
    meter: Meter<'a, 'l>,
}

impl<'a, 'l> Costs<'a, 'l> {
    /// Those of contents that belong to no pair of layers.
    pub fn alone(contents: Sides<&Content>, limits: &'a Limits) -> Self {
        let Sides { original, rebuild } = contents.map(|content| allowance(content.size(), limits));
        Costs { limits, far: false, meter: Meter::alone([original, rebuild]) }
    }

    /// Those of contents of an entry.
    pub fn in_turn(contents: Sides<&Content>, limits: &'a Limits, turn: &'a mut Turn<'l>) -> Self {
        let Sides { original, rebuild } = contents.map(|content| allowance(content.size(), limits));
        Costs { limits, far: true, meter: Meter::new(turn, [original, rebuild]) }
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
    if !contents.original.same(contents.rebuild) {
        compare_differing(base, contents, costs, out);
    }
}

/// The same for contents that are known to differ; gives the secrets in them.
fn compare_differing(
    base: &Location,
    contents: Sides<&Content>,
    costs: &mut Costs<'_, '_>,
    out: &mut Out<'_>,
) -> Sides<Option<Secret>> {
    let limit = costs.limits.decoded_content_bytes;
    let is_long = contents.original.size().max(contents.rebuild.size()) > limit;
    if let Some(files) = contents.map(|content| content.loaded(limit).ok()).both()
        && (!is_long || costs.far)
    {
        let pair = Pair::new(base, files, is_long, costs);
        // Bytes of a long file are read in a stream.
        if !is_long || pair.nodes.as_ref().map(Option::as_ref).both().is_some() {
            pair.covered(costs, out);
            return pair.secrets;
        }
    }
    out(large::difference(base, contents));
    Sides::default()
}

/// What of two files is covered.
struct Covered<'a> {
    cover: Cover<'a>,
    /// Where the member is that the last finding was in.
    member: Option<Sides<Option<Range>>>,
}

/// Two files that differ: in memory, or archives that are too long for it.
struct Pair<'a> {
    base: &'a Location,
    files: Sides<Content>,
    /// Whether a side is too long to be held.
    is_long: bool,
    nodes: Sides<Option<Node>>,
    secrets: Sides<Option<Secret>>,
}

impl<'a> Pair<'a> {
    fn new(base: &'a Location, files: Sides<Content>, is_long: bool, costs: &mut Costs<'_, '_>) -> Self {
        let secrets = files.as_ref().map(|file| secret::of(path(base), file.in_memory().filter(|_| !is_long)?));
        let nodes = decode(base, files.as_ref(), costs);
        Pair { base, files, is_long, nodes, secrets }
    }

    /// Emits what differs, measured, and what the findings do not cover.
    fn covered(&self, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) {
        let mut covered = Covered { cover: Cover::over(self.files.as_ref()), member: None };
        let order = self.compare(costs, &mut |difference| {
            #[cfg(test)]
            if tests::lost::is(&difference.finding) {
                return;
            }
            out(self.measured(&mut covered, difference));
        });
        let order = order.map(|node| self.moved(node));
        #[cfg(test)]
        let order = order.filter(|difference| !tests::lost::is(&difference.finding));
        if let Some(difference) = order {
            covered.cover.set_aside(Sides::from_fn(|side| ranges(self.nodes.get(side).as_ref(), self.files.get(side))));
            out(difference);
        }
        if let Some(ranges) = covered.cover.uncovered() {
            let mut rest = self.in_ranges(ranges, Aspect::Content);
            rest.finding.location.field = Some(UNCOVERED.into());
            out(self.measured(&mut covered, rest));
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
        let ranges = Sides::from_fn(|side| match (difference.covers.get(side), *outer.get(side)) {
            (covers, _) if !covers.is_empty() => covers.clone(),
            (_, Some(member)) if of_member => self.encoding(side, member),
            (_, range) => range.into_iter().collect(),
        });
        let ranges = ranges.as_ref().map(Vec::as_slice);
        if self.base.inside.is_empty() {
            difference.finding.location.measured = Some(cover.cover.measure(ranges));
        } else {
            cover.cover.add(ranges);
        }
        difference
    }

    /// The parts that encode a member: between them there may be others.
    fn encoding(&self, side: Side, member: Range) -> Vec<Range> {
        let parts = self.nodes.get(side).as_ref().map_or(&[][..], |node| &node.parts);
        let first = parts.partition_point(|part| part.range.0 < member.0);
        let inside = parts.iter().skip(first).take_while(|part| part.range.1 <= member.1);
        inside.filter(|part| part.role == Role::Encoded).map(|part| part.range).collect()
    }

    /// Emits what differs but for the order of what both files have; where that differs, it is that of the node returned.
    fn compare(&self, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) -> Option<&Node> {
        let (mut found, mut moved) = (false, None);
        if let Some(nodes) = self.nodes.as_ref().map(Option::as_ref).both()
            && nodes.original.format == nodes.rebuild.format
        {
            let is_moved = parts::compare(self, nodes, costs, &mut |difference| {
                found = true;
                out(difference);
            });
            moved = is_moved.then_some(nodes.original);
        }
        if !found && moved.is_none() {
            out(self.trimmed(Aspect::Content));
        }
        moved
    }

    /// The finding that what both files have comes in another order.
    fn moved(&self, node: &Node) -> ContentDifference<'_> {
        let mut moved = self.trimmed(Aspect::Order);
        let (format, field) = (node.format.into(), node.order_field());
        let place = PartPlace { format, name: field.into(), role: Role::Header, member: None };
        (moved.finding.location.field, moved.finding.location.part) = (Some(field.into()), Some(Box::new(place)));
        moved
    }

    /// The finding of everything between the common start and the common end of the files.
    fn trimmed(&self, aspect: Aspect) -> ContentDifference<'_> {
        let files = self.files.as_ref();
        let held = files.map(|file| file.in_memory().filter(|_| !self.is_long)).both();
        self.in_ranges(held.map_or_else(|| large::trim(files), bytes::trim), aspect)
    }

    fn in_ranges(&self, ranges: Sides<Range>, aspect: Aspect) -> ContentDifference<'_> {
        let location = self.base.clone().with_range(ranges.map(Some));
        let part = most(Sides::from_fn(|side| self.secret_in(side, *ranges.get(side))));
        let values = Sides::from_fn(|side| {
            let secret = either(self.secrets, side).or(part);
            self.value(side, *ranges.get(side), secret)
        });
        let finding = Finding { location, aspect, values, bytes: bytes::longer(ranges) };
        self.difference(finding, Sides::default(), Sides::default())
    }

    /// The secret that a range is in.
    fn secret_in(&self, side: Side, range: Range) -> Option<Secret> {
        let file = self.files.get(side);
        match file.in_memory().filter(|_| !self.is_long) {
            Some(bytes) => secret::in_range(bytes, range),
            None => large::secret_around(path(self.base), file, range),
        }
    }

    /// What a side holds in a range.
    fn value(&self, side: Side, range: Range, secret: Option<Secret>) -> Value {
        let file = self.files.get(side);
        file.slice(range).map_or_else(|| large::value(file, range, secret), |bytes| bytes::value(&bytes, secret))
    }

    /// A finding of a part, with what the members hold that it is about.
    fn difference<'p>(
        &'p self,
        mut finding: Finding,
        parts: Sides<Option<&'p Part>>,
        members: Sides<Option<[u8; 32]>>,
    ) -> ContentDifference<'p> {
        (finding.location.outer, finding.location.measured) = (finding.location.range, Some(0));
        let places = Sides::from_fn(|side| Place {
            node: self.nodes.get(side).as_ref(),
            part: *parts.get(side),
            member_sha256: *members.get(side),
            around: None,
        });
        let (files, covers) = (self.files.clone().map(Some), Sides::default());
        ContentDifference { finding, files, places, covers, secret: most(self.secrets) }
    }
}

/// Takes both files apart, or neither where that costs too much.
fn decode(base: &Location, files: Sides<&Content>, costs: &mut Costs<'_, '_>) -> Sides<Option<Node>> {
    let Costs { limits, meter, .. } = costs;
    let (path, depth) = (path(base), base.inside.len());
    let decode = |room: &Room| files.map(|file| content::decode(path, file, limits, depth, room));
    let costly = files.map(|file| file.head(content::HEAD).is_ok_and(|head| content::is_costly(path, &head)));
    if costly.original || costly.rebuild {
        return meter.measured(decode).unwrap_or_default();
    }
    decode(&Room::endless())
}

/// Where the parts of a file are, and the fields of those that consist of some.
fn ranges(node: Option<&Node>, file: &Content) -> Vec<Range> {
    let Some(node) = node else { return Vec::new() };
    let mut ranges = Vec::new();
    for part in &node.parts {
        let fields = node.fields(part, file);
        ranges.extend(fields.iter().map(|field| field.range));
        if fields.is_empty() {
            ranges.push(part.range);
        }
    }
    ranges
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
