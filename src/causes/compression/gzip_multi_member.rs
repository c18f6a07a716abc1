//! # What differs
//!
//! Over how many gzip members the same content is spread, with the headers and checksums of the members that one side
//! has not.
//!
//! # Why it happens
//!
//! bgzf writes a member for every 64 KiB, eStargz one for every file, most others one in all.
//!
//! # How to fix the build
//!
//! Use the same tool with the same block size on both sides.
//!
//! # When it is not harmless
//!
//! Readers that stop after the first member see less of one side. Members that hold nothing, but for one at the end, and
//! members behind the end of a layer's archive are not claimed.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::gzip::in_member;
use crate::causes::shape::recompression::{is_plain, same_content};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Kind, Value};

/// Content in one or more gzip members.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-multi-member",
    title: "Numbers of gzip members",
    source: include_str!("gzip_multi_member.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { kinds: &[Kind::Layer], field: Field::Like(&["gzip.members"]), ..Place::STORED },
        Place {
            kinds: &[Kind::Entry],
            field: Field::Like(&["gzip.member**", "gzip.crc32", "gzip.isize"]),
            ..Place::STORED
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::ENCODERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    match view.value {
        Value::Json(value) if view.location.kind == Kind::Layer => {
            (is_plain(value) && value.get("members")?.as_u64()? > 0).then(Canonical::new)
        }
        _ => (!is_carried(view.location.field_name())).then(|| same_content(view, "gzip"))?,
    }
}

/// Whether a field is what a member behind the first has in its header and decompression loses.
fn is_carried(field: &str) -> bool {
    let name = in_member(field).unwrap_or("");
    field.starts_with("gzip.member") && matches!(name, "header.extra" | "header.name" | "header.comment")
}
