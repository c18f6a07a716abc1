//! # What differs
//!
//! How the holes of a sparse file are held: typeflag `S` with a map in the header, `GNU.sparse` records, or as zeros in
//! the content. The expanded content is the same.
//!
//! # Why it happens
//!
//! `tar -S` and bsdtar look for holes, container builders do not. `/var/log/lastlog` and `faillog` become huge sparse
//! files with large user IDs.
//!
//! # How to fix the build
//!
//! Pack without `-S`; do not let such files into the layer.
//!
//! # When it is not harmless
//!
//! Unpacked, the file may take more room. The maps themselves are checked by the reader, unused parts must be empty. A
//! typeflag `S` on one side only is not claimed: neither containerd nor buildah can unpack it.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Inside, Place};
use crate::causes::shape::long_names::{Named, is_fully_named};
use crate::causes::shape::tar_headers::text;
use crate::causes::shape::tar_numbers::{number, record_value};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::Entry;

/// How holes of files are held.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-sparse-encoding",
    title: "Encoding of sparse files",
    source: include_str!("tar_sparse_encoding.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Encoding],
        field: Field::Like(&[
            "header.typeflag",
            "header.size",
            "header.name",
            "name.form",
            "pax.size",
            "pax.path",
            "header.realsize**",
            "header.sparse**",
            "header.isextended**",
            "gnu.sparse**",
            "pax.sparse**",
            "pax.GNU.sparse.**",
        ]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::TAR_SPARSE],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry?;
    let harmless = match &entry.sparse {
        Some(segments) => sparse_field(view, entry, segments.iter().map(|(_, length)| length).sum()),
        None => plain_field(view, entry),
    };
    harmless.then(Canonical::new)
}

/// A field of an entry that is sparse on this side; its map has been checked against its content.
fn sparse_field(view: &View<'_>, entry: &Entry, stored: u64) -> bool {
    let Some(bytes) = view.bytes() else { return view.is_absent() };
    match view.location.field_name() {
        // Neither containerd nor buildah can unpack GNU's own type.
        "header.typeflag" => matches!(bytes, b"0" | [0]),
        // The map itself may be stored before the content, in blocks of 512 bytes.
        "header.size" => number(bytes).and_then(|size| u64::try_from(size).ok()).is_some_and(|size| size >= stored),
        "header.realsize" => number(bytes).is_some(),
        "header.name" => is_pseudo_name(bytes, entry) || is_fully_named(entry, Named::Entry),
        "header.isextended" => matches!(bytes, [0 | 1]),
        "header.sparse" => ends_in_zeros(bytes),
        "pax.GNU.sparse.name" => record_value(bytes) == &entry.name[..],
        "name.form" | "pax.path" => is_fully_named(entry, Named::Entry),
        "pax.size" => !record_value(bytes).is_empty() && record_value(bytes).iter().all(u8::is_ascii_digit),
        field if field.starts_with("pax.GNU.sparse.") => {
            record_value(bytes).iter().all(|byte| byte.is_ascii_digit() || *byte == b',')
        }
        "gnu.sparse" => bytes.chunks(512).all(|block| {
            block
                .split_at_checked(504)
                .is_some_and(|(map, end)| ends_in_zeros(map) && end.iter().skip(1).all(|byte| *byte == 0))
        }),
        "pax.sparse" => bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'\n' | 0)),
        _ => false,
    }
}

/// The same field of an entry without holes.
fn plain_field(view: &View<'_>, entry: &Entry) -> bool {
    let Some(bytes) = view.bytes() else { return view.is_absent() };
    match view.location.field_name() {
        "header.typeflag" => matches!(bytes, b"0" | [0]),
        "header.size" => is_written_plainly(bytes, entry.size),
        "header.name" | "name.form" | "pax.path" => is_fully_named(entry, Named::Entry),
        "header.realsize" | "header.sparse" | "header.isextended" => bytes.iter().all(|byte| *byte == 0),
        _ => false,
    }
}

/// Whether a field holds a size, in base-256 only where it has no room for the octal digits.
fn is_written_plainly(field: &[u8], size: u64) -> bool {
    let is_octal = field.first().is_some_and(|byte| *byte < 0x80);
    number(field).and_then(|size| u64::try_from(size).ok()) == Some(size) && (is_octal || size >= 1 << 33)
}

/// `DIRECTORY/GNUSparseFile.PID/NAME`, which GNU tar puts into the header of a sparse file in POSIX format.
fn is_pseudo_name(field: &[u8], entry: &Entry) -> bool {
    let Some(pseudo) = text(field) else { return false };
    let mut components: Vec<&[u8]> = pseudo.split(|byte| *byte == b'/').collect();
    let before = components.len();
    components.retain(|component| {
        let id = component.strip_prefix(b"GNUSparseFile.");
        !id.is_some_and(|id| id.len() <= 10 && id.iter().all(u8::is_ascii_digit))
    });
    let rest = components.join(&b'/');
    before == components.len() + 1 && crate::image::entry::normalise(&rest) == &entry.path[..]
}

/// A map of 24-byte pairs is over at the first empty one; nothing may come after that.
fn ends_in_zeros(map: &[u8]) -> bool {
    let used = map.chunks(24).take_while(|pair| pair.first().is_some_and(|byte| *byte != 0)).count() * 24;
    map.get(used..).is_none_or(|rest| rest.iter().all(|byte| *byte == 0))
}
