//! # What differs
//!
//! The modification time of what COPY or ADD took from the build context, in a layer of which the provenance of the image
//! says so (BuildKit, `mode=max`). The history does not tell: there a copy from another stage looks the same.
//!
//! # Why it happens
//!
//! A checkout gives every file the time of the checkout, and COPY keeps it. Directories that COPY makes get the time of
//! the build.
//!
//! # How to fix the build
//!
//! Have the builder rewrite the times, build from a git context, or give the files of the checkout times of their own.
//!
//! # When it is not harmless
//!
//! As with any modification time. Note that setting all times of the context to a constant can make BuildKit's file
//! transfer miss a change that keeps the size (moby/buildkit#4817).

use crate::causes::fixes::{context, times};
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The time of a file that came from the build context.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "context-checkout-mtime",
    title: "Times of files copied from the context",
    source: include_str!("context_checkout_mtime.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Mtime], ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &times::BUILDKIT_REWRITE,
        &context::BUILDKIT_GIT,
        &times::BUILDAH_EPOCH,
        &times::BUILDAH_TIMESTAMP,
        &times::KANIKO_REPRODUCIBLE,
        &context::CHECKOUT_TIMES,
    ],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    (!view.is_absent() && view.is_from_context()).then(Canonical::new)
}
