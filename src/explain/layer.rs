//! Takes in what a pair of layers gives, claiming while the contents are at hand.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use crate::compare::layer::{Difference, Parents, Sink};
use crate::finding::{Aspect, Finding, Side, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

use super::candidate::{Candidate, Held};
use super::files::{Digests, Files, FilesIntake, SourceFile};
use super::gather::{Gathering, Intake, Run};

/// The files that may be witnesses, by path.
pub(super) type Sources = Files<SourceFile>;

/// What one pair of layers gave.
#[derive(Default)]
pub(super) struct LayerFindings {
    pub(super) runs: Vec<Run>,
    /// The files whose contents differ.
    pub(super) files: Files<Digests>,
    pub(super) sources: Sides<Sources>,
    pub(super) duplicates: BTreeSet<Arc<[u8]>>,
}

/// The sink of one pair of layers.
pub(super) struct LayerSink<'a> {
    intake: Intake<'a>,
    held: Held,
    files: FilesIntake<'a, Digests>,
    sources: Sides<FilesIntake<'a, SourceFile>>,
    /// Times of directories: what moved them can only be told once the layer is known whole.
    directories: Directories,
}

impl<'a> LayerSink<'a> {
    pub(super) const fn new(gathering: &'a Gathering<'a>, held: Held) -> Self {
        LayerSink {
            intake: gathering.intake(),
            held,
            files: gathering.files.intake(),
            sources: Sides::new(gathering.files.intake(), gathering.files.intake()),
            directories: Directories::new(gathering.context.limits.findings_memory_bytes / 4),
        }
    }

    /// Ends the layer: what was put off is claimed, findings of the layer as a whole are added.
    ///
    /// # Errors
    /// When a temporary file cannot be written or read.
    pub(super) fn finish(
        mut self,
        whole: Vec<Finding>,
        duplicates: BTreeSet<Arc<[u8]>>,
        parents: Option<&Sides<Parents>>,
    ) -> io::Result<LayerFindings> {
        let directories = std::mem::take(&mut self.directories);
        directories.each(&mut |finding, entries| {
            let path = finding.location.path_bytes();
            let has_children =
                parents.map_or(Sides::new(true, true), |parents| parents.as_ref().map(|set| set.contains(path)));
            self.add(finding, entries.as_ref().map(Option::as_ref), &Sides::new(None, None), has_children, false);
        })?;
        for finding in whole {
            self.add(finding, Sides::new(None, None), &Sides::new(None, None), Sides::new(false, false), false);
        }
        let LayerSink { intake, files, sources, .. } = self;
        let sources = Sides::new(sources.original.finish()?, sources.rebuild.finish()?);
        Ok(LayerFindings { runs: intake.finish()?, files: files.finish()?, sources, duplicates })
    }

    fn add(
        &mut self,
        finding: Finding,
        entries: Sides<Option<&Entry>>,
        files: &Sides<Option<Arc<[u8]>>>,
        has_children: Sides<bool>,
        withheld: bool,
    ) {
        let held = self.held.at(finding.location.layer);
        let mut candidate = Candidate::new(self.intake.context(), finding, held, entries, files, has_children);
        if withheld {
            candidate.diff = None;
        }
        self.intake.add(candidate);
    }
}

impl Sink for LayerSink<'_> {
    fn difference(&mut self, difference: Difference<'_>) {
        let Difference { finding, entries, files, withheld } = difference;
        let directory = |entry: Option<&Entry>| entry.is_some_and(|entry| entry.entry_type == EntryType::Directory);
        if finding.aspect == Aspect::Mtime && (directory(entries.original) || directory(entries.rebuild)) {
            self.directories.push(finding, entries);
        } else {
            self.add(finding, entries, &files, Sides::new(false, false), withheld);
        }
    }

    fn contents(&mut self, path: &Arc<[u8]>, digests: Sides<([u8; 32], u64)>) {
        self.files.add(path, digests);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "witnesses record both modulo 2^32")]
    fn witness(&mut self, side: Side, entry: &Entry) {
        let source = (entry.mtime.seconds as u32, entry.size as u32);
        self.sources.get_mut(side).add(&entry.path, source);
    }
}

/// Findings with the entries that they are of, put off.
struct Directories {
    arena: Arena,
    failure: Option<io::Error>,
}

impl Default for Directories {
    fn default() -> Self {
        Directories::new(0)
    }
}

impl Directories {
    const fn new(memory: usize) -> Self {
        Directories { arena: Arena::new(memory), failure: None }
    }

    fn push(&mut self, finding: Finding, entries: Sides<Option<&Entry>>) {
        let mut record = Vec::new();
        (finding, entries.map(Option::<&Entry>::cloned)).put(&mut record);
        if let Err(failure) = self.arena.push(&record) {
            self.failure = Some(failure);
        }
    }

    fn each(self, out: &mut dyn FnMut(Finding, Sides<Option<Entry>>)) -> io::Result<()> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut reader = self.arena.reader(64 << 10);
        let mut place = 0;
        while place < self.arena.end() {
            let (record, next) = reader.record(place)?;
            let (finding, entries) = Coded::take(&mut Cursor(record)).ok_or(io::ErrorKind::InvalidData)?;
            out(finding, entries);
            place = next;
        }
        Ok(())
    }
}
