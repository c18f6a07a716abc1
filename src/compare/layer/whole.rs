//! Findings of a layer as a whole: its global headers, the order of its entries, what follows them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use serde_json::json;

use crate::compare::contents::{self, Costs};
use crate::finding::{Aspect, Finding, Kind, Location, Range, Sides, UNCOVERED, Value};
use crate::image::layer::{GlobalHeader, Trailer, raw_fields};
use crate::limits::Limits;
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

use super::matched::{Ordinals, Pairs};
use super::pending::Order;

/// PAX global headers, position by position: container runtimes apply none of their records.
pub(super) fn global_headers(base: &Location, headers: Sides<&[GlobalHeader]>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for position in 0..headers.original.len().max(headers.rebuild.len()) {
        let pair = headers.map(|list| list.get(position));
        let place = |header: Option<&GlobalHeader>| header.map(|header| header.raw.clone());
        if pair.map(place).same() {
            continue;
        }
        let records = pair.map(|header| header.map(records).unwrap_or_default());
        let keys: BTreeSet<&[u8]> = records.original.keys().chain(records.rebuild.keys()).copied().collect();
        let mut differing = BTreeSet::new();
        for key in keys {
            let values = records.as_ref().map(|records| records.get(key).copied());
            if !values.same() {
                let bytes =
                    values.original.map_or(0, <[u8]>::len).max(values.rebuild.map_or(0, <[u8]>::len)) + key.len();
                let key = String::from_utf8_lossy(key);
                let field = format!("pax.global.{key}");
                differing.insert(format!("global.{key}"));
                let values = values.map(|value| value.map_or(Value::Absent, Value::from_bytes));
                findings.push(finding(base, field, Aspect::Encoding, values, bytes as u64));
            }
        }
        // What is around those records.
        if !pair.map(|header| beside(header, &differing)).same() {
            let values = pair.map(|header| {
                header.map_or(Value::Absent, |header| {
                    Value::Json(json!({ "blake3": blake3::hash(&header.raw).to_hex().as_str() }))
                })
            });
            findings.push(finding(base, "pax.global".to_owned(), Aspect::Encoding, values, 512));
        }
    }
    findings
}

/// The fields of a global header but for the records of these names, and what follows from their length. A header that
/// holds nothing else that anybody could read is as good as none.
fn beside(header: Option<&GlobalHeader>, differing: &BTreeSet<String>) -> Vec<(Cow<'static, str>, Vec<u8>)> {
    let Some(header) = header else { return Vec::new() };
    let part = |(start, end): Range| {
        let bounds = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        bounds.and_then(|(start, end)| header.raw.get(start..end)).unwrap_or_default()
    };
    let fields = raw_fields(&header.raw).into_iter().map(|field| (field.name, part(field.range).to_vec()));
    let follows = |name: &str, bytes: &[u8]| match name {
        "global.header.size" | "global.header.chksum" => true,
        "global.padding" => bytes.iter().all(|byte| *byte == 0),
        name => differing.contains(name),
    };
    let rest: Vec<_> = fields.filter(|(name, bytes)| !follows(name, bytes)).collect();
    if rest.iter().all(|(name, bytes)| is_plain(name, bytes)) { Vec::new() } else { rest }
}

/// Whether a field of a global header is as writers leave it.
fn is_plain(name: &str, bytes: &[u8]) -> bool {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let rest = bytes.get(text.len()..).unwrap_or_default();
    let plain = match name {
        "global.header.name" => matches!(text, b"pax_global_header" | b"././@PaxHeader" | b"GlobalHead.0.0"),
        "global.header.mode" | "global.header.uid" | "global.header.gid" | "global.header.mtime" => {
            text.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' '))
        }
        "global.header.devmajor" | "global.header.devminor" => text.iter().all(|byte| *byte == b'0'),
        "global.header.uname" | "global.header.gname" => matches!(text, b"" | b"root"),
        "global.header.typeflag" => true,
        "global.header.magic" => return matches!(bytes, b"ustar\x0000" | b"ustar  \0"),
        _ => text.is_empty(),
    };
    plain && rest.iter().all(|byte| *byte == 0)
}

/// The records of a global header; of several with one key the last.
fn records(header: &GlobalHeader) -> BTreeMap<&[u8], &[u8]> {
    header.records.iter().map(|(key, value)| (&key[..], &value[..])).collect()
}

/// One finding where the entries that both layers have come in another sequence.
///
/// # Errors
/// When the temporary file that the names are in cannot be read.
pub(super) fn order(base: &Location, pairs: Pairs, orders: Sides<(&Order, bool)>) -> io::Result<Option<Finding>> {
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
    let values = orders.zip(names).map(|((order, meet), name)| {
        let mut value =
            json!({ "sortedBy": order.rule(), "position": first, "linksBeforeTargets": order.links_before_targets });
        if let Some(name) = name {
            value["path"] = json!(String::from_utf8_lossy(&name));
        }
        if meet {
            value["entriesMeet"] = json!(true);
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
    let mut location = base.clone().with_field("trailer.data");
    location.kind = Kind::Layer;
    match trailers.map(|trailer| trailer.rest.as_ref()) {
        Sides { original: Some(original), rebuild: Some(rebuild) } => {
            let contents = Sides::new(original, rebuild);
            let costs = &mut Costs::alone(contents, limits);
            contents::compare(&location, contents, costs, &mut |mut difference| {
                if difference.finding.location.field_name() != UNCOVERED {
                    difference.finding.location.field = location.field.clone();
                }
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
    location.kind = Kind::Layer;
    Finding { location, aspect, values, bytes }
}
