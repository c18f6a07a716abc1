//! Entries that were matched with each other, and their contents where these differ.

use crate::finding::{Location, Sides};
use crate::image::entry::Entry;
use crate::spill::{Arena, Content};

use super::{ContentPair, Sink};

/// The ordinals of matched entries, and the names of those that had to wait for their match.
pub(super) struct Pairs {
    pub(super) ordinals: Vec<Ordinals>,
    pub(super) moved: Arena,
}

/// Positions of an entry in its two layers. No limit lets a layer have more entries than this can count.
pub(super) type Ordinals = (u32, u32);

/// The positions of two entries.
pub(super) fn ordinals(entries: Sides<&Entry>) -> Ordinals {
    let ordinal = |entry: &Entry| u32::try_from(entry.ordinal).unwrap_or(u32::MAX);
    (ordinal(entries.original), ordinal(entries.rebuild))
}

/// Hands over two contents of one path.
pub(crate) fn emit_contents(base: &Location, sink: &mut dyn Sink, entries: Sides<Entry>, contents: Sides<Content>) {
    let base = base.clone().at_path(entries.original.path.clone());
    sink.contents(ContentPair { base, entries, contents });
}
