//! # What differs
//!
//! Nothing between the images: in one image, layers made by steps of the Dockerfile are older than the start of the
//! build that its provenance is about. WORKDIR does not count, which BuildKit takes from its cache even with --no-cache.
//!
//! # Why it happens
//!
//! The builder took these steps from its cache, local or imported, instead of running them.
//!
//! # How to fix the build
//!
//! Run both builds without a cache.
//!
//! # When it is not harmless
//!
//! A cached step shows what an earlier build made, from packages and sources of that day, and is no evidence that the
//! build can be repeated.

use crate::causes::fixes::inputs;
use crate::causes::{Cause, Hazard, Proof, Severity};

/// Steps that the build did not run.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "warm-cache-suspected",
    title: "Steps taken from a build cache",
    source: include_str!("warm_cache_suspected.rs"),
    severity: Severity::Behavioural,
    scope: &[],
    proof: Proof::Warning(Hazard::OlderStep),
    witness: None,
    hazard: None,
    remedies: &[&inputs::BUILDKIT_COLD, &inputs::BUILDAH_COLD],
};
