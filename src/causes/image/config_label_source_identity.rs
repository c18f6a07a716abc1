//! # What differs
//!
//! A label, or an annotation of a manifest or an index, that names what the image was built from: the commit, the version,
//! the address of the repository; each side states one, and they are not the same. The name and the digest of the base
//! image count only where both sides state them and the base's layers are not the same.
//!
//! # Why it happens
//!
//! The two images were built from different commits, or from one repository and a copy of it, or on another base.
//!
//! # How to fix the build
//!
//! Build both from the same commit of the same repository, on a base that is pinned by digest.
//!
//! # When it is not harmless
//!
//! An image that says that it comes from another source says that it is another image: whatever else is equal, one of the
//! two does not say the truth. It is named, with its evidence, and never excused.

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Names, Place};
use crate::causes::shape::base::{BASE, base_diff_ids, names_base};
use crate::causes::shape::keys::key_of;
use crate::causes::shape::labels::LABELS;
use crate::causes::{Cause, InputKind, Proof, Record, Severity, Told, View};
use crate::finding::Aspect;

/// Another source.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-label-source-identity",
    title: "Another source, by the images' own labels",
    source: include_str!("config_label_source_identity.rs"),
    severity: Severity::Behavioural,
    scope: &[
        Place { aspects: &[Aspect::Value], field: Field::Label(Names::Like(BASE)), ..LABELS },
        Place { aspects: &[Aspect::Value], field: Field::Label(Names::InAnyCase(KEYS)), ..LABELS },
    ],
    proof: Proof::Drift(InputKind::Source, record),
    witness: None,
    hazard: None,
    remedies: &[&inputs::SAME_COMMIT, &inputs::PIN_BASE],
};

/// Keys, without regard to case, that name the source.
const KEYS: &[&str] = &[
    "org.opencontainers.image.revision",
    "org.opencontainers.image.version",
    "org.opencontainers.image.source",
    "org.label-schema.vcs-ref",
    "org.label-schema.vcs-url",
    "org.label-schema.version",
    "vcs-ref",
    "vcs-url",
    "vcs.ref",
    "vcs.url",
    "git-commit",
    "git_commit",
    "git-sha",
    "commit",
    "release",
    "version",
    "io.openshift.build.commit.id",
    "io.openshift.build.commit.date",
    "io.openshift.build.commit.ref",
    "io.openshift.build.source-location",
];

fn record(view: &View<'_>) -> Option<Record> {
    let key = key_of(view.location)?;
    let text = view.text().filter(|text| names_source(text))?;
    let input = if names_base(&key) { base_diff_ids(view.image)? } else { text.as_bytes().to_vec() };
    Some(Record { common: key.clone().into_bytes(), input, told: Told::Value(key, text.to_owned()) })
}

/// A commit, a version, a digest, a date, the name of an image, or an address as Git takes them.
fn names_source(text: &str) -> bool {
    (1..=512).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/:+#?=%@ ".contains(&byte))
}
