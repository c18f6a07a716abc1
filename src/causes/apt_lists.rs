//! # What differs
//!
//! Files under `/var/lib/apt/lists`: what the archive offered when each image was built.
//!
//! # Why it happens
//!
//! `apt-get update` downloads the lists of the day, and the archive moves on.
//!
//! # How to fix the build
//!
//! Remove the lists in the RUN that updates them; pin the archive to a snapshot for the packages themselves.
//!
//! # When it is not harmless
//!
//! This is drift of an input, not noise: another list may have brought other packages. Signatures are not checked. Both sides
//! must be lists of the same origin and suite, and hold nothing that is no list.

use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding};

/// Lists of another day.
pub(super) const CAUSE: Cause = Cause {
    id: "apt-lists",
    title: "Package lists of another day",
    source: include_str!("apt_lists.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Attributed(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        Remedy { builder: "any", text: "End the RUN that calls apt-get update with: rm -rf /var/lib/apt/lists/*" },
        Remedy {
            builder: "buildkit",
            text: "RUN --mount=type=cache,target=/var/lib/apt apt-get update && ... (BuildKit 0.8).",
        },
        Remedy {
            builder: "any",
            text: "Pin the archive: apt-get --snapshot 20250101T000000Z with Snapshot: true in sources (apt 2.9, Debian 13, Ubuntu 24.04).",
        },
    ],
};

const FOLDER: &[u8] = b"var/lib/apt/lists/";

fn scope(finding: &Finding) -> bool {
    let location = &finding.location;
    let list = location.path_bytes().starts_with(FOLDER) && location.inside.is_empty();
    list && finding.aspect == Aspect::Content && location.field.is_none()
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let path = view.location.path_bytes();
    let file = view.file?;
    if path.ends_with(b"Release") {
        return release(std::str::from_utf8(file).ok()?);
    }
    // `…_Packages`, `…_Sources`, `…_Translation-en`: stanzas.
    let name = path.rsplit(|byte| *byte == b'_').next()?;
    let listed = name == b"Packages" || name == b"Sources" || name.starts_with(b"Translation-");
    let stanzas = std::str::from_utf8(file).ok()?;
    let packages = stanzas.split("\n\n").map(|stanza| stanza.trim_matches('\n')).filter(|stanza| !stanza.is_empty());
    (listed && packages.into_iter().all(|stanza| stanza.starts_with("Package: "))).then(|| name.to_vec())
}

/// Origin and suite, where there is a date.
fn release(text: &str) -> Option<Canonical> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let date = field("Date:")?;
    chrono::DateTime::parse_from_rfc2822(&date.replace("UTC", "+0000")).ok()?;
    let names = ["Origin:", "Label:", "Suite:", "Codename:"].map(|name| field(name).unwrap_or(""));
    field("SHA256:").map(|_| names.join("\n").into_bytes())
}
