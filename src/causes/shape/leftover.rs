//! Files that a build leaves behind, which may be there on one side only.

use crate::causes::scope::Place;
use crate::causes::{Canonical, View};
use crate::finding::Aspect;
use crate::image::entry::EntryType;

/// A file as a whole, content or presence.
pub(in crate::causes) const LEFTOVER: Place =
    Place { aspects: &[Aspect::Content, Aspect::Presence], ..Place::WHOLE_FILE };

/// Canonical where there is nothing, or a plain file of the right shape.
pub(in crate::causes) fn dropped(view: &View<'_>, is_shape: fn(&[u8], &[u8]) -> bool) -> Option<Canonical> {
    if view.is_absent() {
        return (view.aspect == Aspect::Presence).then(Canonical::new);
    }
    if view.aspect == Aspect::Presence && !is_plain_file(view) {
        return None;
    }
    is_shape(view.location.path_bytes(), view.file?).then(Canonical::new)
}

/// Whether this side's entry is a regular file that nobody can execute and that carries no extended attributes.
pub(in crate::causes) fn is_plain_file(view: &View<'_>) -> bool {
    view.entry
        .is_some_and(|entry| entry.entry_type == EntryType::File && entry.mode & 0o7111 == 0 && entry.xattrs.is_empty())
}
