//! # What differs
//!
//! What provenance says of the program that read the Dockerfile, its image included, and of the platform that the build
//! ran on.
//!
//! # Why it happens
//!
//! A `# syntax=` line with a tag, or the frontend that is part of the builder, follows the builder's version. Another
//! machine may build by emulation.
//!
//! # How to fix the build
//!
//! Name the frontend by digest, and use one version of the builder on one platform.
//!
//! # When it is not harmless
//!
//! The frontend decides what the Dockerfile means. What it changed in the image stays unexplained and is to be looked
//! at.

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Place, VALUE, patterns};
use crate::causes::shape::provenance::{last_token, matches, member};
use crate::causes::{Cause, InputKind, Proof, Record, Severity, Told, View};
use crate::finding::Value;
use crate::image::provenance::ImagePurl;

/// Another frontend or builder platform.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "provenance-frontend",
    title: "Another frontend, as provenance says",
    source: include_str!("provenance_frontend.rs"),
    severity: Severity::Behavioural,
    scope: &[Place {
        aspects: VALUE,
        field: Field::Member(&patterns::<_, { MEMBERS.len() }>(MEMBERS)),
        ..Place::INDEX
    }],
    proof: Proof::Drift(InputKind::Frontend, record),
    witness: None,
    hazard: None,
    remedies: &[&inputs::PIN_FRONTEND],
};

/// The members about the frontend and the builder's platform, and what they are called.
const MEMBERS: &[(&str, &str)] = &[
    ("REQUEST/frontend", "frontend"),
    ("REQUEST/compatibilityVersion", "compatibility version"),
    ("ARGUMENTS/source", "frontend image"),
    ("ARGUMENTS/cmdline", "frontend image"),
    ("ARGUMENTS/frontend.caps", "capabilities asked of the frontend"),
    ("ARGUMENTS/build-arg:BUILDKIT_SYNTAX", "frontend image"),
    ("buildDefinition/internalParameters/dockerfileVersion", "version of the Dockerfile frontend"),
    ("invocation/environment/platform", "platform of the builder"),
    ("buildDefinition/internalParameters/builderPlatform", "platform of the builder"),
    ("MATERIALS/*/digest/sha256", "frontend image"),
    ("MATERIALS/*/uri", "frontend image"),
];

fn record(view: &View<'_>) -> Option<Record> {
    let provenance = view.image.provenance.as_ref()?;
    let member = member(view.location)?;
    let (_, what) = MEMBERS.iter().find(|(of, _)| matches(of, member))?;
    if matches("MATERIALS/*/digest/sha256", member) || matches("MATERIALS/*/uri", member) {
        let material = last_token(member.trim_end_matches("/uri").trim_end_matches("/digest/sha256"));
        let purl = ImagePurl::parse(&material)?;
        if Some(purl.name.as_str()) != provenance.frontend_image() {
            return None;
        }
    }
    let input = match view.value {
        Value::Absent => String::new(),
        Value::Json(value) => value.to_string(),
        Value::Bytes(_) | Value::Content { .. } => return None,
    };
    let told = match view.text().filter(|text| text.len() <= 200 && !text.contains(char::is_whitespace)) {
        Some(text) => Told::Value((*what).to_owned(), text.to_owned()),
        None => Told::Name((*what).to_owned()),
    };
    Some(Record { common: what.as_bytes().to_vec(), input: input.into_bytes(), told })
}
