//! Takes in what a pair of layers gives, claiming while the contents are at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compare::layer::{Difference, Parents, Sink};
use crate::finding::{Aspect, Finding, Side, Sides};
use crate::image::entry::{Entry, EntryType};

use super::candidate::{Candidate, Context, Held};

/// Modification time and size of a file that may be a witness, both modulo 2^32.
pub(super) type SourceFile = (u32, u32);

/// The files that may be witnesses, by path.
pub(super) type Sources = BTreeMap<Arc<[u8]>, SourceFile>;

/// SHA-256 and size of both contents of the files that differ, by path.
pub(super) type Files = BTreeMap<Arc<[u8]>, Sides<([u8; 32], u64)>>;

/// What one pair of layers gave.
#[derive(Default)]
pub(super) struct LayerFindings {
    pub(super) candidates: Vec<Candidate>,
    /// SHA-256 and size of the files whose contents differ.
    pub(super) files: Files,
    pub(super) sources: Sides<Sources>,
    pub(super) duplicates: BTreeSet<Arc<[u8]>>,
}

/// The sink of one pair of layers.
pub(super) struct LayerSink<'a> {
    context: &'a Context<'a>,
    held: Held,
    found: LayerFindings,
    /// Times of directories: what moved them can only be told once the layer is known whole.
    directories: Vec<(Finding, Sides<Option<Entry>>)>,
}

impl<'a> LayerSink<'a> {
    pub(super) fn new(context: &'a Context<'a>, held: Held) -> Self {
        LayerSink { context, held, found: LayerFindings::default(), directories: Vec::new() }
    }

    /// Ends the layer: what was put off is claimed, findings of the layer as a whole are added.
    pub(super) fn finish(
        mut self,
        whole: Vec<Finding>,
        duplicates: BTreeSet<Arc<[u8]>>,
        parents: Option<&Sides<Parents>>,
    ) -> LayerFindings {
        for (finding, entries) in std::mem::take(&mut self.directories) {
            let path = finding.location.path_bytes();
            let has_children =
                parents.map_or(Sides::new(true, true), |parents| parents.as_ref().map(|set| set.contains(path)));
            self.add(finding, entries.as_ref().map(Option::as_ref), &Sides::new(None, None), has_children);
        }
        for finding in whole {
            self.add(finding, Sides::new(None, None), &Sides::new(None, None), Sides::new(false, false));
        }
        self.found.duplicates = duplicates;
        self.found
    }

    fn add(
        &mut self,
        finding: Finding,
        entries: Sides<Option<&Entry>>,
        files: &Sides<Option<Arc<[u8]>>>,
        has_children: Sides<bool>,
    ) {
        let held = self.held.at(finding.location.layer);
        self.found.candidates.push(Candidate::new(self.context, finding, held, entries, files, has_children));
    }
}

impl Sink for LayerSink<'_> {
    fn difference(&mut self, difference: Difference<'_>) {
        let Difference { finding, entries, files, withheld } = difference;
        let directory = |entry: Option<&Entry>| entry.is_some_and(|entry| entry.entry_type == EntryType::Directory);
        if finding.aspect == Aspect::Mtime && (directory(entries.original) || directory(entries.rebuild)) {
            self.directories.push((finding, entries.map(Option::<&Entry>::cloned)));
        } else {
            self.add(finding, entries, &files, Sides::new(false, false));
            if let Some(candidate) = self.found.candidates.last_mut().filter(|_| withheld) {
                candidate.diff = None;
            }
        }
    }

    fn contents(&mut self, path: &Arc<[u8]>, digests: Sides<([u8; 32], u64)>) {
        self.found.files.insert(path.clone(), digests);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "witnesses record both modulo 2^32")]
    fn witness(&mut self, side: Side, entry: &Entry) {
        let source = (entry.mtime.seconds as u32, entry.size as u32);
        self.found.sources.get_mut(side).insert(entry.path.clone(), source);
    }
}
