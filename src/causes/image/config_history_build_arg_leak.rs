//! # What differs
//!
//! The build arguments that the history prints in front of a command (`|1 REVISION=4f2c1e /bin/sh -c make`), or the
//! argument that an `ARG` step declares. The command itself is the same.
//!
//! # Why it happens
//!
//! Every argument that is declared above a `RUN` is printed with its value, so a revision, a build number or a time
//! changes the configuration although no layer changes.
//!
//! # How to fix the build
//!
//! Pass the same ones to both builds; declare volatile ones below the last `RUN` that has no use for them, or pass them as
//! secrets.
//!
//! # When it is not harmless
//!
//! The values can be read by everybody who has the image: a token passed as an argument is published.

use crate::causes::fixes::{builders, inputs, secrets};
use crate::causes::scope::{Field, Place};
use crate::causes::shape::history::{Step, step};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Build arguments in the history.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-history-build-arg-leak",
    title: "Build arguments printed into the history",
    source: include_str!("config_history_build_arg_leak.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Value], field: Field::Like(&["/history/{n}/created_by"]), ..Place::CONFIG }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&secrets::MOUNTED_VALUE, &secrets::ARG_LAST, &inputs::SAME_ARGUMENTS, &builders::ONE_BUILDER],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let mut step = step(view.text()?)?;
    step.build_arguments = None;
    if step.instruction == "ARG" {
        step = Step { arguments: Vec::new(), ..step };
    }
    matches!(step.instruction, "RUN" | "ARG").then(|| step.canonical())
}
