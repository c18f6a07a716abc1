//! # What differs
//!
//! Nothing between the images: within one image a `.pyc` file records another time or size than its source has.
//!
//! # Why it happens
//!
//! Builders that set or clamp the times of a layer's entries change the source's time, and cannot change the one recorded in
//! the `.pyc` file.
//!
//! # How to fix the build
//!
//! Use hash-based compiled modules together with rewritten times.
//!
//! # When it is not harmless
//!
//! Python ignores the stale module, compiles the source at each start, and where it may writes the result: slower starts and
//! files that change in running containers.

use crate::causes::{Cause, Hazard, Proof, Severity, fixes};

/// A compiled module that does not fit its source.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "pyc-stale-after-clamp",
    title: "Compiled Python modules that are stale: Python compiles them again at each start",
    source: include_str!("pyc_stale_after_clamp.rs"),
    severity: Severity::Behavioural,
    scope: &[],
    proof: Proof::Warning(Hazard::StaleRecord),
    witness: None,
    hazard: None,
    remedies: fixes::PYTHON,
};
