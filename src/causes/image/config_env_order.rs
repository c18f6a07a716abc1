//! # What differs
//!
//! The sequence of the environment variables of the configuration. Every variable is there once on each side. The value
//! of a variable, the order of the directories in `PATH` included, is never covered by this.
//!
//! # Why it happens
//!
//! The variables are generated from a map, or `ENV` instructions were moved.
//!
//! # How to fix the build
//!
//! Keep the `ENV` instructions in one order.
//!
//! # When it is not harmless
//!
//! A process finds variables by name. Only a program that lists its whole environment shows the sequence.

use std::collections::BTreeSet;

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::json::sorted;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The sequence of the environment variables.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-env-order",
    title: "Order of environment variables",
    source: include_str!("config_env_order.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Order],
        field: Field::Like(&["/config/Env", "/container_config/Env"]),
        ..Place::CONFIG
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::ENV_ORDER],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let variables = view.image.config.pointer(view.location.field_name())?.as_array()?;
    let names = variables.iter().map(|variable| Some(variable.as_str()?.split_once('=')?.0));
    let unique: BTreeSet<&str> = names.collect::<Option<_>>()?;
    // On Windows `Path` is `PATH`, and to many programs names are one that others tell apart: `npm_config_registry` and
    // `NPM_CONFIG_REGISTRY` to npm, of which the last counts, `PIP_INDEX_URL` in any case to pip, `a.b` and `A_B` to Spring.
    let folded: BTreeSet<String> = unique.iter().map(|name| folded(name)).collect();
    if folded.len() != variables.len() {
        return None;
    }
    sorted(view.value)
}

/// What is left of a name whoever reads it.
fn folded(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
