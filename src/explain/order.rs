//! Document order: the same for any order of discovery and for swapped sides.

use std::cmp::Ordering;

use crate::finding::{Finding, Gap, Location, Sides, Value};

/// Orders findings: index, manifest, config, then layer by layer, a layer's own before its entries'; these by path,
/// nested member, field and aspect; at last by values, regardless of side.
pub(super) fn by_location(one: &Finding, other: &Finding) -> Ordering {
    locations(&one.location, &other.location)
        .then_with(|| one.aspect.cmp(&other.aspect))
        .then_with(|| values(&one.values).cmp(&values(&other.values)))
}

/// Orders gaps by place, and those of one place by what was in the way.
pub(super) fn gaps(one: &Gap, other: &Gap) -> Ordering {
    locations(&one.location, &other.location).then_with(|| one.detail.cmp(&other.detail))
}

/// Orders locations, as [`by_location`] does.
pub(super) fn locations(one: &Location, other: &Location) -> Ordering {
    let rank = |location: &Location| document_rank(location);
    rank(one)
        .cmp(&rank(other))
        .then_with(|| one.kind.cmp(&other.kind))
        .then_with(|| one.attestation.cmp(&other.attestation))
        .then_with(|| one.path_bytes().cmp(other.path_bytes()))
        .then_with(|| one.inside.cmp(&other.inside))
        .then_with(|| natural(one.field_name(), other.field_name()))
}

/// Documents first, then layers by the lower index of their pair, then by the higher.
fn document_rank(location: &Location) -> (u8, u32, u32) {
    use crate::finding::Kind;
    let layers = layer_rank(&location.layer);
    match location.kind {
        Kind::Index => (0, 0, 0),
        Kind::Manifest => (1, 0, 0),
        Kind::Config => (2, 0, 0),
        Kind::Layer | Kind::Entry => (3, layers.0, layers.1),
    }
}

pub(super) fn layer_rank(layer: &Sides<Option<u32>>) -> (u32, u32) {
    let one = layer.original.or(layer.rebuild).unwrap_or(u32::MAX);
    let other = layer.rebuild.or(layer.original).unwrap_or(u32::MAX);
    (one.min(other), one.max(other))
}

/// Field names with numbers in them by number: `/layers/2` before `/layers/10`.
fn natural(one: &str, other: &str) -> Ordering {
    fn parts(name: &str) -> impl Iterator<Item = (Option<u64>, &str)> {
        name.split(['/', '.']).map(|part| (part.parse().ok(), part))
    }
    if one == other { Ordering::Equal } else { parts(one).cmp(parts(other)).then_with(|| one.cmp(other)) }
}

/// The values of both sides, the lesser first. A file may have thousands of findings at one place: lines of one name.
fn values(values: &Sides<Value>) -> (Written<'_>, Written<'_>) {
    let Sides { original, rebuild } = values.as_ref().map(Written::of);
    if original <= rebuild { (original, rebuild) } else { (rebuild, original) }
}

/// What a value is ordered by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Written<'a> {
    Absent,
    Text(&'a str),
    Bytes(&'a [u8]),
    Content(&'a [u8; 32], u64),
    /// As JSON.
    Other(String),
}

impl<'a> Written<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Absent => Written::Absent,
            Value::Json(serde_json::Value::String(text)) => Written::Text(text),
            Value::Json(other) => Written::Other(other.to_string()),
            Value::Bytes(bytes) => Written::Bytes(bytes),
            Value::Content { sha256, size, .. } => Written::Content(sha256, *size),
        }
    }
}
