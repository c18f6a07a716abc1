//! # What differs
//!
//! Times in `_cacache/index-v5`: when npm fetched a package, and the headers of the registry's answer that change from answer
//! to answer, with the SHA-1 of the row that they are in.
//!
//! # Why it happens
//!
//! npm keeps what it downloads under `~/.npm`.
//!
//! # How to fix the build
//!
//! Keep npm's cache out of the image.
//!
//! # When it is not harmless
//!
//! Key, integrity, size and URL of every row are held against each other, and the SHA-1 must be that of the row on each side.
//! npm asks the registry again once an answer in the cache is old. So a time after the day on which the comparison is judged
//! is not claimed, nor an `expires` that is not as long after its `date` as on the other side.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Map, Value};

use crate::causes::fixes;
use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Times in npm's cache.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "npm-cacache-index",
    title: "Times in the index of npm's cache",
    source: include_str!("npm_cacache_index.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&["**/_cacache/index-v5**"]), ..Place::WHOLE_FILE }],
    proof: Proof::Dated { canonicalize, unread: true },
    witness: None,
    hazard: None,
    remedies: fixes::NPM,
};

fn canonicalize(view: &View<'_>, day_ends: i64) -> Option<Canonical> {
    let text = std::str::from_utf8(view.file?).ok()?;
    let mut canonical = Canonical::new();
    for line in text.split('\n') {
        if !line.is_empty() {
            canonical.extend(row(line, day_ends)?);
        }
        canonical.push(b'\n');
    }
    Some(canonical)
}

/// SHA-1 of the JSON, tab, JSON (cacache, `lib/entry-index.js`).
fn row(line: &str, day_ends: i64) -> Option<Vec<u8>> {
    let (sha1, json) = line.split_once('\t')?;
    if hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, json.as_bytes())) != sha1 {
        return None;
    }
    let mut value = crate::content::json::value(json.as_bytes())?;
    let entry = value.as_object_mut()?;
    drop_time(entry, day_ends)?;
    if let Some(metadata) = entry.get_mut("metadata").and_then(Value::as_object_mut) {
        drop_time(metadata, day_ends)?;
        if let Some(headers) = metadata.get_mut("resHeaders").and_then(Value::as_object_mut) {
            drop_freshness(headers, day_ends)?;
            headers.retain(|name, _| !VOLATILE.contains(&name.to_ascii_lowercase().as_str()));
        }
    }
    serde_json::to_vec(&value).ok()
}

/// Headers of an answer that say when and by whom it was given, and nothing of what was.
const VOLATILE: &[&str] = &[
    "cf-cache-status",
    "cf-ray",
    "nel",
    "report-to",
    "reporting-endpoints",
    "server-timing",
    "via",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "x-cache",
    "x-cache-hits",
    "x-request-id",
    "x-served-by",
    "x-timer",
];

/// Removes when the row was written, in milliseconds; `None` where that is something else, or after the day.
fn drop_time(object: &mut Map<String, Value>, day_ends: i64) -> Option<()> {
    match object.shift_remove("time") {
        None => Some(()),
        Some(time) => (time.as_i64()?.div_euclid(1000) <= day_ends).then_some(()),
    }
}

/// Removes the headers by which an answer grows old (RFC 9111, 4.2): its date, which must not be after the day, and its
/// age, and puts in the place of the time of expiry how long after the date that is.
fn drop_freshness(headers: &mut Map<String, Value>, day_ends: i64) -> Option<()> {
    let time = |text: &str| chrono::DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp());
    let mut dated = None;
    if let Some(date) = headers.get_mut("date") {
        dated = Some(time(date.as_str()?).filter(|date| *date <= day_ends)?);
        *date = Value::Null;
    }
    if let Some(age) = headers.shift_remove("age") {
        let age = age.as_str()?;
        (age.len() <= 10 && age.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
    }
    if let Some(expires) = headers.get_mut("expires") {
        // What is no time has expired already.
        if let Some(end) = time(expires.as_str()?) {
            *expires = Value::from(end - dated?);
        }
    }
    Some(())
}
