//! Where the walk is, and what it has found so far, within a budget.

use std::cmp::Ordering;

use sha2::{Digest as _, Sha256};

use super::measure::{Found, measure};

use crate::compare::measure::Cover;
use crate::finding::{Aspect, Finding, Location, Range, Sides, Value};
use crate::image::json::{Document, Span, push_token};
use crate::limits::Limits;

/// Bytes of a pointer that cost as much as one finding.
const POINTER_UNIT: usize = 256;

/// The findings of one walk.
pub(super) struct Report {
    /// What every location has: the kind, and what rows of arrays stand for.
    pub(super) place: Location,
    /// Whether something was left out on purpose.
    pub(super) partial: bool,
    pointer: String,
    /// Length of the pointer at the root of the documents.
    base: usize,
    pub(super) found: Vec<Found>,
    /// What findings may still cost; `None` once it was too much.
    budget: Option<usize>,
}

impl Report {
    pub(super) fn new(base: &Location, limits: &Limits) -> Self {
        let pointer = base.field_name().to_owned();
        let budget = Some(limits.document_findings);
        Report { place: base.clone(), partial: false, base: pointer.len(), pointer, found: Vec::new(), budget }
    }

    /// Whether there is no room for more: what is found from here on does not count.
    pub(super) const fn is_full(&self) -> bool {
        self.budget.is_none()
    }

    /// The pointer from the root of the documents.
    pub(super) fn pointer(&self) -> &str {
        self.pointer.get(self.base..).unwrap_or_default()
    }

    /// Goes down one token; the result is what [`Report::ascend`] needs to come back.
    pub(super) fn descend(&mut self, token: &str) -> usize {
        let outer = self.pointer.len();
        push_token(&mut self.pointer, token);
        outer
    }

    pub(super) fn ascend(&mut self, outer: usize) {
        self.pointer.truncate(outer);
    }

    /// A finding here; its bytes are those of the longer span.
    pub(super) fn at(&mut self, aspect: Aspect, spans: Sides<Option<Span>>, values: Sides<Value>) {
        let lengths = spans.map(|span| span.map_or(0, |(start, end)| (end - start) as u64));
        self.push(aspect, spans, values, lengths.original.max(lengths.rebuild));
    }

    /// The last finding is also of what stands between values, and what is at these places has moved.
    pub(super) fn structural(&mut self, moved: Sides<Vec<Span>>) {
        if let Some(last) = self.found.last_mut() {
            (last.structural, last.moved) = (true, moved.map(|spans| spans.into_iter().map(range).collect()));
        }
    }

    /// A finding here.
    pub(super) fn push(&mut self, aspect: Aspect, spans: Sides<Option<Span>>, values: Sides<Value>, bytes: u64) {
        let cost = 1 + self.pointer.len() / POINTER_UNIT;
        self.budget = self.budget.and_then(|budget| budget.checked_sub(cost));
        if self.is_full() {
            self.found.clear();
            return;
        }
        let ranges = spans.map(|span| span.map(range));
        let location = self.place.clone().with_field(self.pointer.clone()).with_range(ranges);
        let finding = Finding { location, aspect, values, bytes };
        self.found.push(Found { finding, moved: Sides::default(), structural: false });
    }

    /// All findings, measured; where there were too many, one for the documents as a whole.
    pub(super) fn finish(mut self, documents: Sides<&Document>) -> Vec<Finding> {
        if !self.is_full() && (self.partial || !self.found.is_empty()) {
            self.found.sort_by(|one, other| in_order(&one.finding, &other.finding));
            return measure(&self.place, documents, self.found, self.partial);
        }
        let aspect = if self.is_full() { Aspect::Value } else { Aspect::Encoding };
        let ranges = documents.map(|document| Some(range((0, document.raw.len()))));
        let base = self.pointer.get(..self.base).unwrap_or_default().to_owned();
        let values = documents.map(|document| Value::Content {
            sha256: Sha256::digest(&document.raw).into(),
            size: document.raw.len() as u64,
            secret: None,
        });
        let bytes = documents.map(|document| document.raw.len() as u64);
        let mut location = self.place.with_field(base).with_range(ranges);
        let raws = documents.map(|document| &*document.raw);
        location.measured = Some(Cover::new(raws).measure(ranges.as_ref().map(Option::as_slice)));
        vec![Finding { location, aspect, values, bytes: bytes.original.max(bytes.rebuild) }]
    }
}

/// The order of a report: by field and aspect, then by the values regardless of side.
fn in_order(one: &Finding, other: &Finding) -> Ordering {
    let attestation = |finding: &Finding| finding.location.attestation.clone();
    let place = |finding: &Finding| (finding.location.field.clone(), finding.aspect);
    let same_place = attestation(one).cmp(&attestation(other)).then_with(|| place(one).cmp(&place(other)));
    same_place.then_with(|| held(one).cmp(&held(other)))
}

fn held(finding: &Finding) -> [String; 2] {
    let mut held = finding.values.as_ref().map(|value| format!("{value:?}"));
    if held.original > held.rebuild {
        held = held.swapped();
    }
    [held.original, held.rebuild]
}

const fn range(span: Span) -> Range {
    (span.0 as u64, span.1 as u64)
}
