//! Where the findings are that others may follow from, and lists of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::explain::gather::Sorted;
use crate::explain::order::layer_rank;
use crate::explain::store::Positions;
use crate::finding::{Aspect, Finding, Kind, Sides};
use crate::image::name_hash::name_hash;

/// Where the findings are that others may follow from.
#[derive(Default)]
pub(in crate::explain) struct Spans {
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
    pub(in crate::explain) fn note(&mut self, place: u64, finding: &Finding) {
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
    pub(in crate::explain) fn sort(&mut self) {
        self.contents.sort_unstable();
    }

    /// The findings of the config.
    pub(super) fn config(&self) -> Range<usize> {
        self.config.clone()
    }

    /// The findings of a layer and of what is in it.
    pub(super) fn layer(&self, layer: &Sides<Option<u32>>) -> Range<usize> {
        self.layers.get(&layer_rank(layer)).cloned().unwrap_or_default()
    }

    /// The findings of the content of a file, in whichever layers.
    pub(super) fn of_file(&self, path: &[u8], sorted: &Sorted<'_>) -> io::Result<Arc<[usize]>> {
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
pub(in crate::explain) enum From {
    /// These; what follows from the same shares them, for both may be thousands.
    Some(Arc<[usize]>),
    /// All of a range.
    All(Range<usize>),
    /// All of a range but how layers are compressed.
    Uncompressed(Range<usize>),
}

impl From {
    /// Whether this is the same list, not only an equal one.
    pub(in crate::explain) fn is(&self, other: &From) -> bool {
        matches!((self, other), (From::Some(one), From::Some(other)) if Arc::ptr_eq(one, other))
    }

    /// The first position that is `from` or above.
    pub(in crate::explain) fn next(&self, from: usize, spans: &Spans) -> Option<usize> {
        match self {
            From::Some(positions) => positions.get(positions.partition_point(|position| *position < from)).copied(),
            From::All(range) => Some(from.max(range.start)).filter(|position| *position < range.end),
            From::Uncompressed(range) => {
                (from.max(range.start)..range.end).find(|position| spans.envelopes.binary_search(position).is_err())
            }
        }
    }

    /// All positions.
    pub(in crate::explain) fn iter<'a>(&'a self, spans: &'a Spans) -> impl Iterator<Item = usize> + 'a {
        std::iter::successors(self.next(0, spans), |position| self.next(position + 1, spans))
    }

    /// All positions, in ranges.
    pub(in crate::explain) fn ranges(&self, spans: &Spans) -> Positions {
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
    pub(in crate::explain) fn count(&self, spans: &Spans) -> usize {
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

/// Whether a finding is of a file's content as a whole or in part, as digests of the file see it.
fn is_content(finding: &Finding) -> bool {
    let inside = finding.location.part.is_some() || !finding.location.inside.is_empty();
    match finding.aspect {
        Aspect::Content | Aspect::Compression | Aspect::Order => true,
        // Of an entry itself these are in its header.
        Aspect::Size | Aspect::Encoding | Aspect::Presence => inside,
        _ => false,
    }
}

fn is_envelope(finding: &Finding) -> bool {
    let field = finding.location.field_name();
    finding.location.kind == Kind::Layer
        && (field == "compression"
            || field.starts_with("gzip.")
            || field.starts_with("zstd.")
            || field.starts_with("compression."))
}
