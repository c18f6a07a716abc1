//! Derived values: digests, sizes and checksums of objects that are themselves reported.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::causes::{ImageFacts, Proof, RecordedFile, Referent};
use crate::finding::{Aspect, Finding, Gap, Kind, Location, Sides};
use crate::image::name_hash::name_hash;

use super::Claim;
use super::candidate::Candidate;
use super::claims::Claimed;
use super::files::{Digests, Files, FilesArena};
use super::gather::Sorted;
use super::order::layer_rank;
use super::store::Positions;

/// Where the findings are that others may follow from.
#[derive(Default)]
pub(super) struct Spans {
    count: usize,
    config: Range<usize>,
    layers: BTreeMap<(u32, u32), Range<usize>>,
    /// Findings of how layers are compressed.
    envelopes: Vec<usize>,
    /// Findings of contents: hash of the path, position and place.
    contents: Vec<(u64, usize, u64)>,
    /// The findings of files that have many, by path, once they were asked for: thousands of rows may be of one file.
    many: RefCell<BTreeMap<Vec<u8>, Arc<[usize]>>>,
}

/// Findings of one file that are read again for every row that it is in.
const FEW: usize = 16;

impl Spans {
    /// Takes in the next finding in order.
    pub(super) fn note(&mut self, place: u64, finding: &Finding) {
        let position = self.count;
        self.count += 1;
        let location = &finding.location;
        match location.kind {
            Kind::Index | Kind::Manifest => {}
            Kind::Config => extend(&mut self.config, position),
            Kind::Layer | Kind::Entry => {
                extend(self.layers.entry(layer_rank(&location.layer)).or_default(), position);
                if is_envelope(finding) {
                    self.envelopes.push(position);
                }
                if let Some(path) = location.path.as_ref().filter(|_| is_content(finding)) {
                    self.contents.push((name_hash(path), position, place));
                }
            }
        }
    }

    /// Makes paths ready to be looked up.
    pub(super) fn sort(&mut self) {
        self.contents.sort_unstable();
    }

    fn layer(&self, layer: &Sides<Option<u32>>) -> Range<usize> {
        self.layers.get(&layer_rank(layer)).cloned().unwrap_or_default()
    }

    /// The findings of the content of a file, in whichever layers.
    fn of_file(&self, path: &[u8], sorted: &Sorted<'_>) -> io::Result<Arc<[usize]>> {
        if let Some(known) = self.many.borrow().get(path) {
            return Ok(known.clone());
        }
        let hash = name_hash(path);
        let start = self.contents.partition_point(|(other, _, _)| *other < hash);
        let end = self.contents.partition_point(|(other, _, _)| *other <= hash);
        let mut positions = Vec::new();
        for (_, position, place) in self.contents.get(start..end).unwrap_or_default() {
            if sorted.finding(*place)?.location.path.as_deref() == Some(path) {
                positions.push(*position);
            }
        }
        let positions: Arc<[usize]> = positions.into();
        if end - start > FEW {
            self.many.borrow_mut().insert(path.to_vec(), positions.clone());
        }
        Ok(positions)
    }
}

/// Findings come in order: those that belong together are next to each other.
fn extend(range: &mut Range<usize>, position: usize) {
    if range.start == range.end {
        range.start = position;
    }
    range.end = position + 1;
}

/// Positions of findings that another one follows from, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From {
    /// These; what follows from the same shares them, for both may be thousands.
    Some(Arc<[usize]>),
    /// All of a range.
    All(Range<usize>),
    /// All of a range but how layers are compressed.
    Uncompressed(Range<usize>),
}

impl From {
    /// Whether this is the same list, not only an equal one.
    pub(super) fn is(&self, other: &From) -> bool {
        matches!((self, other), (From::Some(one), From::Some(other)) if Arc::ptr_eq(one, other))
    }

    /// The first position that is `from` or above.
    pub(super) fn next(&self, from: usize, spans: &Spans) -> Option<usize> {
        match self {
            From::Some(positions) => positions.get(positions.partition_point(|position| *position < from)).copied(),
            From::All(range) => Some(from.max(range.start)).filter(|position| *position < range.end),
            From::Uncompressed(range) => {
                (from.max(range.start)..range.end).find(|position| spans.envelopes.binary_search(position).is_err())
            }
        }
    }

    /// All positions.
    pub(super) fn iter<'a>(&'a self, spans: &'a Spans) -> impl Iterator<Item = usize> + 'a {
        std::iter::successors(self.next(0, spans), |position| self.next(position + 1, spans))
    }

    /// All positions, in ranges.
    pub(super) fn ranges(&self, spans: &Spans) -> Positions {
        if let From::All(range) = self {
            return vec![range.clone()];
        }
        let mut ranges = Positions::new();
        for position in self.iter(spans) {
            match ranges.last_mut() {
                Some(last) if last.end == position => last.end += 1,
                _ => ranges.push(position..position + 1),
            }
        }
        ranges
    }

    /// How many there are.
    pub(super) fn count(&self, spans: &Spans) -> usize {
        match self {
            From::Some(positions) => positions.len(),
            From::All(range) => range.len(),
            From::Uncompressed(range) => {
                let below = |end: usize| spans.envelopes.partition_point(|position| *position < end);
                range.len() - (below(range.end) - below(range.start))
            }
        }
    }
}

/// The findings of one entry, or one finding of something else.
pub(super) struct Group {
    /// The position of the first.
    pub(super) start: usize,
    pub(super) members: Vec<(Location, Aspect)>,
    /// What was looked for before.
    found: RefCell<BTreeMap<Wanted, Arc<[usize]>>>,
}

/// Findings of a group that others follow from, by what they are of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    layer: Sides<Option<u32>>,
    of: Of,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// The header.
    Header,
    /// The content of the innermost file, or of what is in it only.
    Content { inside: Vec<Arc<[u8]>>, whole: bool },
}

impl Group {
    /// A group that begins with this.
    pub(super) fn new(start: usize, first: (Location, Aspect)) -> Self {
        Group { start, members: vec![first], found: RefCell::default() }
    }

    /// The findings that the one at a position follows from, at its entry, on both sides. They are looked for once for
    /// all that follow from the same.
    fn wanted(&self, position: usize, wanted: Wanted) -> From {
        let mut found = self.found.borrow_mut();
        let positions = found.entry(wanted).or_insert_with_key(|wanted| {
            let all = (self.start..).zip(&self.members).filter(|(_, (place, _))| place.layer == wanted.layer);
            all.filter(|(_, (place, aspect))| wanted.of.holds(place, *aspect)).map(|(position, _)| position).collect()
        });
        From::Some(match positions.binary_search(&position) {
            // Nothing follows from itself.
            Ok(_) => positions.iter().copied().filter(|other| *other != position).collect(),
            Err(_) => positions.clone(),
        })
    }
}

impl Of {
    fn holds(&self, place: &Location, aspect: Aspect) -> bool {
        match self {
            Of::Header => in_header(place, aspect),
            Of::Content { inside, whole } => contents(inside, *whole, place, aspect),
        }
    }
}

/// What derived values are looked up in.
pub(super) struct Derivations<'a> {
    pub(super) facts: Sides<&'a ImageFacts>,
    pub(super) gaps: &'a [Gap],
    pub(super) spans: &'a Spans,
    pub(super) sorted: &'a Sorted<'a>,
    pub(super) files: &'a Files<Digests>,
    pub(super) arena: &'a FilesArena,
}

impl Derivations<'_> {
    /// Makes the derived claim that holds for a candidate that has none, and says what it follows from.
    ///
    /// # Errors
    /// When a temporary file cannot be read.
    pub(super) fn claim(&self, candidate: &mut Candidate, position: usize, group: &Group) -> io::Result<Option<From>> {
        if candidate.claimed.is_some() {
            return Ok(None);
        }
        for cause in &candidate.deferred {
            let Proof::Derived(referent) = cause.proof else { continue };
            let Some(referent) = referent(&candidate.finding, self.facts) else { continue };
            let from = self.from(&candidate.finding, position, &referent, group)?;
            if from.next(0, self.spans).is_some() || self.unread(&candidate.finding, &referent) {
                candidate.claimed = Some(Claimed { claim: Claim::Derived, cause, canonical: None, witnesses: None });
                return Ok(Some(from));
            }
        }
        Ok(None)
    }

    /// The findings that one follows from directly.
    fn from(&self, finding: &Finding, position: usize, referent: &Referent, group: &Group) -> io::Result<From> {
        let location = &finding.location;
        let layer = location.layer;
        Ok(match referent {
            Referent::SameEntry => {
                let whole = location.inside.is_empty() && !location.field_name().starts_with("gzip.");
                let of = Of::Content { inside: location.inside.clone(), whole };
                group.wanted(position, Wanted { layer, of })
            }
            Referent::SameHeader => group.wanted(position, Wanted { layer, of: Of::Header }),
            Referent::Layer if location.kind == Kind::Config => From::Uncompressed(self.spans.layer(&location.layer)),
            Referent::Layer => From::All(self.spans.layer(&location.layer)),
            Referent::Config => From::All(self.spans.config.clone()),
            Referent::Manifest => From::Some([].into()),
            Referent::File { path, recorded } => From::Some(self.file(path, recorded)?),
        })
    }

    /// The findings of a file's content, where its contents are the recorded ones.
    fn file(&self, path: &[u8], recorded: &Sides<RecordedFile>) -> io::Result<Arc<[usize]>> {
        let Some(actual) = self.files.get(self.arena, path)? else { return Ok([].into()) };
        let holds = recorded.zip(actual).map(|(recorded, (sha256, size))| {
            recorded.sha256 == sha256 && recorded.size.is_none_or(|recorded| recorded == size)
        });
        if holds == Sides::new(true, true) { self.spans.of_file(path, self.sorted) } else { Ok([].into()) }
    }

    /// Whether the object that a value is derived from could not be read: then the value follows from the gap.
    fn unread(&self, finding: &Finding, referent: &Referent) -> bool {
        *referent == Referent::Layer
            && self.gaps.iter().any(|gap| {
                let (gap, layer) = (&gap.location.layer, &finding.location.layer);
                (gap.original.is_some() && gap.original == layer.original)
                    || (gap.rebuild.is_some() && gap.rebuild == layer.rebuild)
            })
    }
}

/// Whether a finding is of a file's content as a whole or in part, as digests of the file see it.
fn is_content(finding: &Finding) -> bool {
    matches!(finding.aspect, Aspect::Content | Aspect::Compression | Aspect::Order | Aspect::Size)
        && finding.location.field_name() != "header.size"
}

/// Whether a finding is of the content that a size or checksum of the file `inside` is taken of: the `whole` file, or what
/// is in it.
fn contents(inside: &[Arc<[u8]>], whole: bool, other: &Location, aspect: Aspect) -> bool {
    let deeper = other.inside.len() > inside.len();
    other.inside.starts_with(inside)
        && match aspect {
            Aspect::Content | Aspect::Compression | Aspect::Order => whole || deeper,
            Aspect::Type | Aspect::LinkName => whole,
            _ => false,
        }
        && !other.field_name().ends_with("crc32")
}

/// Whether a finding is of a tar header, its checksums aside.
fn in_header(other: &Location, aspect: Aspect) -> bool {
    let field = other.field_name();
    other.inside.is_empty()
        && !matches!(aspect, Aspect::Content | Aspect::Compression)
        && !field.ends_with("chksum")
        && field != "pax.header.size"
}

fn is_envelope(finding: &Finding) -> bool {
    let field = finding.location.field_name();
    finding.location.kind == Kind::Layer
        && (field == "compression"
            || field.starts_with("gzip.")
            || field.starts_with("zstd.")
            || field.starts_with("compression."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_the_same_shares_one_list() {
        let at = |field: &'static str| Location::new(Kind::Entry).at_path((&b"a"[..]).into()).with_field(field);
        // A path that comes a thousand times in one layer: of each entry the checksum, the size and the time differ.
        let fields =
            [("header.chksum", Aspect::Encoding), ("header.mtime", Aspect::Mtime), ("header.size", Aspect::Size)];
        let mut members = fields.into_iter().flat_map(|(field, aspect)| vec![(at(field), aspect); 1000]);
        let mut group = Group::new(5, members.next().unwrap());
        group.members.extend(members);
        let wanted = |position| {
            let layer = Sides::new(None, None);
            match group.wanted(position, Wanted { layer, of: Of::Header }) {
                From::Some(positions) => positions,
                other => panic!("{other:?}"),
            }
        };
        let first = wanted(5);
        assert_eq!(first.iter().copied().collect::<Vec<_>>(), (1005..3005).collect::<Vec<_>>());
        assert!((5..1005).all(|position| Arc::ptr_eq(&wanted(position), &first)));
        // What is in the list does not follow from itself.
        assert_eq!(wanted(1005).len(), 1999);
    }
}
