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

use serde_json::{Map, Value};
use sha1::{Digest as _, Sha1};

use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding};

/// Times in npm's cache.
pub(super) const CAUSE: Cause = Cause {
    id: "npm-cacache-index",
    title: "Times in the index of npm's cache",
    source: include_str!("npm_cacache_index.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

/// What keeps npm's cache and logs out of the image.
pub(super) const REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "any",
        text: "RUN npm ci --cache /tmp/npm --logs-max=0 && rm -rf /tmp/npm; never leave /root/.npm in a layer.",
    },
    Remedy { builder: "buildkit", text: "RUN --mount=type=cache,target=/root/.npm npm ci (BuildKit 0.8)." },
];

fn scope(finding: &Finding) -> bool {
    let location = &finding.location;
    let index = location.path_bytes().windows(18).any(|part| part == b"/_cacache/index-v5");
    index && finding.aspect == Aspect::Content && location.field.is_none() && location.inside.is_empty()
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let text = std::str::from_utf8(view.file?).ok()?;
    let mut canonical = Canonical::new();
    for line in text.split('\n') {
        if !line.is_empty() {
            canonical.extend(row(line)?);
        }
        canonical.push(b'\n');
    }
    Some(canonical)
}

/// SHA-1 of the JSON, tab, JSON (cacache, `lib/entry-index.js`).
fn row(line: &str) -> Option<Vec<u8>> {
    let (sha1, json) = line.split_once('\t')?;
    if hex::encode(Sha1::digest(json)) != sha1 {
        return None;
    }
    let mut value = crate::content::json::value(json.as_bytes())?;
    let entry = value.as_object_mut()?;
    drop_number(entry, "time")?;
    if let Some(metadata) = entry.get_mut("metadata").and_then(Value::as_object_mut) {
        drop_number(metadata, "time")?;
        if let Some(headers) = metadata.get_mut("resHeaders").and_then(Value::as_object_mut) {
            headers.retain(|name, _| !VOLATILE.contains(&name.to_ascii_lowercase().as_str()));
        }
    }
    serde_json::to_vec(&value).ok()
}

/// Headers of an answer that say when and by whom it was given, and nothing of what was.
const VOLATILE: &[&str] = &[
    "age",
    "cf-cache-status",
    "cf-ray",
    "date",
    "expires",
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

/// Removes a number; `None` where something else has its name.
fn drop_number(object: &mut Map<String, Value>, name: &str) -> Option<()> {
    match object.shift_remove(name) {
        None | Some(Value::Number(_)) => Some(()),
        Some(_) => None,
    }
}
