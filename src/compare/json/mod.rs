//! Two JSON documents to findings, every differing byte accounted for.
//!
//! The walk goes down both trees at once. Where values differ there is a finding of aspect `value`, where a member or
//! element is on one side only `presence`, where keyed elements come in another sequence `order`. Where the values are
//! equal and the bytes are not, the finding is of aspect `encoding`, and what the two sides hold says what is encoded
//! in two ways: the sequence of the keys of an object (arrays), a string, key or number (its raw text), or white space
//! (the first differing run; one finding for the whole document, at its root), or that one side is longer than every
//! reader takes it (both lengths, at its root).

mod divided;
mod measure;
mod report;
mod space;
#[cfg(test)]
pub(in crate::compare) mod tests;

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;

use serde_json::json;

use self::report::Report;
use self::space::{Spacing, slots};
use super::alignment::{Alignment, Containers, Row, by_position};
use crate::finding::{Aspect, Finding, Kind, Location, Side, Sides, Value};
use crate::image::json::{Document, Member, Node, NodeKind, Span, same_number};
use crate::limits::Limits;

/// Compares two documents. The field of `base` is put in front of every pointer, the rest of it is in every location.
///
/// Documents with different bytes always have a finding, equal ones never do, and swapping the documents swaps the
/// values and ranges of the findings and nothing else. Where there would be more findings than the limit, the two
/// documents are one finding, at their root.
pub fn compare_documents(
    base: &Location,
    documents: Sides<&Document>,
    containers: &dyn Containers,
    limits: &Limits,
) -> Vec<Finding> {
    if documents.map(|document| &document.raw).same() {
        return Vec::new();
    }
    walked(base, documents, containers, limits).finish(documents)
}

fn walked(base: &Location, documents: Sides<&Document>, containers: &dyn Containers, limits: &Limits) -> Report {
    let report = Report::new(base, limits);
    let mut walk = Walk { documents, containers, report, spacing: Spacing::default() };
    walk.document();
    if let Some((ranges, bytes, sample)) = walk.spacing.found() {
        walk.report.push(Aspect::Encoding, ranges.map(Some), sample, bytes);
        walk.report.structural(Sides::default());
    }
    let lengths = documents.map(|document| document.raw.len());
    if !lengths.map(|length| length > LONGEST).same() {
        walk.report.push(Aspect::Encoding, Sides::default(), lengths.map(|length| Value::Json(json!(length))), 0);
    }
    walk.report
}

/// What every reader takes of a document, in bytes: skopeo and podman refuse a longer one (containers/image,
/// `internal/iolimits`: `MaxManifestBodySize`, `MaxConfigBodySize`).
const LONGEST: usize = 4 << 20;

/// Elements or members that are on both sides, with the name that they share.
type Common<'n> = [(Sides<usize>, &'n str)];

struct Walk<'a> {
    documents: Sides<&'a Document>,
    containers: &'a dyn Containers,
    report: Report,
    spacing: Spacing,
}

impl<'a> Walk<'a> {
    fn document(&mut self) {
        let spans = self.documents.map(|document| document.root.span);
        self.space(spans.map(|span| Some((0, span.0))));
        self.space(self.documents.zip(spans).map(|(document, span)| Some((span.1, document.raw.len()))));
        self.nodes(self.documents.map(|document| &document.root));
    }

    fn bytes(&self, spans: Sides<Span>) -> Sides<&'a [u8]> {
        self.documents.zip(spans).map(|(document, span)| document.bytes(span))
    }

    fn space(&mut self, spans: Sides<Option<Span>>) {
        if let Some(spans) = spans.both() {
            let texts = self.bytes(spans);
            self.spacing.compare(texts, spans);
        }
    }

    fn nodes(&mut self, nodes: Sides<&'a Node>) {
        let spans = nodes.map(|node| node.span);
        if self.report.is_full() || self.bytes(spans).same() {
            return;
        }
        match (&nodes.original.kind, &nodes.rebuild.kind) {
            (NodeKind::Object(original), NodeKind::Object(rebuild)) => {
                self.objects(spans, Sides::new(original, rebuild));
            }
            (NodeKind::Array(original), NodeKind::Array(rebuild)) => self.arrays(spans, Sides::new(original, rebuild)),
            (NodeKind::String(original), NodeKind::String(rebuild)) if original == rebuild => self.spelling(spans),
            (NodeKind::Number(original), NodeKind::Number(rebuild)) if same_number(original, rebuild) => {
                self.spelling(spans);
            }
            _ => self.report.at(Aspect::Value, spans.map(Some), nodes.map(|node| Value::Json(node.to_value()))),
        }
    }

    /// Reports one value that is written in two ways; nothing where it is written in one.
    fn spelling(&mut self, spans: Sides<Span>) {
        let texts = self.bytes(spans);
        if !texts.same() {
            let texts = texts.map(|text| Value::text(String::from_utf8_lossy(text)));
            self.report.at(Aspect::Encoding, spans.map(Some), texts);
        }
    }

    /// Reports something that is on one side only.
    fn presence(&mut self, spans: Sides<Option<Span>>, nodes: Sides<Option<&Node>>) {
        let values = nodes.map(|node| node.map_or(Value::Absent, |node| Value::Json(node.to_value())));
        self.report.at(Aspect::Presence, spans, values);
        self.report.structural(Sides::default());
    }

    /// Reports the sequence of what is on both sides, where it is not the same; `parts` are where all of the container is.
    fn sequence(&mut self, aspect: Aspect, spans: Sides<Span>, parts: Sides<&Vec<Span>>, common: &Common<'_>) {
        let sorted = Sides::from_fn(|side| {
            let mut sorted: Vec<_> = common.iter().collect();
            sorted.sort_by_key(|(positions, _)| *positions.get(side));
            sorted
        });
        if !sorted.same() {
            let names = sorted.map(|sorted| sorted.iter().map(|(_, name)| json!(name)).collect());
            self.report.at(aspect, spans.map(Some), names.map(|names| Value::Json(serde_json::Value::Array(names))));
            self.report.structural(parts.map(Vec::clone));
        }
    }

    /// Compares the white space around what is on both sides, which is at `spans` in the containers `outer`.
    fn slots(&mut self, outer: Sides<Span>, spans: Sides<Vec<Span>>, common: &Common<'_>) {
        let slots = self.documents.zip(outer.zip(spans)).map(|(document, (outer, spans))| {
            let slots = slots(document, outer, &spans);
            (slots, spans.is_empty())
        });
        if slots.as_ref().map(|(_, empty)| *empty).same() {
            self.space(slots.as_ref().map(|(slots, _)| Some(slots.close)));
        }
        for (positions, _) in common {
            let slot = slots.as_ref().zip(*positions).map(|((slots, _), position)| slots.around.get(position));
            let Some(slot) = slot.both() else { continue };
            // The first and the last of a list are spaced in another way than the rest, wherever they went.
            if positions.map(|position| position == 0).same() {
                self.space(slot.map(|slot| Some(slot.before)));
            }
            self.space(slot.map(|slot| slot.after));
        }
    }

    fn objects(&mut self, spans: Sides<Span>, members: Sides<&'a [Member]>) {
        let mut rows: BTreeMap<&str, Sides<Option<usize>>> = BTreeMap::new();
        for side in Side::BOTH {
            for (position, member) in members.get(side).iter().enumerate() {
                *rows.entry(&member.key).or_default().get_mut(side) = Some(position);
            }
        }
        let common: Vec<_> = rows.iter().filter_map(|(key, positions)| Some((positions.both()?, *key))).collect();
        let parts = members.map(|members| members.iter().map(Member::span).collect::<Vec<_>>());
        self.sequence(Aspect::Encoding, spans, parts.as_ref(), &common);
        self.slots(spans, parts, &common);
        for (key, positions) in rows {
            if self.report.is_full() {
                return;
            }
            let found = members.zip(positions).map(|(members, position)| members.get(position?));
            let outer = self.report.descend(key);
            match found.both() {
                Some(pair) => self.members(pair),
                None => self.presence(
                    found.map(|member| member.map(Member::span)),
                    found.map(|member| member.map(|member| &member.value)),
                ),
            }
            self.report.ascend(outer);
        }
    }

    fn members(&mut self, members: Sides<&'a Member>) {
        self.spelling(members.map(|member| member.key_span));
        let between = self.documents.zip(members).map(|(document, member)| {
            let (start, end) = (member.key_span.1, member.value.span.0);
            let colon = document.bytes((start, end)).iter().take_while(|byte| **byte != b':').count();
            ((start, start + colon), (start + colon + 1, end))
        });
        self.space(between.map(|(before, _)| Some(before)));
        self.space(between.map(|(_, after)| Some(after)));
        self.nodes(members.map(|member| &member.value));
    }

    fn arrays(&mut self, spans: Sides<Span>, elements: Sides<&'a [Node]>) {
        let aligned = self.containers.align(self.report.pointer(), elements);
        let Alignment { rows, merged, partial } = aligned.unwrap_or_else(|| by_position(elements.map(<[Node]>::len)));
        let titles: Vec<String> = rows.iter().map(Row::title).collect();
        let common: Vec<_> =
            rows.iter().zip(&titles).filter_map(|(row, title)| Some((row.elements.both()?, title.as_str()))).collect();
        let parts = elements.map(|elements| elements.iter().map(|node| node.span).collect::<Vec<_>>());
        self.sequence(Aspect::Order, spans, parts.as_ref(), &common);
        self.slots(spans, parts, &common);
        self.report.partial |= partial;
        if let Some(merged) = merged {
            self.merged(merged, elements);
        }
        for row in rows {
            self.row(row, elements);
        }
    }

    fn row(&mut self, row: Row, elements: Sides<&'a [Node]>) {
        let found = elements.zip(row.elements).map(|(elements, position)| elements.get(position?));
        if self.report.is_full() {
            return;
        }
        let outer = self.report.descend(&row.name);
        let place = row.places().then(|| {
            let place = &mut self.report.place;
            (mem::replace(&mut place.layer, row.layer), mem::replace(&mut place.attestation, row.attestation))
        });
        match found.both() {
            Some(pair) => self.nodes(pair),
            None => self.presence(found.map(|node| node.map(|node| node.span)), found),
        }
        if let Some((layer, attestation)) = place {
            self.report.place.layer = layer;
            self.report.place.attestation = attestation;
        }
        self.report.ascend(outer);
    }

    /// Reports elements that are one finding together: their numbers, over the bytes from the first to the last.
    fn merged(&mut self, ranges: Sides<Range<usize>>, elements: Sides<&'a [Node]>) {
        let found = elements.zip(ranges.clone()).map(|(elements, range)| elements.get(range).unwrap_or_default());
        let spans = found.map(|nodes| Some((nodes.first()?.span.0, nodes.last()?.span.1)));
        let values = found.map(|nodes| Value::Json(json!({ "layers": nodes.len() })));
        self.report.at(Aspect::Value, spans, values);
        self.report.structural(Sides::default());
        // The diff IDs of a config say nothing beside.
        if self.report.place.kind == Kind::Manifest {
            self.beside(&ranges, elements);
        }
    }
}
