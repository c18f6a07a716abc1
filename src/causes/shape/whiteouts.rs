//! Whiteouts and what they leave.

use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, View};
use crate::image::rootfs::Rootfs;

/// The name of the marker.
const MARKER: &[u8] = b".wh..wh..opq";

/// The directory that a marker is in.
pub(in crate::causes) fn directory(path: &[u8]) -> Option<&[u8]> {
    let directory = path.strip_suffix(MARKER)?;
    if directory.is_empty() { Some(directory) } else { directory.strip_suffix(b"/") }
}

/// Whether this side has an empty regular file without set-id bits there, as whiteouts are, or nothing.
pub(in crate::causes) fn is_marker(view: &View<'_>) -> bool {
    view.entry.map_or(view.is_absent(), |entry| entry.has_content() && entry.size == 0 && entry.mode & 0o7000 == 0)
}

/// Whether the layer that a whiteout is in brings what it removes. `crane export` takes the whiteout to be about that, too.
pub(in crate::causes) fn is_undone(view: &View<'_>, tree: &Rootfs, target: &[u8]) -> Option<bool> {
    Some(tree.at(view.layer?, target).ok()?.is_some())
}

/// What stands for the names that are at and below a path after a layer; `None` where runtimes do not agree on them.
pub(in crate::causes) fn present(tree: &Rootfs, layer: u32, path: &[u8]) -> Option<Canonical> {
    let mut canonical = vec![u8::from(tree.at(layer, path).ok()?.is_some())];
    canonical.extend(tree.names_below(layer, path).ok()?.unwrap_or_default());
    Some(canonical)
}

/// What stands for all that the layers below a run have in a directory, at any depth, and that is there after it: names and
/// what they are. `None` where runtimes do not agree on it.
pub(in crate::causes) fn survivors(tree: &Rootfs, first: u32, last: u32, directory: &[u8]) -> Option<Canonical> {
    Some(tree.survivors(first, last, directory).ok()?.unwrap_or_default().to_vec())
}

/// A whiteout that is there on one side only.
pub(in crate::causes) const WHITEOUT: Place = Place { path: Path::Named(&[".wh.*"]), ..Place::ONE_SIDED };

/// The path that a whiteout of this name hides.
pub(in crate::causes) fn target(path: &[u8]) -> Option<Vec<u8>> {
    let start = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (parent, name) = path.split_at_checked(start)?;
    let hidden = name.strip_prefix(b".wh.").filter(|_| name != MARKER)?;
    Some([parent, hidden].concat())
}
