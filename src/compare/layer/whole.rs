//! Findings of a layer as a whole: its global headers, the order of its entries, what follows them.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use serde_json::json;

use crate::compare::contents;
use crate::finding::{Aspect, Finding, Location, Sides, Value};
use crate::image::layer::{GlobalHeader, Trailer};
use crate::limits::Limits;
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

use super::matching::{Ordinals, Pairs};
use super::pending::Order;

/// PAX global headers, position by position; what they set on entries is in the entries already.
pub(super) fn global_headers(base: &Location, headers: Sides<&[GlobalHeader]>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for position in 0..headers.original.len().max(headers.rebuild.len()) {
        let pair = headers.map(|list| list.get(position));
        let place = |header: Option<&GlobalHeader>| header.map(|header| (header.raw.clone(), header.ordinal));
        if pair.map(place).same() {
            continue;
        }
        let keys: BTreeSet<&Vec<u8>> =
            pair.original.iter().chain(&pair.rebuild).flat_map(|h| h.records.iter().map(|(key, _)| key)).collect();
        let before = findings.len();
        for key in keys {
            let values = pair.map(|header| header.and_then(|header| record(header, key)));
            if !values.same() {
                let bytes =
                    values.original.map_or(0, <[u8]>::len).max(values.rebuild.map_or(0, <[u8]>::len)) + key.len();
                let field = format!("pax.global.{}", String::from_utf8_lossy(key));
                let values = values.map(|value| value.map_or(Value::Absent, Value::from_bytes));
                findings.push(finding(base, field, Aspect::Encoding, values, bytes as u64));
            }
        }
        // The same records: then the header around them, or its place among the entries, is what differs.
        if findings.len() == before {
            let values = pair.map(|header| {
                header.map_or(Value::Absent, |header| {
                    Value::Json(
                        json!({ "beforeEntry": header.ordinal, "blake3": blake3::hash(&header.raw).to_hex().as_str() }),
                    )
                })
            });
            findings.push(finding(base, "pax.global".to_owned(), Aspect::Encoding, values, 512));
        }
    }
    findings
}

fn record<'a>(header: &'a GlobalHeader, key: &[u8]) -> Option<&'a [u8]> {
    header.records.iter().rev().find(|(name, _)| name == key).map(|(_, value)| &value[..])
}

/// One finding where the entries that both layers have come in another sequence.
///
/// # Errors
/// When the temporary file that the names are in cannot be read.
pub(super) fn order(base: &Location, pairs: Pairs, orders: Sides<&Order>) -> io::Result<Option<Finding>> {
    let Pairs { ordinals: mut by_original, moved } = pairs;
    by_original.sort_unstable();
    let mut by_rebuild = by_original.clone();
    by_rebuild.sort_unstable_by_key(|(_, rebuild)| *rebuild);
    let displaced = by_original.iter().zip(&by_rebuild).filter(|(one, other)| one != other).count() as u64;
    let Some(first) = by_original.iter().zip(&by_rebuild).position(|(one, other)| one != other) else {
        return Ok(None);
    };
    let firsts = Sides::new(by_original.get(first), by_rebuild.get(first));
    let names = Sides::new(name(&moved, firsts.original)?, name(&moved, firsts.rebuild)?);
    let values = orders.zip(names).map(|(order, name)| {
        let mut value =
            json!({ "sortedBy": order.rule(), "position": first, "linksBeforeTargets": order.links_before_targets });
        if let Some(name) = name {
            value["path"] = json!(String::from_utf8_lossy(&name));
        }
        Value::Json(value)
    });
    Ok(Some(finding(base, "entries".to_owned(), Aspect::Order, values, 512 * displaced)))
}

/// The name of a pair, where it is among those that had to wait for their match.
fn name(moved: &Arena, wanted: Option<&Ordinals>) -> io::Result<Option<Arc<[u8]>>> {
    let mut reader = moved.reader(64 << 10);
    let mut place = 0;
    while place < moved.end() {
        let (record, next) = reader.record(place)?;
        let (pair, name) = <(Ordinals, Arc<[u8]>)>::take(&mut Cursor(record)).ok_or(io::ErrorKind::InvalidData)?;
        if Some(&pair) == wanted {
            return Ok(Some(name));
        }
        place = next;
    }
    Ok(None)
}

/// End-of-archive blocks, zero padding, and data where there should be none.
pub(super) fn trailers(base: &Location, trailers: Sides<&Trailer>, limits: &Limits) -> Vec<Finding> {
    let mut findings = Vec::new();
    let zeros = trailers.map(|trailer| trailer.zero_blocks * 512 + trailer.partial);
    if !zeros.same() {
        let values = zeros.map(Value::number);
        findings.push(finding(
            base,
            "trailer.zeros".to_owned(),
            Aspect::Encoding,
            values,
            zeros.original.max(zeros.rebuild),
        ));
    }
    let location = base.clone().with_field("trailer.data");
    match trailers.map(|trailer| trailer.rest.as_ref()) {
        Sides { original: Some(original), rebuild: Some(rebuild) } => {
            contents::compare(&location, Sides::new(original, rebuild), limits, &mut |mut difference| {
                difference.finding.location.field = location.field.clone();
                findings.push(difference.finding);
            });
        }
        Sides { original: None, rebuild: None } => {}
        one_sided => {
            let bytes = one_sided.original.or(one_sided.rebuild).map_or(0, |content| content.size());
            let values = one_sided.map(|content| {
                content.map_or(Value::Absent, |content| Value::Content {
                    sha256: content.sha256(),
                    size: content.size(),
                    secret: None,
                })
            });
            findings.push(Finding { location, aspect: Aspect::Content, values, bytes });
        }
    }
    findings
}

fn finding(base: &Location, field: String, aspect: Aspect, values: Sides<Value>, bytes: u64) -> Finding {
    let mut location = base.clone().with_field(field);
    location.kind = crate::finding::Kind::Layer;
    Finding { location, aspect, values, bytes }
}
