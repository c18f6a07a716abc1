//! # What differs
//!
//! The times in the configuration's `history[].created` members, and nothing else.
//!
//! # Why it happens
//!
//! Builders write there when each step was run. Steps that come with the base image keep the base's own times.
//!
//! # How to fix the build
//!
//! Give the builder one time for everything, `SOURCE_DATE_EPOCH`.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it. A time after the day on which the comparison is judged is none of a build.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::times::is_time_or_nothing;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// The times of the steps.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-history-created-time",
    title: "Times of the build steps",
    source: include_str!("config_history_created_time.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: VALUE, field: Field::Like(&["/history/{n}/created"]), ..Place::CONFIG }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::DOCUMENT_TIMES,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    is_time_or_nothing(view.value).then(Canonical::new)
}
