//! # What differs
//!
//! Nothing between the images: provenance is attached to an image, and its subject is another one.
//!
//! # Why it happens
//!
//! The index was put together by hand, an image was changed after its attestation was made, or the attestation was
//! taken from elsewhere.
//!
//! # How to fix the build
//!
//! Have the builder attach provenance, and copy images with tools that leave index and manifests alone.
//!
//! # When it is not harmless
//!
//! Whoever reads such provenance takes it for what it is not. Here it is no evidence for anything.

use crate::causes::fixes::provenance;
use crate::causes::{Cause, Hazard, Proof, Severity};

/// Provenance about another image.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "provenance-subject-mismatch",
    title: "Provenance that is about another image",
    source: include_str!("provenance_subject_mismatch.rs"),
    severity: Severity::Security,
    scope: &[],
    proof: Proof::Warning(Hazard::OtherSubject),
    witness: None,
    hazard: None,
    remedies: &[&provenance::COPY_REFERRERS],
};
