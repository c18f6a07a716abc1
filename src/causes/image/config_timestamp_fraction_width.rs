//! # What differs
//!
//! The size of the configuration in the manifest, by exactly as much as the texts of the times in it are longer or
//! shorter.
//!
//! # Why it happens
//!
//! Go writes the nanoseconds of a time without trailing zeros, so about every tenth time is a digit shorter.
//!
//! # How to fix the build
//!
//! Fix the times themselves: see `config-created-time`.
//!
//! # When it is not harmless
//!
//! It follows from the configuration alone, whose differences have findings of their own.

use serde_json::Value as Json;

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::times::is_time;
use crate::causes::{Cause, ImageFacts, Proof, Referent, Severity};
use crate::finding::{Aspect, Finding, Sides, Value};

/// A size that follows from the widths of times.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-timestamp-fraction-width",
    title: "Size of the configuration, by the width of its times",
    source: include_str!("config_timestamp_fraction_width.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Value], field: Field::Like(&["/config/size"]), ..Place::MANIFEST }],
    proof: Proof::Derived(referent),
    witness: None,
    hazard: None,
    remedies: fixes::DOCUMENT_TIMES,
};

fn referent(finding: &Finding, facts: Sides<&ImageFacts>) -> Option<Referent> {
    let size = |value: &Value| match value {
        Value::Json(Json::Number(number)) => number.as_i64(),
        _ => None,
    };
    let sizes = finding.values.as_ref().map(size).both()?;
    let widths = facts.map(|facts| times(&facts.config)).both()?;
    let same_times = widths.map(|(count, _)| count).same();
    let rests = sizes.zip(widths).map(|(size, (_, width))| size.checked_sub(width));
    (same_times && rests.original.is_some() && rests.same()).then_some(Referent::Config)
}

/// The number of times in a configuration and the length of their texts together; `None` where one is not a time.
fn times(config: &Json) -> Option<(usize, i64)> {
    let history = config.get("history").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let created = std::iter::once(config).chain(history).filter_map(|object| object.get("created"));
    created.into_iter().try_fold((0, 0), |(count, width), time| {
        let text = time.as_str().filter(|text| is_time(text))?;
        Some((count + 1, width + i64::try_from(text.len()).ok()?))
    })
}
