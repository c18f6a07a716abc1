//! # What differs
//!
//! What makes a list of components (SBOM) a document of its own: the UUID of its name space or serial number, the time
//! it was written, the version of the tool that wrote it, and the sequence of its lists. No component is covered.
//!
//! # Why it happens
//!
//! The tools write the clock and a random UUID into every document.
//!
//! # How to fix the build
//!
//! Keep the SBOM out of the image and out of its index.
//!
//! # When it is not harmless
//!
//! The components are compared; that the document is another one has no effect.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::causes::fixes::provenance;
use crate::causes::scope::{Field, Inside, Path, Place, Whose};
use crate::causes::shape::identifiers::is_uuid;
use crate::causes::shape::json::sorted;
use crate::causes::shape::times::is_time_of_build;
use crate::causes::{Canonical, Cause, Day, Proof, Severity, View};
use crate::codec::json::{Document, Node, folded};
use crate::finding::{Aspect, Kind, Value};
use crate::limits::Limits;

/// The identity of an SBOM.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "sbom-document-identity",
    title: "Identity of an SBOM document",
    source: include_str!("sbom_document_identity.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place {
            aspects: &[Aspect::Value, Aspect::Presence, Aspect::Order],
            document: Whose::Statement(&["https://spdx.dev/", "https://cyclonedx.org/"]),
            field: Field::Like(&["/predicate/**"]),
            ..Place::INDEX
        },
        Place {
            aspects: &[Aspect::Content],
            path: Path::Like(&["**.spdx.json", "**.cdx.json", "**/bom.json", "**/sbom.json"]),
            inside: Inside::No,
            ..Place::ENTRY
        },
    ],
    proof: Proof::Unread(&Proof::Canonical(canonicalize)),
    witness: None,
    hazard: None,
    remedies: &[&provenance::NO_ATTESTATIONS, &provenance::SBOM_OUTSIDE],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.location.kind == Kind::Entry {
        let mut document = read(view.file?)?;
        anonymize(&mut document, view.day)?;
        document.sort_all_objects();
        return serde_json::to_vec(&document).ok();
    }
    let field = view.location.field_name().strip_prefix("/predicate")?;
    match (view.aspect, view.value) {
        (Aspect::Order, value) => {
            matches!(field, "/packages" | "/files" | "/relationships" | "/components" | "/dependencies")
                .then(|| sorted(value))
                .flatten()
        }
        (Aspect::Value, Value::Json(Json::String(text))) => identity(field, text, view.day).map(String::into_bytes),
        _ => None,
    }
}

/// The document in a file, where every program takes its keys for the same members.
fn read(file: &[u8]) -> Option<Json> {
    let document = Document::parse(file.into(), &Limits::default()).ok()?;
    has_distinct_keys(&document.root).then(|| document.to_value())
}

/// Whether no object has two keys that are one to a program written in Go. The parser refuses equal ones.
fn has_distinct_keys(node: &Node) -> bool {
    let members = node.members();
    let keys: BTreeSet<String> = members.iter().map(|member| folded(&member.key)).collect();
    keys.len() == members.len()
        && members.iter().map(|member| &member.value).chain(node.elements()).all(has_distinct_keys)
}

/// What is left of a member that identifies the document; `None` for any other.
fn identity(field: &str, text: &str, day: &Day) -> Option<String> {
    match field {
        "/documentNamespace" => without_uuid(text),
        "/serialNumber" => is_uuid(text.strip_prefix("urn:uuid:")?).then(String::new),
        "/creationInfo/created" | "/metadata/timestamp" => is_time_of_build(text, day).then(String::new),
        _ if field.starts_with("/creationInfo/creators/") => {
            let tool = text.strip_prefix("Tool: ")?;
            let (name, version) = tool.rsplit_once('-')?;
            crate::causes::shape::identifiers::is_version(version.trim_start_matches('[')).then(|| name.to_owned())
        }
        _ => None,
    }
}

/// A name space without the UUID at its end.
fn without_uuid(text: &str) -> Option<String> {
    let start = text.len().checked_sub(36)?;
    let (rest, uuid) = (text.get(..start)?, text.get(start..)?);
    is_uuid(uuid).then(|| rest.to_owned())
}

/// Takes the identity out of a document in a file; `None` where there is none, or none of this form.
fn anonymize(document: &mut Json, day: &Day) -> Option<()> {
    let text = |document: &Json, member: &str| document.get(member).and_then(Json::as_str).map(str::to_owned);
    let members = match (text(document, "bomFormat"), text(document, "spdxVersion")) {
        (Some(format), None) if format == "CycloneDX" => ["/serialNumber", "/metadata/timestamp"],
        (None, Some(version)) if version.starts_with("SPDX-") => ["/documentNamespace", "/creationInfo/created"],
        _ => return None,
    };
    let mut found = None;
    for pointer in members {
        if let Some(member) = document.pointer_mut(pointer) {
            *member = Json::String(identity(pointer, member.as_str()?, day)?);
            found = Some(());
        }
    }
    found
}
