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

use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Remedy, Severity, View};
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
    remedies: REMEDIES,
};

const REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Pass SOURCE_DATE_EPOCH and --output …,rewrite-timestamp=true (BuildKit 0.13), or build from a git \
               URL: with an epoch set, BuildKit 0.29 gives its files the time of the commit.",
    },
    Remedy {
        builder: "buildah",
        text: "Pass --source-date-epoch with --rewrite-timestamp (buildah 1.41), or --timestamp (1.16).",
    },
    Remedy { builder: "kaniko", text: "Pass --reproducible, which sets every time to 0." },
    Remedy {
        builder: "any",
        text: "Give the checkout fixed times before the build: git restore-mtime, or git ls-files -z | xargs -0 \
               touch -hd @$SOURCE_DATE_EPOCH",
    },
];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    (!view.is_absent() && view.is_from_context()).then(Canonical::new)
}
