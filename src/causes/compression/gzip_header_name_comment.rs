//! # What differs
//!
//! FNAME or FCOMMENT of a gzip header, their flag bits, and the header's checksum (RFC 1952, section 2.3.1).
//!
//! # Why it happens
//!
//! `gzip` records the name of the file that it compresses, often a temporary one.
//!
//! # How to fix the build
//!
//! Tell the compressor not to record a name, or let it read from a pipe.
//!
//! # When it is not harmless
//!
//! `gunzip -N` writes to the name that the first member of a file has: of a file in a layer only its own name (as good as
//! none) and names of temporary files are claimed, and not one for the other. Nobody unpacks layers by name. Names longer
//! than 255 bytes or with control characters are not claimed. Linux unpacks nothing that has a comment or a checksum in its
//! header (initial file systems, modules): of a file in a layer neither may come or go.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::gzip::number;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::codec::compression::GzipHeader;
use crate::finding::Kind;

/// Names and comments in a gzip header.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-header-name-comment",
    title: "Names and comments in gzip headers",
    source: include_str!("gzip_header_name_comment.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        field: Field::Like(&[
            "gzip.header",
            "gzip.member{n}.header",
            "gzip.header.name",
            "gzip.member{n}.header.name",
            "gzip.header.comment",
            "gzip.member{n}.header.comment",
            "gzip.header.flags",
            "gzip.member{n}.header.flags",
            "gzip.header.crc",
            "gzip.member{n}.header.crc",
        ]),
        ..Place::STORED
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::GZIP_HEADERS,
};

const FTEXT: u64 = 1;
const FHCRC: u64 = 2;
const FCOMMENT: u64 = 16;

const LONGEST: usize = 255;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.location.kind == Kind::Entry && matches!(view.location.field_name(), "gzip.header.name") {
        return restored(view);
    }
    let field = view.location.field_name().rsplit('.').next()?;
    if view.location.kind == Kind::Entry {
        // What only some can skip is there on both sides or on neither.
        match field {
            "comment" | "crc" if view.is_absent() => return None,
            "flags" if !view.is_absent() => return flags_of_entry(number::<1>(view)?),
            "flags" => return flags_of_entry(0),
            "header" if !view.is_absent() && has_more_than_name(view.bytes()?) => return None,
            _ => {}
        }
    }
    if view.is_absent() {
        return Some(Canonical::new());
    }
    let holds = match field {
        "name" | "comment" => is_name(view.bytes()?),
        // The other bits stand for fields that are compared themselves; the framer refuses the reserved ones.
        "flags" => number::<1>(view)? & FTEXT == 0,
        // Checked against the header when that was read.
        "crc" => number::<2>(view).is_some(),
        _ => is_header(view.bytes()?),
    };
    holds.then(Canonical::new)
}

/// The flags of a file in a layer but for that of a name, which all can skip.
fn flags_of_entry(flags: u64) -> Option<Canonical> {
    let demanding = u8::try_from(flags & (FHCRC | FCOMMENT)).ok()?;
    (flags & FTEXT == 0).then(|| vec![demanding])
}

fn has_more_than_name(header: &[u8]) -> bool {
    GzipHeader::parse(header).is_ok_and(|header| u64::from(header.flags) & (FHCRC | FCOMMENT) != 0)
}

/// What `gunzip -N` calls the file that it unpacks, where that is its own name or one that differs from run to run.
fn restored(view: &View<'_>) -> Option<Canonical> {
    const OWN: &[u8] = b"own";
    if view.is_absent() {
        return Some(OWN.into());
    }
    let bytes = view.bytes().filter(|bytes| is_name(bytes))?;
    let name = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let file = view.location.inside.last().map_or(view.location.path_bytes(), |name| name);
    match name {
        _ if is_own(name, basename(file)) => Some(OWN.into()),
        _ if is_temporary(name) => Some(b"temporary".into()),
        _ => None,
    }
}

fn basename(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// Whether a file of this name is unpacked to `name` without a name in its header, too.
fn is_own(name: &[u8], file: &[u8]) -> bool {
    [(&b".gz"[..], &b""[..]), (b".tgz", b".tar")].into_iter().any(|(ending, instead)| {
        let stem = file.strip_suffix(ending);
        stem.is_some_and(|stem| name.strip_prefix(stem) == Some(instead))
    })
}

/// Whether a name is one of a temporary file, as `mktemp` and Python's `tempfile` make them. `gunzip` takes the last
/// component: that must be chosen by chance.
fn is_temporary(name: &[u8]) -> bool {
    let Some(random) = basename(name).strip_prefix(b"tmp") else { return false };
    let random = random.strip_prefix(b".").unwrap_or(random);
    (8..=12).contains(&random.len()) && random.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// A name with or without its NUL.
fn is_name(bytes: &[u8]) -> bool {
    let name = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let printable = std::str::from_utf8(name).is_ok_and(|name| !name.chars().any(char::is_control));
    name.len() <= LONGEST && printable
}

/// The header of a member that the other side does not have: nothing but names in it.
fn is_header(bytes: &[u8]) -> bool {
    let Ok(header) = GzipHeader::parse(bytes) else { return false };
    let text = |range: Option<(u64, u64)>| range.is_none_or(|range| is_name(crate::content::slice(bytes, range)));
    let plain = header.extra.is_none() && u64::from(header.flags) & FTEXT == 0;
    plain && header.size == bytes.len() as u64 && text(header.name) && text(header.comment)
}
