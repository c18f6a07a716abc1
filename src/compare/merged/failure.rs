//! Why two runs of layers could not be compared.

use std::io;

use crate::compare::layer::LayerFailure;
use crate::finding::{Gap, GapReason, Side};
use crate::image::entry::Entry;
use crate::image::layer::LayerError;
use crate::image::path::Unresolved;

/// A layer of a run that could not be read to its verified end.
pub struct RunFailure {
    /// Whose.
    pub failure: LayerFailure,
    /// Which.
    pub layer: u32,
}

impl RunFailure {
    /// A temporary file that a layer needs could not be written, or not be read back.
    pub(crate) fn no_room(side: Side, layer: u32, error: &io::Error) -> Self {
        RunFailure { failure: LayerFailure { side, error: LayerError::no_room(error) }, layer }
    }

    /// The gap that it leaves.
    pub(crate) fn gap(self) -> Gap {
        self.failure.error.gap(self.failure.side, self.layer)
    }
}

/// Bytes of a name that are shown.
const NAME_SHOWN: usize = 256;

/// An entry that not every runtime can put where its name says.
pub(super) fn malformed(entry: &Entry, what: &str) -> LayerError {
    let (name, rest) = entry.name.split_at(entry.name.len().min(NAME_SHOWN));
    let more = if rest.is_empty() { "" } else { "…" };
    let detail = format!("the entry \"{}{more}\" {what}: not every runtime can unpack it", name.escape_ascii());
    LayerError { reason: GapReason::Malformed, detail }
}

/// What keeps a name from being resolved, as half a sentence.
pub(super) const fn said(unresolved: Unresolved) -> &'static str {
    match unresolved {
        Unresolved::NotADirectory => "is below something that is no directory",
        Unresolved::Dangling => "is below a symlink to nothing",
        Unresolved::Loop => "is below a symlink that leads back to itself",
        Unresolved::TooLong => "is longer than any system takes",
    }
}
