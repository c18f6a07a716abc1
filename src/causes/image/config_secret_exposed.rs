//! # What differs
//!
//! Nothing between the images: the config of one image, or of both, holds a value with the shape of a credential, in a
//! variable, a label or the record of a build step.
//!
//! # Why it happens
//!
//! ARG, ENV and LABEL write their values into the config, and builders record each command with its build arguments.
//!
//! # How to fix the build
//!
//! Hand credentials to a RUN step as a secret mount, and make new ones: the old are in every copy of the image.
//!
//! # When it is not harmless
//!
//! Never. The value itself is shown nowhere; what is told is where it is. Only documents are looked at, so the warning is
//! there also when an image is compared with itself.

use crate::causes::{Cause, Proof, Remedy, Severity};
use crate::finding::Finding;

/// A credential in a config.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-secret-exposed",
    title: "Credentials in the config",
    source: include_str!("config_secret_exposed.rs"),
    severity: Severity::Security,
    scope,
    proof: Proof::Warning,
    witness: None,
    hazard: None,
    remedies: &[
        Remedy {
            builder: "buildkit",
            text: "RUN --mount=type=secret,id=NAME … and --secret id=NAME,src=FILE (BuildKit 0.8); then make a new credential.",
        },
        Remedy {
            builder: "buildah",
            text: "RUN --mount=type=secret,id=NAME … and --secret id=NAME,src=FILE (buildah 1.24); then make a new credential.",
        },
        Remedy {
            builder: "any",
            text: "Keep credentials out of ARG, ENV, LABEL and RUN; make a new one: it is in every copy of the image.",
        },
    ],
};

const fn scope(_: &Finding) -> bool {
    false
}
