//! Keys of the maps in documents: labels, annotations, environment variables.

use crate::finding::{Kind, Location};

/// Whether a location is that of all labels or annotations of something.
pub(in crate::causes) fn is_map(location: &Location) -> bool {
    let field = location.field_name();
    match location.kind {
        Kind::Config => matches!(field, "/config/Labels" | "/container_config/Labels"),
        Kind::Manifest | Kind::Index => in_list(location) && field.ends_with("/annotations"),
        Kind::Layer | Kind::Entry => false,
    }
}

/// The key of the label or annotation at a location.
pub(in crate::causes) fn key_of(location: &Location) -> Option<String> {
    let (parent, key) = location.field_name().rsplit_once('/')?;
    let holds = match location.kind {
        Kind::Config => matches!(parent, "/config/Labels" | "/container_config/Labels"),
        Kind::Manifest | Kind::Index => in_list(location) && parent.ends_with("/annotations"),
        Kind::Layer | Kind::Entry => false,
    };
    holds.then(|| key.replace("~1", "/").replace("~0", "~"))
}

/// Whether a location is in a manifest or index itself, not in a statement of an attestation.
fn in_list(location: &Location) -> bool {
    location.attestation.as_ref().is_none_or(|place| place.predicate_type.is_empty())
}

/// The name of the environment variable at a location.
pub(in crate::causes) fn variable(location: &Location) -> Option<&str> {
    let field = location.field_name();
    let name = field.strip_prefix("/config/Env/").or_else(|| field.strip_prefix("/container_config/Env/"))?;
    (location.kind == Kind::Config).then_some(name)
}
