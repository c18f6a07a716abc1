//! # What differs
//!
//! FEXTRA of a layer's gzip header: a subfield of dictzip (`RA`) or bgzf (`BC`), or none.
//!
//! # Why it happens
//!
//! Writers that allow random access note block sizes or the place of an index there.
//!
//! # How to fix the build
//!
//! Use the same writer on both sides.
//!
//! # When it is not harmless
//!
//! A lazy-pulling snapshotter finds the eStargz index through `SG`, so that is not claimed. Nor is the field of a file in a
//! layer: dictd and the readers of bgzf find their way in it by these subfields, and go astray where they do not fit. Other
//! subfields, and known ones whose lengths do not fit, are not claimed.

use crate::causes::fixes::compression;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::codec::compression::GzipHeader;
use crate::content::slice;
use crate::finding::Kind;

/// Known subfields of gzip headers.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-extra-field",
    title: "Random access data in gzip headers",
    source: include_str!("gzip_extra_field.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        kinds: &[Kind::Layer],
        field: Field::Like(&[
            "gzip.header",
            "gzip.member{n}.header",
            "gzip.header.extra",
            "gzip.member{n}.header.extra",
        ]),
        ..Place::STORED
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&compression::ONE_PUSHER, &compression::ONE_COMPRESSOR],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.is_absent() {
        return Some(Canonical::new());
    }
    let bytes = view.bytes()?;
    let known = if view.location.field_name().ends_with("extra") {
        is_known(bytes)?
    } else {
        let header = GzipHeader::parse(bytes).ok().filter(|header| header.size == bytes.len() as u64)?;
        const FEXTRA: u8 = 4;
        header.flags == FEXTRA && is_known(slice(bytes, header.extra?))?
    };
    known.then(Canonical::new)
}

/// Whether the field holds known subfields alone; `None` where it ends inside one.
fn is_known(extra: &[u8]) -> Option<bool> {
    let (length, mut rest) = extra.split_first_chunk::<2>()?;
    if usize::from(u16::from_le_bytes(*length)) != rest.len() {
        return Some(false);
    }
    while !rest.is_empty() {
        let ([one, two, low, high], data) = rest.split_first_chunk::<4>()?;
        let (data, after) = data.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?;
        let known = match (one, two) {
            (b'B', b'C') => data.len() == 2,
            (b'R', b'A') => is_dictzip(data),
            _ => false,
        };
        if !known {
            return Some(false);
        }
        rest = after;
    }
    Some(true)
}

/// Version 1, chunk length, chunk count, and as many sizes (dictzip(1)).
fn is_dictzip(data: &[u8]) -> bool {
    match data {
        [1, 0, _, _, low, high, sizes @ ..] => sizes.len() == 2 * usize::from(u16::from_le_bytes([*low, *high])),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_known;

    fn extra(subfields: &[u8]) -> Vec<u8> {
        [&(subfields.len() as u16).to_le_bytes()[..], subfields].concat()
    }

    #[test]
    fn subfields_are_known_by_id_and_length() {
        for known in [&b"BC\x02\0ab"[..], b"RA\x0a\0\x01\0\xff\xff\x02\0abcd"] {
            assert_eq!(is_known(&extra(known)), Some(true), "{known:?}");
        }
        for other in [
            &b"BC\x03\0abc"[..],
            b"XX\x02\0ab",
            b"SG\x16\x000000000000001a2bSTARGZ",
            b"RA\x0a\0\x01\0\xff\xff\x03\0abcd",
        ] {
            assert_eq!(is_known(&extra(other)), Some(false), "{other:?}");
        }
        assert_eq!(is_known(&extra(b"BC\x03\0a")), None);
        assert_eq!(is_known(b"\x01\0"), Some(false));
    }
}
