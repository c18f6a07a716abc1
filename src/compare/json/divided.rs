//! What descriptors of another division say beside which bytes they stand for.
//!
//! Layers that are compared as one tree have no counterparts, and so neither have their descriptors. All the same nothing
//! that these say is lost: what one side alone says is a finding of its own, each media type beside one of the other side.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::json;

use crate::compare::tables::chunked_key;
use crate::finding::{Aspect, Side, Sides, Value};
use crate::image::json::{Node, NodeKind, Span};

use super::Walk;

/// What the keys of annotations begin with that lead snapshotters of containerd to an index of the layer (stargz, nydus,
/// overlaybd).
const SNAPSHOT: &str = "containerd.io/snapshot/";

/// Members that tell descriptors of any two blobs apart.
const OF_BYTES: [&str; 2] = ["digest", "size"];

/// Something that a descriptor says: the members on the way to it, its value, and where it is.
struct Said<'n> {
    way: Vec<&'n str>,
    value: &'n Node,
    element: usize,
}

impl<'a> Walk<'a> {
    /// Reports what only one side's descriptors say.
    pub(super) fn beside(&mut self, ranges: &Sides<Range<usize>>, elements: Sides<&'a [Node]>) {
        self.media_types(ranges, elements);
        let mut told: BTreeMap<(Vec<&str>, String), Sides<Vec<Said<'a>>>> = BTreeMap::new();
        for side in Side::BOTH {
            for element in ranges.get(side).clone() {
                for said in elements.get(side).get(element).into_iter().flat_map(|node| said(node, element)) {
                    let key = (said.way.clone(), said.value.to_value().to_string());
                    told.entry(key).or_default().get_mut(side).push(said);
                }
            }
        }
        for ((way, _), sides) in told {
            let common = sides.original.len().min(sides.rebuild.len());
            if leads(&way) {
                for (original, rebuild) in sides.original.iter().zip(&sides.rebuild) {
                    let pair = Sides::new(original, rebuild);
                    let values = pair.zip(elements).map(|(said, elements)| {
                        let of = elements.get(said.element).and_then(|node| text(node, "digest"));
                        Value::Json(json!({ "says": said.value.to_value(), "of": of.map(|(digest, _)| digest) }))
                    });
                    let spans = pair.map(|said| Some(said.value.span));
                    self.told(Aspect::Value, pair.map(|said| Some(said.element)), &original.way, spans, values);
                }
            }
            for side in Side::BOTH {
                for Said { way, value, element } in sides.get(side).iter().skip(common) {
                    let mut values = Sides::new(Value::Absent, Value::Absent);
                    *values.get_mut(side) = Value::Json(value.to_value());
                    let place = Sides::only(side, *element);
                    self.told(Aspect::Presence, place, way, Sides::only(side, value.span), values);
                }
            }
        }
    }

    /// Reports the media types that only one side has, be it in another layer, each held against the least of the other's.
    fn media_types(&mut self, ranges: &Sides<Range<usize>>, elements: Sides<&'a [Node]>) {
        let types = elements.map(|elements| elements.iter().enumerate().filter_map(media_type).collect::<Vec<_>>());
        let only = Sides::from_fn(|side: Side| {
            let others: BTreeSet<&str> = types.get(side.other()).iter().map(|(name, ..)| *name).collect();
            let own = types
                .get(side)
                .iter()
                .filter(|(name, element, _)| ranges.get(side).contains(element) && !others.contains(name));
            own.map(|(name, element, span)| (*name, (*element, *span))).rev().collect::<BTreeMap<_, _>>()
        });
        let least = types.as_ref().map(|types| types.iter().min().copied());
        let mut pairs = BTreeSet::new();
        for side in Side::BOTH {
            for (name, (element, span)) in only.get(side) {
                let own = Some((*name, *element, *span));
                let other = *least.get(side.other());
                pairs.insert(if side == Side::Original { (own, other) } else { (other, own) });
            }
        }
        for (original, rebuild) in pairs {
            let sides = Sides::new(original, rebuild);
            let values = sides.map(|said| said.map_or(Value::Absent, |(name, ..)| Value::text(name)));
            let place = sides.map(|said| said.map(|(_, element, _)| element));
            self.told(Aspect::Value, place, &["mediaType"], sides.map(|said| said.map(|(.., span)| span)), values);
        }
    }

    fn told(
        &mut self,
        aspect: Aspect,
        elements: Sides<Option<usize>>,
        way: &[&str],
        spans: Sides<Option<Span>>,
        values: Sides<Value>,
    ) {
        if self.report.is_full() {
            return;
        }
        let layer = elements.map(|element| element.and_then(|element| u32::try_from(element).ok()));
        let lowest = elements.original.into_iter().chain(elements.rebuild).min().unwrap_or(0);
        let before = std::mem::replace(&mut self.report.place.layer, layer);
        let outer = self.report.descend(&lowest.to_string());
        for name in way {
            let _ = self.report.descend(name);
        }
        self.report.at(aspect, spans, values);
        self.report.ascend(outer);
        self.report.place.layer = before;
    }
}

/// Whether an annotation leads partial pulls to a table: what that says is true of its own layer, so that no other layer has
/// the same.
fn leads(way: &[&str]) -> bool {
    matches!(way, ["annotations", key] if chunked_key(key).is_some() || key.starts_with(SNAPSHOT))
}

/// What a descriptor says beside its media type and which bytes it stands for: annotations one by one.
fn said(node: &Node, element: usize) -> Vec<Said<'_>> {
    let NodeKind::Object(members) = &node.kind else {
        return vec![Said { way: Vec::new(), value: node, element }];
    };
    let mut all = Vec::new();
    for member in members.iter().filter(|member| !OF_BYTES.contains(&&*member.key)) {
        match &member.value.kind {
            NodeKind::String(_) if &*member.key == "mediaType" => {}
            NodeKind::Object(annotations) if &*member.key == "annotations" => {
                let one = annotations.iter();
                all.extend(one.map(|one| Said { way: vec!["annotations", &one.key], value: &one.value, element }));
            }
            _ => all.push(Said { way: vec![&member.key], value: &member.value, element }),
        }
    }
    all
}

fn media_type((element, node): (usize, &Node)) -> Option<(&str, usize, Span)> {
    let (name, span) = text(node, "mediaType")?;
    Some((name, element, span))
}

/// A member that is a text.
fn text<'n>(node: &'n Node, name: &str) -> Option<(&'n str, Span)> {
    let NodeKind::Object(members) = &node.kind else { return None };
    let member = members.iter().find(|member| &*member.key == name)?;
    let NodeKind::String(text) = &member.value.kind else { return None };
    Some((text, member.value.span))
}
