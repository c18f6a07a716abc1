//! # What differs
//!
//! Over how many gzip members the same content of a layer is spread.
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
//! Readers that stop after the first member see less of one side: of files in a layer there are such (Python's
//! `zlib.decompress`, Perl's `gunzip`, PHP's `gzdecode`), so those are not claimed. Members of a layer that hold nothing, but
//! for one at the end, and those behind the end of its archive are not claimed either.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::recompression::is_plain;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Kind, Value};

/// Content in one or more gzip members.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-multi-member",
    title: "Numbers of gzip members",
    source: include_str!("gzip_multi_member.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { kinds: &[Kind::Layer], field: Field::Like(&["gzip.members"]), ..Place::STORED }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::ENCODERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let Value::Json(value) = view.value else { return None };
    (is_plain(value) && value.get("members")?.as_u64()? > 0).then(Canonical::new)
}
