//! # What differs
//!
//! Extended attributes that describe the build host and not the file: SELinux labels, IMA hashes, and what overlay file
//! systems and rootless containers note for themselves.
//!
//! # Why it happens
//!
//! A host with SELinux labels every file; overlayfs and fuse-overlayfs keep notes in `trusted.overlay.*` and
//! `user.overlay.*`, containers-storage in `user.containers.override_stat`. containerd writes `security.capability`
//! only.
//!
//! # How to fix the build
//!
//! Build on a host without labels, or with a builder that leaves them out.
//!
//! # When it is not harmless
//!
//! A label or an IMA hash may be enforced where the image runs. Capabilities, access control lists, and the overlay
//! attributes that hide or redirect files are never claimed.

use crate::causes::fixes::{archives, context};
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Extended attributes of the build host.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-xattr-presence",
    title: "Extended attributes of the build host",
    source: include_str!("tar_xattr_presence.rs"),
    severity: Severity::Security,
    scope: &[Place { aspects: &[Aspect::Xattr], field: Field::Like(FIELDS), ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&context::BUILDKIT_LABELS, &context::BUILDAH_LABELS, &archives::TAR_XATTRS],
};

/// Longer values are kept.
const LONGEST: usize = 4096;

const FIELDS: &[&str] = &[
    "xattr.security.selinux",
    "xattr.security.ima",
    "xattr.user.containers.override_stat",
    "xattr.trusted.overlay.impure",
    "xattr.trusted.overlay.nlink",
    "xattr.trusted.overlay.origin",
    "xattr.trusted.overlay.upper",
    "xattr.trusted.overlay.uuid",
    "xattr.user.overlay.impure",
    "xattr.user.overlay.nlink",
    "xattr.user.overlay.origin",
    "xattr.user.overlay.upper",
    "xattr.user.overlay.uuid",
];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    (view.is_absent() || view.bytes().is_some_and(|value| value.len() <= LONGEST)).then(Canonical::new)
}
