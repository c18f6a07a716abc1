//! What the layers of two images give, before any claim is made that needs more than one finding.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::compare::layer::{Doubts, LooseLink, doubtful};
use crate::finding::{Gap, Sides};
use crate::image::layer::Folds;

use super::files::{Digests, Files};
use super::gather::Run;
use super::passing::Passing;

/// Directories that the entries of either layer are in before the layer has entries for them.
pub(crate) type Implied = Sides<BTreeSet<Arc<[u8]>>>;

/// What one pair of layers gave.
#[derive(Default)]
pub(crate) struct LayerFindings {
    pub(crate) runs: Vec<Run>,
    /// The files whose contents differ.
    pub(crate) files: Files<Digests>,
    pub(crate) passing: Passing,
    pub(crate) duplicates: BTreeSet<Arc<[u8]>>,
    /// Where the entries come in another order: the directories that they are in before the layer has entries for these.
    pub(crate) implied: Option<(Sides<u32>, Implied)>,
    /// What was not looked into.
    pub(crate) gaps: Vec<Gap>,
    /// Hard links that only other layers can answer for.
    pub(crate) links: Sides<Vec<LooseLink>>,
    /// The names of each layer, where those that differ in case are one file.
    pub(crate) folds: Sides<Vec<(u32, Folds)>>,
}

impl LayerFindings {
    /// The same with what may keep runtimes from unpacking the layers.
    pub(crate) fn with_doubts(mut self, doubts: Sides<Doubts>) -> Self {
        self.gaps.extend(doubtful(doubts.as_ref()));
        LayerFindings { links: doubts.map(|doubts| doubts.links), ..self }
    }
}

/// What the layers of one platform give beside candidates.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) runs: Vec<Run>,
    pub(crate) gaps: Vec<Gap>,
    pub(super) files: Files<Digests>,
    pub(super) passing: Passing,
    pub(super) duplicates: BTreeSet<Arc<[u8]>>,
    pub(super) implied: Vec<(Sides<u32>, Implied)>,
    pub(super) links: Sides<BTreeSet<LooseLink>>,
    pub(super) folds: Sides<Vec<(u32, Folds)>>,
}

impl Gathered {
    /// Adds what a pair of layers gave.
    pub(crate) fn take_in(&mut self, layer: LayerFindings) {
        self.runs.extend(layer.runs);
        self.files.extend(layer.files);
        self.passing.extend(layer.passing);
        self.duplicates.extend(layer.duplicates);
        self.implied.extend(layer.implied);
        self.gaps.extend(layer.gaps);
        self.links.original.extend(layer.links.original);
        self.links.rebuild.extend(layer.links.rebuild);
        self.folds.original.extend(layer.folds.original);
        self.folds.rebuild.extend(layer.folds.rebuild);
    }
}
