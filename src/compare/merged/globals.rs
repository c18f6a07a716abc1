//! PAX global headers of a run: containerd and buildah remove what has the name of one, so that it matters which of the two
//! comes first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::{BadTar, GapReason};
use crate::image::layer::{GlobalHeader, LayerError};
use crate::image::path;

use super::place::Place;

/// Bytes of a header block that are its name.
const NAME: usize = 100;

/// The paths of the global headers of a run.
#[derive(Default)]
pub(super) struct Globals(BTreeSet<Vec<u8>>);

impl Globals {
    pub(super) fn note(&mut self, header: &GlobalHeader) {
        let block = header.raw.get(..NAME).unwrap_or_default();
        let name = block.split(|byte| *byte == 0).next().unwrap_or_default();
        self.0.insert(path::clean(name).into_owned());
    }

    /// # Errors
    /// [`LayerError`] where something is at one of these paths.
    pub(super) fn check(&self, places: &BTreeMap<Arc<[u8]>, Place>) -> Result<(), LayerError> {
        match self.0.iter().find(|path| places.contains_key(&path[..])) {
            None => Ok(()),
            Some(path) => {
                let detail = BadTar::GlobalName(path.clone()).into();
                Err(LayerError { reason: GapReason::Malformed, detail })
            }
        }
    }
}
