//! # What differs
//!
//! The modification time in the tar header of an entry (octal or base-256 number at offset 136 of the header block, or
//! a PAX `mtime` record), and nothing that the time says anything about.
//!
//! # Why it happens
//!
//! Every file that a build step creates or copies gets the time of the build.
//!
//! # How to fix the build
//!
//! Give the builder one time for everything, `SOURCE_DATE_EPOCH`, and have it rewrite the layers' times to it.
//!
//! # When it is not harmless
//!
//! Programs that compare times (make, Python's bytecode cache, npm's hidden lock file) may act on them. Where such a
//! program's own record fits on neither side, there is a warning of its own; where it fits on one side only, the time is
//! not claimed.

use crate::causes::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding};

/// The modification time of an entry.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-mtime",
    title: "Modification times of entries",
    source: include_str!("tar_mtime.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

/// What fixes times of entries, whatever made them.
pub(in crate::causes) const REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Pass --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct) and --output type=oci,rewrite-timestamp=true \
               (or type=image,push=true,rewrite-timestamp=true with a docker-container builder); BuildKit 0.13 or later.",
    },
    Remedy {
        builder: "buildah",
        text: "Pass --source-date-epoch $(git log -1 --pretty=%ct) --rewrite-timestamp (buildah 1.41, podman 5.6), or \
               --timestamp $(git log -1 --pretty=%ct) (buildah 1.16), which sets every time of the new layers.",
    },
    Remedy { builder: "kaniko", text: "Pass --reproducible, which sets every time to 0." },
    Remedy {
        builder: "any",
        text: "End the RUN that writes the files with: find DIR -newermt @$SOURCE_DATE_EPOCH -exec touch -hd @$SOURCE_DATE_EPOCH {} +",
    },
];

fn scope(finding: &Finding) -> bool {
    finding.aspect == Aspect::Mtime
}

/// A time says nothing else: every readable one maps to the same.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    (!view.is_absent()).then(Canonical::new)
}
