//! # What differs
//!
//! A label, or an annotation of a manifest or an index, that records when the image was built and in which run of a job:
//! one of a list of keys, with a date, a number, a UUID or the address of a run as its value. Addresses may differ in the
//! number or UUID of the run alone.
//!
//! # Why it happens
//!
//! CI jobs write the time of the build and the address of the run into labels.
//!
//! # How to fix the build
//!
//! Derive such values from the commit, not from the clock or the run.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it, but scanners and policies may trust a label. What names the source of the image (commit,
//! version, address of the repository) is not claimed here: see `config-label-source-identity`. Nor is a time after the
//! day on which the comparison is judged.

use crate::causes::fixes::{builders, documents};
use crate::causes::scope::{Field, Names, Place};
use crate::causes::shape::labels::{KEPT, LABELS, members, records_build, run_of};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Labels and annotations about the build.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-label-build-metadata",
    title: "Labels with the time and the run of the build",
    source: include_str!("config_label_build_metadata.rs"),
    severity: Severity::Cosmetic,
    scope: &[LABELS, Place { field: Field::Label(Names::InAnyCase(KEPT)), ..LABELS }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &documents::LABEL_CREATED,
        &documents::BUILDAH_CREATED,
        &documents::NO_RUN_LABELS,
        &builders::ONE_BUILDER,
    ],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let canonical = members(view, records_build)?;
    let run = view.text().filter(|_| view.aspect == Aspect::Value).and_then(run_of);
    Some(run.map_or(canonical, String::into_bytes))
}
