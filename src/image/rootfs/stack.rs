//! Looking a path up in a stack of layers.

use std::sync::Arc;

use super::placed::END;
use super::record::Record;
use super::view::{LayerView, Says};
use super::wanted::Hashed;
use crate::image::entry::EntryType;

/// An entry of a tree.
pub(super) struct Found {
    /// The layer that brings it.
    pub(super) position: usize,
    /// Where it is in there.
    pub(super) place: u64,
    pub(super) record: Record,
}

/// What is at a path after the layers up to `layer`, of that one only what comes before a place.
pub(super) fn find(layers: &[Arc<LayerView>], layer: usize, before: u64, path: &[u8]) -> Option<Found> {
    let path = Hashed::new(path);
    for (position, view) in layers.iter().enumerate().take(layer + 1).rev() {
        match view.says(&path, if position == layer { before } else { END }) {
            Says::Entry(place, record) => return Some(Found { position, place, record }),
            Says::Gone(_) => return None,
            Says::Nothing => {}
        }
    }
    None
}

/// What a path shares its content with, under which name, itself where it is no hard link: what the target of the link
/// was when the link was made.
pub(super) fn inode(layers: &[Arc<LayerView>], path: &[u8], found: Found) -> Option<(Vec<u8>, Found)> {
    let (mut name, mut found) = (path.to_vec(), found);
    for _ in 0..16 {
        if found.record.entry_type != EntryType::Hardlink {
            return Some((name, found));
        }
        name = found.record.link;
        found = find(layers, found.position, found.place, &name)?;
    }
    None
}
