//! # What differs
//!
//! The dialect of a tar header: magic and version (`ustar` NUL `00`, `ustar` and spaces, or nothing), the fields that
//! only one dialect has, empty on the other side, and whether an entry has a PAX header at all. What the headers say is
//! the same.
//!
//! # Why it happens
//!
//! Go's tar writer takes the simplest dialect that fits, GNU tar its own, others POSIX.
//!
//! # How to fix the build
//!
//! Use the same builder, or write POSIX headers.
//!
//! # When it is not harmless
//!
//! Never: the headers are decoded to the same values, and whatever is not empty in a field of one dialect is kept.

use super::tar_pax_header_name::is_plain_pseudo_header;
use crate::causes::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};

/// The dialect of tar headers.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-dialect",
    title: "Dialects of tar headers",
    source: include_str!("tar_dialect.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: SAME_WRITER,
};

/// What makes writers agree.
pub(in crate::causes) const SAME_WRITER: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Build both with one BuildKit release: docker buildx create --driver docker-container \\
               --driver-opt image=moby/buildkit:vVERSION@sha256:DIGEST.",
    },
    Remedy {
        builder: "buildah",
        text: "Build both with one release of buildah (or podman), pinned by its image's digest.",
    },
    Remedy { builder: "kaniko", text: "Build both with one kaniko image, pinned by digest." },
    Remedy {
        builder: "any",
        text: "For tar files made by hand: tar --format=posix --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 \
               --group=0 \\
               --numeric-owner --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
    },
];

/// Magic and version of POSIX, GNU and Seventh Edition headers.
const MAGICS: [&[u8]; 3] = [b"ustar\x0000", b"ustar  \0", &[0; 8]];

/// Fields after the device numbers, which dialects lay out in different ways.
const LAYOUT: [&str; 10] =
    ["prefix", "padding", "atime", "ctime", "offset", "longnames", "unused", "sparse", "isextended", "realsize"];

fn scope(finding: &Finding) -> bool {
    let record_order = finding.aspect == Aspect::Order && finding.location.field_name() == "pax.records";
    let encoding = finding.aspect == Aspect::Encoding && finding.location.inside.is_empty();
    finding.location.kind == Kind::Entry && (encoding || record_order)
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.location.field_name() == "pax.records" {
        return record_set(view);
    }
    let harmless = match view.location.field_name() {
        "pax.header" => view.is_absent() || is_plain_pseudo_header(view.entry?, "pax"),
        name => {
            let (_, field) =
                name.split_once("header.").filter(|(family, _)| family.is_empty() || family.ends_with('.'))?;
            match field {
                "magic" => is_magic(view.bytes()?),
                field if LAYOUT.contains(&field) => view.is_absent() || is_unused(field, view.bytes()?),
                _ => false,
            }
        }
    };
    harmless.then(Canonical::new)
}

/// The records as a set; of a record that is there twice the last one counts, so that order matters then.
fn record_set(view: &View<'_>) -> Option<Canonical> {
    let Value::Json(serde_json::Value::Array(names)) = view.value else { return None };
    let mut names: Vec<&str> = names.iter().filter_map(serde_json::Value::as_str).collect();
    names.sort_unstable();
    let once = names.iter().all(|name| !name.contains('#'));
    once.then(|| names.join("\n").into_bytes())
}

/// Whether these are the magic and version of a dialect.
pub(in crate::causes) fn is_magic(bytes: &[u8]) -> bool {
    MAGICS.contains(&bytes)
}

/// Whether a field of one dialect only is as it is where nothing uses it. Star's padding ends in a magic of its own.
pub(in crate::causes) fn is_unused(field: &str, bytes: &[u8]) -> bool {
    let rest = if field == "padding" { bytes.strip_suffix(b"tar\0").unwrap_or(bytes) } else { bytes };
    LAYOUT.contains(&field) && rest.iter().all(|byte| *byte == 0)
}
