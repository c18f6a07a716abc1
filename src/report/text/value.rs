//! What the sides hold, in a line for each, raw beside readable.

use std::io;

use serde_json::Value as Json;

use super::canvas::Canvas;
use super::number::{count, time};
use super::style::Tone;
use crate::finding::Aspect;
use crate::report::Finding;
use crate::report::words::aspect;

/// Hexadecimal digits of a digest that tell it apart.
const SHORT_DIGEST: usize = 12;

/// What the two sides hold.
pub(super) fn write_values(indent: usize, finding: &Finding, canvas: &mut Canvas<'_>) -> io::Result<()> {
    canvas.line(indent, &[(Tone::Faint, aspect(finding.aspect))])?;
    write_sides(indent + 2, finding, canvas)
}

/// The same without saying which aspect it is. Nothing is cut off: of two long texts the end may be what differs.
pub(super) fn write_sides(indent: usize, finding: &Finding, canvas: &mut Canvas<'_>) -> io::Result<()> {
    for (label, side) in [("original", &finding.original), ("rebuild", &finding.rebuild)] {
        let value = shown(finding, side.as_ref());
        canvas.paragraph(indent, (Tone::Faint, label), 10, (Tone::Plain, &value))?;
    }
    Ok(())
}

/// One side's value of a finding.
pub(in crate::report) fn shown(finding: &Finding, side: Option<&Json>) -> String {
    // A time inside a decoded format is a content like any other; its field says what it is.
    let is_time = finding.location.field.as_deref().is_some_and(|field| field.ends_with("mtime"));
    value(side, if is_time { Aspect::Mtime } else { finding.aspect })
}

fn value(value: Option<&Json>, aspect: Aspect) -> String {
    match value {
        None => "(absent)".to_owned(),
        Some(Json::Object(members)) if members.len() <= 2 => special(members).unwrap_or_else(|| compact(value)),
        Some(Json::Number(number)) => numeric(&number.to_string(), aspect),
        Some(Json::String(text)) => match aspect {
            Aspect::Mtime | Aspect::Atime | Aspect::Ctime => numeric(text, aspect),
            _ if text.is_empty() || text.trim() != text => format!("{text:?}"),
            _ => text.clone(),
        },
        Some(Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_)) => compact(value),
    }
}

/// Bytes, digests and secrets, which the report wraps in objects.
fn special(members: &serde_json::Map<String, Json>) -> Option<String> {
    let text = |key: &str| members.get(key).and_then(Json::as_str);
    if let Some(kind) = text("redacted") {
        return Some(format!("({kind}, not shown)"));
    }
    if let (Some(bytes), 1) = (text("hex"), members.len()) {
        let pairs: Vec<&str> = (0..bytes.len()).step_by(2).filter_map(|at| bytes.get(at..at + 2)).collect();
        return Some(if pairs.is_empty() { "(no bytes)".to_owned() } else { pairs.join(" ") });
    }
    let size = members.get("size").and_then(Json::as_u64)?;
    Some(format!("{}, sha256:{}", count(size, "byte"), short(text("sha256")?)))
}

/// A number, with what it means beside it.
fn numeric(raw: &str, aspect: Aspect) -> String {
    let meaning = match aspect {
        Aspect::Mtime | Aspect::Atime | Aspect::Ctime => time(raw),
        Aspect::Mode => raw.parse::<u32>().ok().map(|mode| format!("{mode:04o}")),
        Aspect::Size => return raw.parse().map_or_else(|_| raw.to_owned(), |size| count(size, "byte")),
        _ => None,
    };
    meaning.map_or_else(|| raw.to_owned(), |meaning| format!("{meaning}  ({raw})"))
}

fn compact(value: Option<&Json>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// A byte range, end exclusive.
pub(super) fn range([from, to]: [u64; 2]) -> String {
    format!("{from:#x}..{to:#x}")
}

/// The beginning of a digest, after its algorithm where it has one.
pub(super) fn short(digest: &str) -> String {
    match digest.split_once(':') {
        Some((algorithm, encoded)) => format!("{algorithm}:{}", short(encoded)),
        None => digest.chars().take(SHORT_DIGEST).collect(),
    }
}
