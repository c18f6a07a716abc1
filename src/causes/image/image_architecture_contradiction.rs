//! # What differs
//!
//! Nothing between the images: one image says that it is for one architecture, and holds programs for another.
//!
//! # Why it happens
//!
//! `FROM` names the manifest of one platform by its digest, whatever platform is built, or COPY takes a program that was
//! built for the build host.
//!
//! # How to fix the build
//!
//! Pin the digest of the index, and keep `--platform=$BUILDPLATFORM` to the stages that only build.
//!
//! # When it is not harmless
//!
//! Never: the container does not start, or runs emulated. Looked at are the entry point, shells and the interpreters of
//! programs, and only in layers that are read anyway.

use crate::causes::fixes::inputs;
use crate::causes::{Cause, Hazard, Proof, Severity};

/// Programs for another machine than the config names.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "image-architecture-contradiction",
    title: "Programs for another architecture than the image's",
    source: include_str!("image_architecture_contradiction.rs"),
    severity: Severity::Behavioural,
    scope: &[],
    proof: Proof::Warning(Hazard::OtherMachine),
    witness: None,
    hazard: None,
    remedies: &[&inputs::PIN_INDEX],
};
