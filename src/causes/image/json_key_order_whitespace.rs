//! # What differs
//!
//! How an index, a manifest or a configuration is written as JSON: the sequence of the keys, white space, the escapes
//! in texts (`<` or `\u003c`). The values are the same.
//!
//! # Why it happens
//!
//! Every builder has its own JSON writer, and copying tools write manifests anew.
//!
//! # How to fix the build
//!
//! Use one version of one builder, and copy images without converting them.
//!
//! # When it is not harmless
//!
//! Every reader of JSON reads the same. The digest of the document is another one. Other forms of a number (`1e1` or
//! `1.0`) and of a time (with escapes in it) are not covered: programs written in Go refuse them, with the whole document.
//! Nor is the sequence of two keys that differ in case only, of which such programs take the last.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::causes::fixes::{builders, compression};
use crate::causes::scope::Place;
use crate::causes::shape::json::sorted;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::codec::json::folded;
use crate::codec::time;
use crate::finding::{Aspect, Kind, Value};

/// The same JSON in other bytes.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "json-key-order-whitespace",
    title: "Layout of JSON documents",
    source: include_str!("json_key_order_whitespace.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        kinds: &[Kind::Index, Kind::Manifest, Kind::Config],
        aspects: &[Aspect::Encoding],
        ..Place::INDEX
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &builders::ONE_BUILDER,
        &builders::BUILDKIT_RELEASE,
        &builders::BUILDAH_RELEASE,
        &builders::DOCKER_RELEASE,
        &builders::KANIKO_RELEASE,
        &compression::COPY_BLOBS,
    ],
};

/// A list of keys, white space, or one text as the document has it.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if let Value::Json(Json::Array(keys)) = view.value {
        return distinct(keys).then(|| sorted(view.value)).flatten();
    }
    let text = view.text()?;
    if text.bytes().all(|byte| b" \t\r\n".contains(&byte)) {
        return Some(Canonical::new());
    }
    match serde_json::from_str(text).ok()? {
        Json::String(text) if time::parse(&text).is_none() => Some([b"s", text.as_bytes()].concat()),
        _ => None,
    }
}

/// Whether no two keys are one to a program written in Go, for which the last of them counts.
fn distinct(keys: &[Json]) -> bool {
    let folded: BTreeSet<String> = keys.iter().filter_map(Json::as_str).map(folded).collect();
    folded.len() == keys.len()
}
