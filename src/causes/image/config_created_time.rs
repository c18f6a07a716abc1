//! # What differs
//!
//! The time in the configuration's `created` member (an RFC 3339 text, or nothing), and nothing else.
//!
//! # Why it happens
//!
//! Builders write the wall clock of the build there.
//!
//! # How to fix the build
//!
//! Give the builder one time for everything, `SOURCE_DATE_EPOCH`.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it. Registries and clean-up jobs that keep the newest images do. A text that programs written
//! in Go refuse, with the whole configuration, is no time here, nor is one after the day on which the comparison is judged:
//! a rebuild from the future would be the newest for good.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::times::is_time_or_nothing;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// The time at which the image was made.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-created-time",
    title: "Creation time of the image",
    source: include_str!("config_created_time.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: VALUE, field: Field::Like(&["/created"]), ..Place::CONFIG }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::DOCUMENT_TIMES,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    is_time_or_nothing(view.value).then(Canonical::new)
}
