//! # What differs
//!
//! The number of zero bytes after the last entry of a layer, or of a tar archive that is a file of the image.
//!
//! # Why it happens
//!
//! Go's writer ends an archive with two blocks of 512 zeros, GNU tar fills up to 10240 bytes, some writers leave the
//! end out.
//!
//! # How to fix the build
//!
//! Use the same builder, or a blocking factor of 1.
//!
//! # When it is not harmless
//!
//! Zeros that end inside the first or second block are not claimed: containerd and buildah refuse such a layer. Anything
//! else after the end of the archive is a finding of its own.

use crate::causes::fixes::{archives, builders};
use crate::causes::scope::{Field, Place};
use crate::causes::shape::tar_member::field_at_hand;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Value};

/// Zeros at the end of an archive.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-trailer-padding",
    title: "Zero blocks at the end of a layer",
    source: include_str!("tar_trailer_padding.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Encoding], field: Field::Like(&["trailer.zeros"]), ..Place::LAYER },
        Place {
            aspects: &[Aspect::Content],
            field: Field::Part { format: "tar", names: &["tar.trailer"] },
            ..Place::ENTRY
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&builders::ONE_BUILDER, &archives::TAR_BLOCKS],
};

/// The size of everything in an archive.
const BLOCK: u64 = 512;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let zeros = match view.value {
        _ if field_at_hand(view) == Some("trailer") => view.part?.bytes(view.file?).len() as u64,
        Value::Json(value) => value.as_u64()?,
        Value::Absent | Value::Bytes(_) | Value::Content { .. } => return None,
    };
    // Go's reader stops after two blocks of zeros, or at an end between blocks (buildah 1.28.2: "unexpected EOF" else).
    (zeros >= 2 * BLOCK || zeros % BLOCK == 0).then(Canonical::new)
}
