//! # What differs
//!
//! The deflated bytes of a member of a zip archive that holds the same, and the two bits of its flags that say how hard its
//! writer tried (PKWARE APPNOTE, section 4.4.4).
//!
//! # Why it happens
//!
//! Another version or level of the archiver, or another library.
//!
//! # How to fix the build
//!
//! Archive with one version of the tool, at a fixed level.
//!
//! # When it is not harmless
//!
//! A member that is stored on one side and deflated on the other is another matter, and stays unexplained: Spring Boot, EPUB
//! and ODF readers need some of them stored. So does a member that does not come out with the checksum and size that the
//! archive has for it, and one in a method that is not deflate.

use sha2::{Digest as _, Sha256};

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::zip::member;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::Coding;
use crate::finding::Aspect;

/// The choices of an encoder.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zip-compression",
    title: "Choices of encoders in zip archives",
    source: include_str!("zip_compression.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place {
            aspects: &[Aspect::Compression],
            field: Field::Part { format: "zip", names: &["data"] },
            ..Place::ENTRY
        },
        Place {
            aspects: &[Aspect::Content],
            field: Field::Part { format: "zip", names: &["local.flags", "central.flags"] },
            ..Place::ENTRY
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::ONE_ARCHIVER],
};

/// Bits 1 and 2 of the flags: which level a deflating writer had, for nobody's use.
const LEVEL: u8 = 0b110;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    member(view).filter(|member| member.coding == Coding::Deflate)?;
    if view.aspect == Aspect::Compression {
        return Some(Sha256::digest(view.member_sha256?).to_vec());
    }
    let [low, high] = <[u8; 2]>::try_from(view.part_bytes()?.as_ref()).ok()?;
    Some(vec![low & !LEVEL, high])
}
