//! # What differs
//!
//! Where provenance says that the sources of the build came from: the repository, the commit, the digest of a file that
//! was downloaded.
//!
//! # Why it happens
//!
//! The builds were started from two states of the repository, or an address gave something else on another day.
//!
//! # How to fix the build
//!
//! Build both times from one commit, and name downloads with their checksum.
//!
//! # When it is not harmless
//!
//! Other sources are another program. What it changed in the image stays unexplained and is to be looked at.

use crate::causes::fixes::{context, inputs};
use crate::causes::scope::{Field, Place};
use crate::causes::shape::provenance::{last_token, matches, member};
use crate::causes::{Cause, InputKind, Proof, Record, Severity, Told, View};
use crate::finding::Aspect;

/// Other sources.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "provenance-source",
    title: "Other sources, as provenance says",
    source: include_str!("provenance_source.rs"),
    severity: Severity::Behavioural,
    scope: &[
        Place { aspects: &[Aspect::Value], field: Field::Member(MEMBERS), ..Place::INDEX },
        // A source that one side does not name at all says nothing of another one.
        Place { aspects: &[Aspect::Presence], field: Field::Member(&["BUILDKIT/vcs/*"]), ..Place::INDEX },
    ],
    proof: Proof::Drift(InputKind::Source, record),
    witness: None,
    hazard: None,
    remedies: &[&context::ADD_CHECKSUM, &inputs::SAME_COMMIT],
};

/// The members about sources.
const MEMBERS: &[&str] = &[
    "SOURCE/uri",
    "SOURCE/digest/*",
    "MATERIALS/*/digest/*",
    "MATERIALS/*/uri",
    "BUILDKIT/vcs/*",
    "ARGUMENTS/vcs:revision",
    "ARGUMENTS/vcs:source",
    "ARGUMENTS/context",
    "CONFIG/llbDefinition/*/op/Op/source/identifier",
    "CONFIG/llbDefinition/*/op/Op/source/attrs/git.checksum",
    "CONFIG/llbDefinition/*/op/Op/source/attrs/http.checksum",
];

fn record(view: &View<'_>) -> Option<Record> {
    view.image.provenance.as_ref()?;
    let member = member(view.location)?;
    let text = if view.is_absent() { "" } else { view.text()? };
    let what = if member.contains("/vcs") || member.contains("vcs:") {
        last_token(member)
    } else if let Some(material) = material(member) {
        // Images are another cause's.
        if material.starts_with("pkg:") {
            return None;
        }
        shortened(&material)
    } else if member.ends_with("/source/identifier") {
        let (address, _) = text.split_once('#').unwrap_or((text, ""));
        if !["git://", "https://", "http://"].iter().any(|scheme| address.starts_with(scheme)) {
            return None;
        }
        shortened(address)
    } else {
        "source of the build".to_owned()
    };
    Some(Record { common: what.clone().into_bytes(), input: text.as_bytes().to_vec(), told: told(what, text) })
}

/// The address of the material that a member belongs to.
fn material(member: &str) -> Option<String> {
    let (material, _) = member.split_once("/digest/").or_else(|| member.rsplit_once('/'))?;
    (matches("MATERIALS/*/digest/*", member) || matches("MATERIALS/*/uri", member)).then(|| last_token(material))
}

fn told(what: String, text: &str) -> Told {
    let plain = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if plain { Told::Value(what, text.to_owned()) } else { Told::Name(what) }
}

fn shortened(address: &str) -> String {
    address.chars().take(200).collect()
}
