//! # What differs
//!
//! The operating system or the architecture that the configurations name: these are images for different machines.
//!
//! # Why it happens
//!
//! One of the images was built, or picked from an index, for another platform.
//!
//! # How to fix the build
//!
//! Compare images of the same platform.
//!
//! # When it is not harmless
//!
//! It never is: no program of one image runs in place of that of the other, and what else differs follows from that.

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Images of different platforms.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "platform-mismatch",
    title: "Images for different platforms",
    source: include_str!("platform_mismatch.rs"),
    severity: Severity::Security,
    scope: &[Place { aspects: &[Aspect::Value], field: Field::Like(&["/os", "/architecture"]), ..Place::CONFIG }],
    proof: Proof::Attributed(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&inputs::ONE_PLATFORM],
};

const SYSTEMS: &[&str] = &["darwin", "freebsd", "linux", "windows"];

const ARCHITECTURES: &[&str] = &[
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64",
    "s390x", "wasm",
];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let known = if view.location.field_name() == "/os" { SYSTEMS } else { ARCHITECTURES };
    known.contains(&view.text()?).then(Canonical::new)
}
