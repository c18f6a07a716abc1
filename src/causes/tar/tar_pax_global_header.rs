//! # What differs
//!
//! The `comment` record of a PAX global header (typeflag `g`) of a layer, on one side or with another value.
//!
//! # Why it happens
//!
//! `git archive` writes the commit's ID there; layers made from such an archive keep it.
//!
//! # How to fix the build
//!
//! Archive the same commit on both sides, or name the tree instead of the commit.
//!
//! # When it is not harmless
//!
//! POSIX has readers ignore comments. Any other record applies to the entries after it in some readers and not in
//! others, so it is never claimed. containerd and buildah remove whatever has the name of the header: one that only one side
//! has is not claimed where either image has something of such a name.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// A comment for a whole archive.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-pax-global-header",
    title: "Comments in PAX global headers",
    source: include_str!("tar_pax_global_header.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Encoding], field: Field::Like(&["pax.global.comment"]), ..Place::LAYER }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::GIT_TREE],
};

/// The longest comment that is passed over: a commit ID has 40 or 64 characters.
const LONGEST: usize = 256;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let short = |text: &[u8]| text.len() <= LONGEST && text.iter().all(|byte| (0x20..0x7f).contains(byte));
    (view.is_absent() || view.bytes().is_some_and(short)).then(Canonical::new)
}
