//! # What differs
//!
//! `/etc/machine-id` or `/var/lib/dbus/machine-id`: 32 random hexadecimal digits.
//!
//! # Why it happens
//!
//! The package scripts of systemd and dbus make one when they are installed.
//!
//! # How to fix the build
//!
//! Leave the file empty, so that one is made at the first start.
//!
//! # When it is not harmless
//!
//! All containers of the image share the id. That is a mistake in either image, not a difference between them.

use crate::causes::fixes::installs;
use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// A random identity of a host.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "machine-id",
    title: "Machine ids",
    source: include_str!("machine_id.rs"),
    severity: Severity::Security,
    scope: &[Place { path: Path::Like(&["etc/machine-id", "var/lib/dbus/machine-id"]), ..Place::WHOLE_FILE }],
    proof: Proof::Random(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&installs::MACHINE_ID],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let (digits, rest) = view.file?.split_at_checked(32)?;
    let hex = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (hex && rest == b"\n").then(Canonical::new)
}
