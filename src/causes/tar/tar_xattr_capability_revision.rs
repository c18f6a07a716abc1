//! # What differs
//!
//! The revision of the file capabilities in `security.capability`: revision 3 with the root ID 0 on one side, revision
//! 2 on the other. The capabilities are the same.
//!
//! # Why it happens
//!
//! `setcap` in a user namespace (a rootless build) writes revision 3, which says whose root it is for; outside it
//! writes revision 2. Docker converts back when it packs a layer, others do not.
//!
//! # How to fix the build
//!
//! Build both rootful, or both with a builder that converts.
//!
//! # When it is not harmless
//!
//! The capabilities granted are compared bit by bit, and a root ID other than 0 is never claimed.

use crate::causes::fixes::context;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::capability::XATTR;

/// The revision of file capabilities.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-xattr-capability-revision",
    title: "Revisions of file capabilities",
    source: include_str!("tar_xattr_capability_revision.rs"),
    severity: Severity::Security,
    scope: &[Place { aspects: &[Aspect::Xattr], field: Field::Like(&["xattr.security.capability"]), ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&context::BUILDKIT_ROOT, &context::BUILDAH_ROOT, &context::CAPABILITIES_LAST],
};

/// `struct vfs_ns_cap_data` (linux/capability.h), little-endian: revision and flags, two pairs of masks, root ID.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let value = view.entry?.xattrs.get(XATTR)?;
    let (flags, rest) = value.split_at_checked(3)?;
    let (masks, root) = match rest.split_first()? {
        (2, masks) => (masks, &[0; 4][..]),
        (3, rest) => rest.split_at_checked(16)?,
        _ => return None,
    };
    (masks.len() == 16 && root == [0; 4]).then(|| [flags, masks].concat())
}
