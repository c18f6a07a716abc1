//! # What differs
//!
//! Whether a member that says nothing is written as `null`, as the empty value of its type (`[]` for a list, `{}` for a
//! map, `""` for a text, `false` for a flag, `0` for a number), or left out. `ArgsEscaped` has a meaning on Windows
//! alone: for Linux `true` is the same.
//!
//! # Why it happens
//!
//! Builders and versions of them differ in which empty members they write.
//!
//! # How to fix the build
//!
//! Build both images with the same version of the same builder.
//!
//! # When it is not harmless
//!
//! Every runtime reads these forms in one way. An empty value of another type is not covered: `"Cmd": ""` is an error in
//! skopeo and a list in Docker. Nor is `[""]`, which is a list of one argument, an empty `Healthcheck`, which is there, or
//! a `StopTimeout` of 0.

use serde_json::Value as Json;

use crate::causes::scope::{Field, Place, VALUE, Whose};
use crate::causes::{Canonical, Cause, Proof, Severity, View, fixes};
use crate::codec::documents::CONFIG;
use crate::codec::json::Shape;
use crate::finding::{Finding, Kind, Location, Value};

/// Empty members.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-null-empty-absent",
    title: "Empty members written in different ways",
    source: include_str!("config_null_empty_absent.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        // Which members of a config are those of structs is in the table of documents.
        Place { aspects: VALUE, when: Some(is_member), ..Place::CONFIG },
        Place {
            kinds: &[Kind::Manifest, Kind::Index],
            aspects: VALUE,
            document: Whose::Own,
            field: Field::Like(&["**/annotations", "**/urls"]),
            ..Place::INDEX
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn is_member(finding: &Finding) -> bool {
    shape(&finding.location).is_some()
}

/// The type of the member at a location, where it is one of a struct. Elements of lists and members of maps are data:
/// `""` is an argument, and a label without a value is a label.
fn shape(location: &Location) -> Option<&'static Shape> {
    let (parent, name) = location.field_name().rsplit_once('/')?;
    match location.kind {
        Kind::Config => match CONFIG.at(parent)? {
            Shape::Struct(members) => Some(&members.iter().find(|(member, _)| *member == name)?.1),
            _ => None,
        },
        Kind::Index if location.attestation.is_some() => None,
        Kind::Manifest | Kind::Index => LISTS.iter().find(|(member, _)| *member == name).map(|(_, shape)| shape),
        Kind::Layer | Kind::Entry => None,
    }
}

/// Members of manifests, indexes and descriptors.
const LISTS: &[(&str, Shape)] = &[("annotations", Shape::Map(&Shape::Text)), ("urls", Shape::List(&Shape::Text))];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let shape = shape(view.location)?;
    let empty = match view.value {
        Value::Absent => !matches!(shape, Shape::Any | Shape::Time),
        Value::Json(value) => is_empty(shape, value) || (value == &Json::Bool(true) && is_unread(view)),
        Value::Bytes(_) | Value::Content { .. } => false,
    };
    empty.then(Canonical::new)
}

/// Whether a value of this type is the same as none, to every program that reads the type.
fn is_empty(shape: &Shape, value: &Json) -> bool {
    match (shape, value) {
        (Shape::Any | Shape::Time, _) => false,
        (_, Json::Null) => true,
        (Shape::Text, Json::String(text)) => text.is_empty(),
        (Shape::Flag, Json::Bool(flag)) => !flag,
        (Shape::Integer, Json::Number(number)) => number.as_u64() == Some(0),
        (Shape::List(_), Json::Array(items)) => items.is_empty(),
        (Shape::Map(_), Json::Object(members)) => members.is_empty(),
        _ => false,
    }
}

/// Whether a member has no meaning on the operating system of the image.
fn is_unread(view: &View<'_>) -> bool {
    let linux = view.image.config.get("os").and_then(Json::as_str) == Some("linux");
    linux && view.location.field_name().ends_with("/ArgsEscaped")
}
