//! # What differs
//!
//! The Dockerfile in provenance, or its path, and with it the steps, the materials and the lines that provenance lists.
//!
//! # Why it happens
//!
//! The Dockerfile was changed between the builds, or another one was named.
//!
//! # How to fix the build
//!
//! Build both times from one Dockerfile. Only provenance with `mode=max` holds its text.
//!
//! # When it is not harmless
//!
//! Another Dockerfile is another program. What it changed in the image stays unexplained and is to be looked at.

use base64::Engine as _;

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::provenance::{STEPS, matches, member};
use crate::causes::{Cause, InputKind, Proof, Record, Severity, Told, View};
use crate::finding::Aspect;

/// Another Dockerfile.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "provenance-dockerfile",
    title: "Another Dockerfile, as provenance says",
    source: include_str!("provenance_dockerfile.rs"),
    severity: Severity::Behavioural,
    scope: &[
        Place { field: Field::Member(&[TEXT]), ..MEMBER },
        Place { field: Field::Member(PATHS), ..MEMBER },
        Place { field: Field::Member(STEPS), ..MEMBER },
    ],
    proof: Proof::Drift(InputKind::Source, record),
    witness: None,
    hazard: None,
    remedies: &[&inputs::SAME_DOCKERFILE],
};

/// The text of a Dockerfile.
const TEXT: &str = "BUILDKIT/source/infos/*/data";

/// The path of the Dockerfile, in the two versions.
const PATHS: &[&str] = &["SOURCE/entryPoint", "SOURCE/path", "ARGUMENTS/filename", "BUILDKIT/source/infos/*/filename"];

const MEMBER: Place = Place { aspects: &[Aspect::Value, Aspect::Presence, Aspect::Order], ..Place::INDEX };

fn record(view: &View<'_>) -> Option<Record> {
    let member = member(view.location)?;
    let provenance = view.image.provenance.as_ref()?;
    if PATHS.iter().any(|of| matches(of, member)) {
        let text = if view.is_absent() { "" } else { view.text()? };
        let told = Told::Name("path of the Dockerfile".to_owned());
        return Some(Record { common: Vec::new(), input: text.as_bytes().to_vec(), told });
    }
    let dockerfiles = &provenance.steps.as_ref()?.dockerfiles;
    if matches(TEXT, member) {
        let data = base64::engine::general_purpose::STANDARD.decode(view.text()?).ok()?;
        let text = String::from_utf8_lossy(&data).into_owned();
        let dockerfile = dockerfiles.iter().find(|dockerfile| dockerfile.text == text)?;
        let told = Told::Lines(dockerfile.name.clone());
        return Some(Record { common: Vec::new(), input: text.into_bytes(), told });
    }
    if dockerfiles.is_empty() {
        return None;
    }
    let mut hash = blake3::Hasher::new();
    for part in dockerfiles.iter().flat_map(|dockerfile| [&dockerfile.name, &dockerfile.text]) {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let told = Told::Name("text of the Dockerfile".to_owned());
    Some(Record { common: Vec::new(), input: hash.finalize().as_bytes().to_vec(), told })
}
