//! # What differs
//!
//! The numeric owner or group of an entry, while both sides record the same name for it in the tar header. No image has
//! its root user on one side and another user on the other by this cause.
//!
//! # Why it happens
//!
//! A package's scripts or `useradd` without `-u` take the next free ID, which depends on what was installed before.
//!
//! # How to fix the build
//!
//! Give users and groups fixed IDs.
//!
//! # When it is not harmless
//!
//! It matters: the kernel, volumes and `runAsUser` know numbers only. The claim names the loss and is never accepted by
//! a built-in policy.

use crate::causes::fixes::context;
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Numeric owners of the same name.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-uid-gid",
    title: "Numeric owners and groups",
    source: include_str!("tar_uid_gid.rs"),
    severity: Severity::Security,
    scope: &[Place { aspects: &[Aspect::Uid, Aspect::Gid], ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&context::FIXED_IDS],
};

/// The name, and whether it is root: that never maps to anybody else.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry?;
    let (name, number) = match view.aspect {
        Aspect::Uid => (&entry.uname, entry.uid),
        _ => (&entry.gname, entry.gid),
    };
    (!name.is_empty()).then(|| [&name[..], if number == 0 { b"\0root" } else { b"\0user" }].concat())
}
