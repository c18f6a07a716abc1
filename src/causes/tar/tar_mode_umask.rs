//! # What differs
//!
//! The write permission of group or others (bits 0022) of an entry, and no other permission.
//!
//! # Why it happens
//!
//! git records only the executable bit: a checkout under umask 002 gives 0664 where one under 022 gives 0644, and COPY
//! keeps it. BuildKit before 0.15 gave files of git contexts mode 0666. RUN creates files under the umask of the
//! builder.
//!
//! # How to fix the build
//!
//! Set the modes where files are copied, or the umask where they are created.
//!
//! # When it is not harmless
//!
//! A file that others may write may be changed by whoever gets a foothold in the container. The claim names the loss
//! and is never accepted by a built-in policy; entries with set-id or sticky bits are never claimed.

use crate::causes::fixes::context;
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Write permission of group and others.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-mode-umask",
    title: "Write permissions from the umask",
    source: include_str!("tar_mode_umask.rs"),
    severity: Severity::Security,
    scope: &[Place { aspects: &[Aspect::Mode], ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&context::COPY_CHMOD, &context::BUILDKIT_MODES, &context::UMASK],
};

const GROUP_AND_OTHERS_WRITE: u32 = 0o022;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let mode = view.entry?.mode & 0o7777;
    (mode & 0o7000 == 0).then(|| (mode & !GROUP_AND_OTHERS_WRITE).to_le_bytes().to_vec())
}
