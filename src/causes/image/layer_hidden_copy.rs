//! # What differs
//!
//! An entry that a later layer of the same image replaces or removes, where the layers of the other image are divided in
//! another way. It holds nothing that the other image does not hold too: its bytes (with set-id bits and capabilities, if
//! it has any) are in a layer there, or it has none, or it is the database of a package manager, which every step that
//! installs something writes again.
//!
//! # Why it happens
//!
//! Each layer keeps what its step wrote. Where one image has a layer for each step and the other has one for several,
//! only the first has what was written in between: `var/lib/dpkg/status` after every `apt-get install`, the entries of
//! directories, files that a step moves or touches.
//!
//! # How to fix the build
//!
//! Divide both images in the same way.
//!
//! # When it is not harmless
//!
//! The merged tree does not show it. A hidden entry with bytes, set-id bits or a device of its own is not claimed here but
//! by `layer-hidden-entry`, which the default policy does not accept; nor is a hard link whose header gives another mode,
//! owner or time to the file that it links to, for that stays when the link is gone.

use crate::causes::fixes::{builders, layers};
use crate::causes::shape::hidden::HIDDEN_ENTRY;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::compare::merged::ELSEWHERE;
use crate::finding::Value;

/// Hidden entries of nothing new.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "layer-hidden-copy",
    title: "Hidden entries that hold nothing of their own",
    source: include_str!("layer_hidden_copy.rs"),
    severity: Severity::Cosmetic,
    scope: &[HIDDEN_ENTRY],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&layers::SAME_SQUASH, &builders::ONE_BUILDER],
};

/// What package managers and the dynamic linker's cache write again in every step that installs something.
const DATABASES: &[&str] = &[
    "etc/ld.so.cache",
    "lib/apk/db/installed",
    "lib/apk/db/scripts.tar",
    "lib/apk/db/triggers",
    "usr/lib/apk/db/installed",
    "usr/lib/apk/db/scripts.tar",
    "usr/lib/apk/db/triggers",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "var/cache/ldconfig/aux-cache",
    "var/lib/apt/extended_states",
    "var/lib/dpkg/available",
    "var/lib/dpkg/diversions",
    "var/lib/dpkg/diversions-old",
    "var/lib/dpkg/statoverride",
    "var/lib/dpkg/statoverride-old",
    "var/lib/dpkg/status",
    "var/lib/dpkg/status-old",
    "var/lib/dpkg/triggers/File",
    "var/lib/dpkg/triggers/Unincorp",
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let Value::Json(value) = view.value else { return view.is_absent().then(Canonical::new) };
    let text = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    let path = view.location.path_bytes();
    // Only a plain file that nobody can run is what a package manager leaves there.
    let database = DATABASES.iter().any(|known| known.as_bytes() == path)
        && text("type") == Some("file")
        && matches!(text("mode"), Some("0644" | "0600" | "0640"))
        && value.get("xattrs").is_none();
    (database || value.get(ELSEWHERE) == Some(&true.into())).then(Canonical::new)
}
