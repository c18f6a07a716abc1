//! Why two runs of layers could not be compared.

use std::io;

use crate::compare::layer::LayerFailure;
use crate::finding::{Detail, Gap, GapReason, Obstacle, Side};
use crate::image::entry::Entry;
use crate::image::layer::LayerError;

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
pub(super) fn malformed(entry: &Entry, obstacle: Obstacle) -> LayerError {
    let (name, rest) = entry.name.split_at(entry.name.len().min(NAME_SHOWN));
    let name = Some((name.escape_ascii().to_string(), !rest.is_empty()));
    LayerError { reason: GapReason::Malformed, detail: Detail::Entry { name, obstacle } }
}
