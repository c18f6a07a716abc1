//! Two layers, both sides at once, in one pass: entries in the same order are compared in lockstep without storing them.

mod again;
mod doubts;
mod matched;
mod matching;
mod meetings;
mod pending;
mod stream;
mod whole;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::contents::{self, Costs};
use crate::content::notes::{Noted, Notes};
use crate::content::{Place, cached, machine, recorded};
use crate::finding::{Finding, Location, Side, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::{LayerEnd, LayerError, LayerReader};
use crate::image::name_hash::name_hash;
use crate::limits::Limits;
use crate::limits::ledger::Turn;
use crate::spill::Content;

pub use doubts::{Doubts, LooseLink, gaps as doubtful};
pub(crate) use matched::emit_contents;
pub use matching::compare_layers;
pub use meetings::Arrangement;

/// The content of the current entry, the one at `path`, read alone and not kept.
pub(crate) fn take(
    reader: &mut LayerReader,
    side: Side,
    path: &[u8],
    notes: &mut Notes,
    limits: &Limits,
) -> Result<stream::Taken, LayerFailure> {
    notes.begin(path);
    stream::take(reader, side, path, false, notes, limits)
}

/// A finding of an entry or its content, with what is at hand to explain it; it is gone when the call returns.
pub struct Difference<'a> {
    /// The finding.
    pub finding: Finding,
    /// The entry on each side that has it.
    pub entries: Sides<Option<&'a Entry>>,
    /// The innermost file, for findings of content that was looked into.
    pub files: Sides<Option<Content>>,
    /// What else is at hand of them.
    pub places: Sides<Place<'a>>,
    /// Whether no excerpt of the files may be shown.
    pub withheld: bool,
}

impl<'a> Difference<'a> {
    /// A finding that is not of a content.
    pub(crate) const fn plain(finding: Finding, entries: Sides<Option<&'a Entry>>) -> Self {
        const PLACE: Place<'static> = Place { node: None, part: None, member_sha256: None, around: None };
        let files = Sides::new(None, None);
        Difference { finding, entries, files, places: Sides::new(PLACE, PLACE), withheld: false }
    }
}

/// Two contents of one path that differ.
pub struct ContentPair {
    base: Location,
    /// The entries that they are of.
    pub entries: Sides<Entry>,
    /// Their bytes.
    pub contents: Sides<Content>,
}

impl ContentPair {
    /// The most that comparing them may cost.
    pub fn bound(&self, limits: &Limits) -> u64 {
        contents::bound(self.base.path_bytes(), self.contents.as_ref(), limits)
    }

    /// Gives the findings of the contents.
    pub fn compare(&self, limits: &Limits, turn: &mut Turn<'_>, out: &mut dyn FnMut(Difference<'_>)) {
        let contents = self.contents.as_ref();
        contents::compare(&self.base, contents, &mut Costs::in_turn(contents, limits, turn), &mut |difference| {
            out(Difference {
                finding: difference.finding,
                entries: self.entries.as_ref().map(Some),
                files: difference.files,
                places: difference.places,
                withheld: difference.secret.is_some(),
            });
        });
    }
}

/// Takes in what a layer comparison finds, in the order of discovery.
pub trait Sink {
    /// One more finding.
    fn difference(&mut self, difference: Difference<'_>);
    /// Why nothing more is taken in, where that is so: what was taken in then is for nothing.
    fn full(&self) -> Option<LayerError>;
    /// Two contents of one path differ: what in them does is for the sink to find out, and takes its time.
    fn contents(&mut self, pair: ContentPair);
    /// An entry that says something of others, whether it differs or not: see [`is_telling`].
    fn passing(&mut self, side: Side, entry: &Entry);
    /// The start of a file that says something of others, whether it differs or not: see [`opens_telling`].
    fn opening(&mut self, side: Side, entry: &Entry, head: &[u8]);
    /// What contents record of others, whether they differ or not.
    fn noted(&mut self, side: Side, noted: Noted);
}

/// Whether an entry says something by itself: a link of where it leads, a directory that it is none, what others go by the
/// time of, and attributes of what the content is to be.
pub(crate) fn is_telling(entry: &Entry) -> bool {
    match entry.entry_type {
        EntryType::Symlink | EntryType::Hardlink | EntryType::Directory => true,
        EntryType::File => {
            recorded::is_source(&entry.path) || cached::is_noted(&entry.path) || !entry.xattrs.is_empty()
        }
        _ => false,
    }
}

/// Whether a file that begins like this says something of others: what it records of them, or which machine it is for.
pub(crate) fn opens_telling(path: &[u8], head: &[u8]) -> bool {
    machine::of(head).is_some() || (recorded::may_record(path) && recorded::recorded(path, head).is_some())
}

/// Opens the layer of one side again, for a second pass.
pub type Reopen<'a> = dyn Fn(Side) -> Result<LayerReader, LayerError> + Sync + 'a;

/// What two verified layers leave to say beyond their entries.
pub struct LayerOutcome {
    /// Compression, trailers, verification.
    pub ends: Sides<LayerEnd>,
    /// Findings of the layer as a whole: order, global headers, trailers.
    pub findings: Vec<Finding>,
    /// Paths that one layer names more than once, on either side.
    pub duplicates: BTreeSet<Arc<[u8]>>,
    /// Directories that have entries below them in the layer.
    pub parents: Sides<Parents>,
    /// What is known of the order of the entries.
    pub arrangements: Sides<Arrangement>,
    /// What may keep runtimes from unpacking them.
    pub doubts: Sides<Doubts>,
}

/// The directories that have entries below them in a layer.
#[derive(Debug, Clone)]
pub struct Parents(Option<HashSet<u64>>);

impl Parents {
    /// Whether `path` is one of them. A collision of 64-bit hashes can only make it one too many; where there are too many
    /// to remember, all are.
    pub fn contains(&self, path: &[u8]) -> bool {
        self.0.as_ref().is_none_or(|known| known.contains(&name_hash(path)))
    }
}

/// A pair of layers under comparison.
pub struct LayerJob<'a> {
    /// Where the layers are; entries' locations grow from it.
    pub base: Location,
    /// Both layers at their start.
    pub readers: Sides<LayerReader>,
    /// Opens either again.
    pub reopen: &'a Reopen<'a>,
    /// The caps.
    pub limits: &'a Limits,
}

/// A layer that could not be read to its verified end.
#[derive(Debug)]
pub struct LayerFailure {
    /// Which side's.
    pub side: Side,
    /// Why.
    pub error: LayerError,
}
