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
//! npm asks the registry again once an answer in the cache is old, by the time of the row, the `age` and for how long it may be
//! kept (`max-age`, or `expires` after `date`), and installs what the answer says until then. So this is claimed only where it
//! comes to the same on both sides on the day on which the comparison is judged: at least half of the term is left, or it was
//! over before that day, or is at its end where the term is no longer than a day. An answer that the registry calls `immutable`, as npm's does packages and not what lists them, is
//! the same whoever asks. A time after the day is not claimed, nor an `expires` that is not as long after its `date` as on the
//! other side, nor an answer whose term npm guesses from `last-modified`.

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
        let state = state(metadata, day_ends)?;
        drop_time(metadata, day_ends)?;
        let _ = metadata.insert("time".to_owned(), state.into());
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

/// What the time of an answer comes to on the whole of a day; `None` where its term is about to end, or cannot be told
/// (http-cache-semantics, `maxAge`; make-fetch-happen, `lib/cache/policy.js`).
fn state(metadata: &Map<String, Value>, day_ends: i64) -> Option<&'static str> {
    let headers = metadata.get("resHeaders").and_then(Value::as_object);
    let header = |name: &str| headers.and_then(|headers| headers.get(name)).map_or(Some(""), Value::as_str);
    let control = header("cache-control")?;
    let directives =
        || control.split(',').map(|directive| directive.trim().split_once('=').unwrap_or((directive.trim(), "")));
    let has = |name: &str| directives().any(|(own, _)| own == name);
    if has("no-cache") || has("no-store") {
        return Some("lapsed");
    }
    if has("immutable") {
        return Some("immutable");
    }
    let seconds = |text: &str| text.parse::<u32>().ok().map(i64::from);
    let term = match (directives().rfind(|(name, _)| *name == "max-age"), header("expires")?) {
        (Some((_, term)), _) => seconds(term.trim().trim_matches('"'))?,
        (None, "") => header("last-modified")?.is_empty().then_some(0)?,
        // What is no time has expired already.
        (None, expires) => time(expires).map_or(Some(0), |end| Some(end - time(header("date")?)?))?,
    };
    let age = Some(header("age")?).filter(|age| !age.is_empty()).map_or(Some(0), seconds)?;
    let Some(answered) = metadata.get("time") else { return Some("") };
    let answered = answered.as_i64()?.div_euclid(1000).saturating_sub(age);
    let lapses = answered.saturating_add(term);
    if term <= HOUR {
        // Before anybody has the image.
        Some("lapsed")
    } else if answered.saturating_add(term / 2) > day_ends {
        Some("in force")
    } else {
        let day_begins = day_ends - DAY;
        (lapses <= if term <= DAY { day_ends } else { day_begins }).then_some("lapsed")
    }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Seconds since 1970 of a time in a header.
fn time(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp())
}

/// Removes the headers by which an answer grows old (RFC 9111, 4.2): its date, which must not be after the day, and its
/// age, and puts in the place of the time of expiry how long after the date that is.
fn drop_freshness(headers: &mut Map<String, Value>, day_ends: i64) -> Option<()> {
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
