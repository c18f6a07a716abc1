//! # What differs
//!
//! A path that is a hard link on one side and a full copy on the other. Reading it gives the same bytes with the same
//! owner, mode and attributes.
//!
//! # Why it happens
//!
//! Opening one name of a linked file for writing in a later layer breaks the link; tools that replace duplicates by
//! links make one.
//!
//! # How to fix the build
//!
//! Create and link files in the same RUN and leave them alone in later layers.
//!
//! # When it is not harmless
//!
//! A program that writes through one name changes the file under all of them, or does not. It is behavioural for that.

use super::tar_dialect::SAME_WRITER;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};
use crate::image::entry::EntryType;
use crate::image::rootfs::Rootfs;

/// A hard link or a copy.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-hardlink-vs-copy",
    title: "Hard links and copies",
    source: include_str!("tar_hardlink_vs_copy.rs"),
    severity: Severity::Behavioural,
    scope,
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: SAME_WRITER,
};

/// Whether a finding may come from a path that is a link on one side or links to another name.
pub(in crate::causes) fn scope(finding: &Finding) -> bool {
    let values = &finding.values;
    let one_is = |test: fn(&Value) -> bool| test(&values.original) || test(&values.rebuild);
    let location = &finding.location;
    location.kind == Kind::Entry
        && location.inside.is_empty()
        && match finding.aspect {
            Aspect::Type => one_is(|value| value.as_str() == Some("hardlink")),
            Aspect::LinkName => true,
            Aspect::Content => location.field.is_none() && one_is(|value| *value == Value::Absent),
            Aspect::Size => one_is(|value| matches!(value, Value::Json(size) if size.as_u64() == Some(0))),
            _ => false,
        }
}

/// What reading the path gives on this side.
fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    linkable(view)?;
    tree.file_at(view.last()?, view.location.path_bytes()).ok()?
}

/// The claim is about links and regular files only.
pub(in crate::causes) fn linkable(view: &View<'_>) -> Option<()> {
    matches!(view.entry?.entry_type, EntryType::File | EntryType::Hardlink).then_some(())
}
