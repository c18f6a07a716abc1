//! # What differs
//!
//! The label, or the member `docker_version`, in which a builder writes its own version, or the host it ran on.
//!
//! # Why it happens
//!
//! The images were built by different builders or versions; some builders mark every image.
//!
//! # How to fix the build
//!
//! Use one version of one builder, or switch the mark off.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it.

use crate::causes::fixes::builders;
use crate::causes::scope::{Field, Names, Place, VALUE};
use crate::causes::shape::identifiers::is_version;
use crate::causes::shape::labels::{members, records_build};
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Marks that builders leave.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-builder-identity-label",
    title: "The builder's own mark",
    source: include_str!("config_builder_identity_label.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: VALUE, field: Field::Like(&["/docker_version"]), ..Place::CONFIG },
        Place { aspects: VALUE, field: Field::Labels, ..Place::CONFIG },
        Place { aspects: VALUE, field: Field::Label(Names::Like(KEYS)), ..Place::CONFIG },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&builders::BUILDAH_IDENTITY, &builders::DOCKER_BUILDKIT, &builders::ONE_BUILDER],
};

/// The labels that builders set.
const KEYS: &[&str] = &["io.buildah.version", "com.redhat.build-host"];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.location.field_name() == "/docker_version" {
        let holds = view.is_absent() || view.text().is_some_and(|text| text.is_empty() || is_version(text));
        return holds.then(Canonical::new);
    }
    members(view, |key, text| identifies_builder(key, text) || records_build(key, text))
}

/// Whether a label is a builder's mark.
fn identifies_builder(key: &str, text: &str) -> bool {
    match key {
        "io.buildah.version" => is_version(text),
        "com.redhat.build-host" => {
            text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        }
        _ => false,
    }
}
