//! # What differs
//!
//! How an index, a manifest or a configuration is written as JSON: the sequence of the keys, white space, the escapes
//! in texts (`<` or `\u003c`), the form of numbers. The values are the same.
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
//! Every reader of JSON reads the same. The digest of the document is another one.

use serde_json::Value as Json;

use super::config_env_order::sorted;
use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};

/// The same JSON in other bytes.
pub(super) const CAUSE: Cause = Cause {
    id: "json-key-order-whitespace",
    title: "Layout of JSON documents",
    source: include_str!("json_key_order_whitespace.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy {
        builder: "any",
        text: "Build both images with the same version of the same builder; copy with skopeo copy \
               --preserve-digests or \
               crane copy, which do not write manifests anew.",
    }],
};

fn scope(finding: &Finding) -> bool {
    finding.aspect == Aspect::Encoding && matches!(finding.location.kind, Kind::Index | Kind::Manifest | Kind::Config)
}

/// A list of keys, white space, or one text or number as the document has it.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if matches!(view.value, Value::Json(Json::Array(_))) {
        return sorted(view.value);
    }
    let text = view.text()?;
    if text.bytes().all(|byte| b" \t\r\n".contains(&byte)) {
        return Some(Canonical::new());
    }
    match serde_json::from_str(text).ok()? {
        Json::String(text) => Some([b"s", text.as_bytes()].concat()),
        Json::Number(number) => Some([b"n", integer(&number)?.to_string().as_bytes()].concat()),
        _ => None,
    }
}

/// A whole number, however it is written.
fn integer(number: &serde_json::Number) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and small enough to be exact")]
    let whole = |float: f64| (float.fract() == 0.0 && float.abs() < EXACT).then_some(float as i64);
    number.as_i64().or_else(|| whole(number.as_f64()?))
}
