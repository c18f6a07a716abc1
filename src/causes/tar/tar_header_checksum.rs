//! # What differs
//!
//! The checksum of a tar header block, or the size field of a pseudo header. They follow from the other bytes of the
//! same headers, which are compared themselves.
//!
//! # Why it happens
//!
//! Any change in a header changes its checksum.
//!
//! # How to fix the build
//!
//! Fix what the finding follows from.
//!
//! # When it is not harmless
//!
//! Never: a checksum that does not fit its block makes the layer malformed.

use crate::causes::scope::{Field, Inside, Place};
use crate::causes::{Cause, ImageFacts, Proof, Referent, Severity};
use crate::finding::{Aspect, Finding, Sides};

/// Checksums of header blocks.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-header-checksum",
    title: "Checksums of tar headers",
    source: include_str!("tar_header_checksum.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Encoding],
        field: Field::Like(&[
            "header.chksum",
            "pax.header.chksum",
            "pax.header.size",
            "gnu.longname.header.chksum",
            "gnu.longname.header.size",
            "gnu.longlink.header.chksum",
            "gnu.longlink.header.size",
        ]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Derived(referent),
    witness: None,
    hazard: None,
    remedies: &[],
};

fn referent(_: &Finding, _: Sides<&ImageFacts>) -> Option<Referent> {
    Some(Referent::SameHeader)
}
