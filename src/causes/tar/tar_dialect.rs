//! # What differs
//!
//! The dialect of a tar header: magic and version (`ustar` NUL `00`, `ustar` and spaces, or nothing), the fields that
//! only one dialect has, empty on the other side, and whether an entry has a PAX header at all. What the headers say is
//! the same.
//!
//! # Why it happens
//!
//! Go's tar writer takes the simplest dialect that fits, GNU tar its own, others POSIX.
//!
//! # How to fix the build
//!
//! Use the same builder, or write POSIX headers.
//!
//! # When it is not harmless
//!
//! Never: the headers are decoded to the same values, and whatever is not empty in a field of one dialect is kept.

use crate::causes::fixes;
use crate::causes::scope::{Field, Inside, Place};
use crate::causes::shape::tar_headers::{LAYOUT, is_magic, is_plain_pseudo_header, is_unused};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Value};

/// The dialect of tar headers.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-dialect",
    title: "Dialects of tar headers",
    source: include_str!("tar_dialect.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Encoding], inside: Inside::No, ..Place::ENTRY },
        Place { aspects: &[Aspect::Order], field: Field::Like(&["pax.records"]), ..Place::ENTRY },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.location.field_name() == "pax.records" {
        return record_set(view);
    }
    let harmless = match view.location.field_name() {
        "pax.header" => view.is_absent() || is_plain_pseudo_header(view.entry?, "pax"),
        name => {
            let (_, field) =
                name.split_once("header.").filter(|(family, _)| family.is_empty() || family.ends_with('.'))?;
            match field {
                "magic" => is_magic(view.bytes()?),
                field if LAYOUT.contains(&field) => view.is_absent() || is_unused(field, view.bytes()?),
                _ => false,
            }
        }
    };
    harmless.then(Canonical::new)
}

/// The records as a set; of a record that is there twice the last one counts, so that order matters then.
fn record_set(view: &View<'_>) -> Option<Canonical> {
    let Value::Json(serde_json::Value::Array(names)) = view.value else { return None };
    let mut names: Vec<&str> = names.iter().filter_map(serde_json::Value::as_str).collect();
    names.sort_unstable();
    let once = names.iter().all(|name| !name.contains('#'));
    once.then(|| names.join("\n").into_bytes())
}
