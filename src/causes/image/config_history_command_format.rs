//! # What differs
//!
//! How the history of the configuration words the same steps: `/bin/sh -c #(nop) COPY file:… in /app` of buildah and
//! the legacy builder is `COPY app.py /app # buildkit` of BuildKit. The instruction and its arguments are the same; of
//! `COPY` and `ADD` the options and the destination, where one wording names the sources and the other their digest.
//! The marks that builders leave in `comment` and `author` belong to it.
//!
//! # Why it happens
//!
//! Every builder words the steps in its own way, and buildah 1.41 and later append the time that they clamp to.
//!
//! # How to fix the build
//!
//! Build both images with the same builder in the same version.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads the history. What the steps made is compared by itself, in the layers. The legacy builder takes a
//! layer in place of a step by the digest of what it copied (`--cache-from`): another one does not pass where nothing but
//! times differs in the layer.

use serde_json::Value as Json;

use crate::causes::fixes::builders;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::history::{is_mark, sources, step};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Finding, Value};

/// The wording of the steps.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-history-command-format",
    title: "Wording of the build steps",
    source: include_str!("config_history_command_format.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: VALUE,
        field: Field::Like(&["/author", "/history/{n}/created_by", "/history/{n}/comment", "/history/{n}/author"]),
        when: Some(copies_the_same),
        ..Place::CONFIG
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&builders::ONE_BUILDER, &builders::FOLLOWS_STEP],
};

/// Whether steps that name what they copy, on both sides, name the same.
fn copies_the_same(finding: &Finding) -> bool {
    match finding.values.as_ref().map(|value| value.as_str().and_then(sources)).both() {
        Some(sources) => sources.same(),
        None => true,
    }
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let text = match view.value {
        Value::Absent | Value::Json(Json::Null) => "",
        value => value.as_str()?,
    };
    let holds = match view.location.field_name().rsplit('/').next()? {
        "created_by" => return Some(step(text)?.canonical()),
        "comment" => is_mark(text),
        "author" => matches!(text, "" | "kaniko"),
        _ => false,
    };
    holds.then(Canonical::new)
}
