//! What one layer does to the paths that were asked about: 16 bytes for each in memory, the rest as bytes that may go to a
//! temporary file.
//!
//! Places in the arena grow in the order of the layer, so they tell what came first.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::digest::Sha256Sum;
use crate::finding::{GapReason, Unread};
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::{Item, LayerError, LayerReader};
use crate::image::path::{self, Whiteout};
use crate::spill::Arena;
use crate::spill::codec::{Cursor, put_bytes};

use super::placed::{END, Placed};
use super::record::{Kind, Mark, Record};
use super::wanted::{Hashed, Wanted};
use super::ways::Ways;

mod listed;

/// Bytes that are read at once for one record; most are shorter.
const ONE: usize = 512;

/// What one layer does to the paths that were asked about.
pub struct LayerView {
    records: Arena,
    memory: usize,
    placed: Placed,
    /// The places of hard links, by the hash of what they link to.
    links: Vec<(u64, u64)>,
    /// The places of what is below directories that were asked for whole, by the hash of the uppermost of these.
    below: Vec<(u64, u64)>,
    /// The places of symlinks and hard links, all of which are kept: anything may go through them.
    symlinks: Vec<u64>,
    /// The places of whiteouts.
    removed: Vec<u64>,
    ways: Ways,
    /// Whether the layer was not looked at.
    unread: bool,
    failed: AtomicBool,
    /// How many records were read back.
    #[cfg(test)]
    pub(super) reads: std::sync::atomic::AtomicUsize,
}

impl Default for LayerView {
    fn default() -> Self {
        LayerView { unread: true, ..LayerView::new(0) }
    }
}

/// What a layer says of a path.
pub(super) enum Says {
    /// This is there.
    Entry(u64, Record),
    /// Nothing is there, since what is at this place.
    Gone(u64),
    /// Whatever the layers below say.
    Nothing,
}

impl LayerView {
    pub(super) fn new(memory: usize) -> Self {
        LayerView {
            records: Arena::new(memory),
            memory,
            placed: Placed::default(),
            links: Vec::new(),
            below: Vec::new(),
            symlinks: Vec::new(),
            removed: Vec::new(),
            ways: Ways::default(),
            unread: false,
            failed: AtomicBool::new(false),
            #[cfg(test)]
            reads: 0.into(),
        }
    }

    /// An empty one that holds as much in memory and can be asked while it grows.
    pub(super) fn growing_like(&self) -> Self {
        LayerView { placed: Placed::growing(), ..LayerView::new(self.memory) }
    }

    /// Reads a layer to its verified end, keeping what is wanted, about `memory` bytes of it in memory.
    ///
    /// # Errors
    /// The reader's own, and where a temporary file cannot be written.
    pub fn load(mut reader: LayerReader, wanted: &Wanted, memory: usize) -> Result<Self, LayerError> {
        let mut view = LayerView::new(memory);
        while let Some(item) = reader.next_item()? {
            let Item::Entry(entry) = item else { continue };
            view.take(&entry, &mut reader, wanted)?;
            if view.ways.is_too_much() {
                return Err(LayerError { reason: GapReason::Limit, detail: Unread::Directories.into() });
            }
        }
        reader.finish()?;
        view.settle().map_err(LayerError::no_room)?;
        Ok(view)
    }

    fn take(&mut self, entry: &Entry, reader: &mut LayerReader, wanted: &Wanted) -> Result<(), LayerError> {
        let place = entry.place();
        let path = path::acts_on(&place);
        let path = Hashed::new(&path);
        // Of what is below such a directory buildah and containerd do not make the same.
        let marked = path::ancestors(&place).any(|directory| path::whiteout(directory).is_some());
        // What is too long for any system is kept, so that it is told of.
        if marked || path::is_too_long(&place) {
            self.mark(Mark::Unclear, &path).map_err(LayerError::no_room)?;
        }
        match entry.whiteout() {
            Some(Whiteout::Of(_)) => self.mark(Mark::Removed, &path).map_err(LayerError::no_room)?,
            Some(Whiteout::Opaque | Whiteout::Malformed) => {
                if self.ways.leads_to_entry(path.own()) || path.path.is_empty() {
                    // What the layer has in the directory already goes or stays, as the runtime has it; and overlayfs knows
                    // no marker in the root (seen with Linux 6.18), where others empty it.
                    self.mark(Mark::Unclear, &path).map_err(LayerError::no_room)?;
                }
                self.mark(Mark::Opaque, &path).map_err(LayerError::no_room)?;
                self.ways.pass(path.own(), self.records.end(), false);
            }
            None => self.take_entry(entry, &path, reader, wanted)?,
        }
        self.ways.note(&path, self.records.end(), entry.whiteout().is_none());
        Ok(())
    }

    fn take_entry(
        &mut self,
        entry: &Entry,
        path: &Hashed<'_>,
        reader: &mut LayerReader,
        wanted: &Wanted,
    ) -> Result<(), LayerError> {
        if entry.acts_on_others() {
            // What is made in the directory later takes something from it, and what is made before does not.
            self.mark(Mark::Unclear, path).map_err(LayerError::no_room)?;
        }
        let links = entry.entry_type == EntryType::Hardlink;
        let target = if links { path::clean(&entry.link_name) } else { (&[][..]).into() };
        let target = Hashed::new(&target);
        if links {
            if path::names_directory(&entry.link_name) {
                // containerd follows a symlink that is named so, and buildah makes a second name of it.
                self.mark(Mark::Unclear, path).map_err(LayerError::no_room)?;
            }
            self.ways.note(&target, self.records.end(), false);
        }
        if !wanted.keeps(path) && !links && entry.entry_type != EntryType::Symlink {
            return Ok(());
        }
        let mut sum = Sha256Sum::default();
        while let Some(chunk) = reader.read_content()? {
            sum.update(chunk);
        }
        self.insert(path, &Record::new(entry, sum.finish().0), wanted).map_err(LayerError::no_room)
    }

    /// Like [`LayerView::insert`] where a failure is asked for at the end.
    pub(super) fn add(&mut self, path: &[u8], record: &Record, wanted: &Wanted) {
        let path = Hashed::new(path);
        if self.insert(&path, record, wanted).is_err() {
            *self.failed.get_mut() = true;
        }
        self.ways.note(&path, self.records.end(), true);
    }

    /// The same for a mark.
    pub(super) fn note(&mut self, mark: Mark, path: &[u8]) {
        let path = Hashed::new(path);
        if self.mark(mark, &path).is_err() {
            *self.failed.get_mut() = true;
        }
        self.ways.note(&path, self.records.end(), false);
        if mark == Mark::Opaque {
            // The marker itself is in the directory.
            self.ways.pass(path.own(), self.records.end(), false);
        }
    }

    fn mark(&mut self, mark: Mark, path: &Hashed<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        put_bytes(path.path, &mut bytes);
        if mark == Mark::Unclear {
            self.ways.lead_to_unclear(path);
        }
        let place = self.push(mark, path.own(), &bytes)?;
        if mark == Mark::Removed {
            self.removed.push(place);
        }
        Ok(())
    }

    fn insert(&mut self, path: &Hashed<'_>, record: &Record, wanted: &Wanted) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(256);
        put_bytes(path.path, &mut bytes);
        record.put(&mut bytes);
        let place = self.push(record.mark(), path.own(), &bytes)?;
        if record.entry_type == EntryType::Hardlink {
            self.links.push((Hashed::new(&record.link).own(), place));
        }
        if matches!(record.entry_type, EntryType::Hardlink | EntryType::Symlink) {
            self.symlinks.push(place);
        }
        self.below.extend(wanted.uppermost_above(path).map(|directory| (directory, place)));
        Ok(())
    }

    fn push(&mut self, mark: Mark, hash: u64, bytes: &[u8]) -> io::Result<u64> {
        let place = self.records.push(bytes)?;
        self.placed.push(hash, place, mark);
        Ok(place)
    }

    /// The same, grown to its end.
    pub(super) fn settled(mut self) -> Self {
        if self.settle().is_err() {
            *self.failed.get_mut() = true;
        }
        self
    }

    /// Makes it ready to be asked.
    fn settle(&mut self) -> io::Result<()> {
        self.settle_placed()?;
        let removed = std::mem::take(&mut self.removed);
        let remade = self.remade(&removed)?;
        remade.iter().try_for_each(|directory| self.mark(Mark::Unclear, &Hashed::new(directory)))?;
        if !remade.is_empty() {
            self.settle_placed()?;
        }
        self.links.sort_unstable();
        self.below.sort_unstable();
        Ok(())
    }

    fn settle_placed(&mut self) -> io::Result<()> {
        let mut placed = std::mem::take(&mut self.placed);
        placed.settle(|run| Ok::<_, io::Error>(if self.says_the_same(run)? { 1..run.len() - 1 } else { 0..0 }))?;
        self.placed = placed;
        Ok(())
    }

    /// Whether of a run of records of one mark only the first and the last matter: a layer may name one directory a
    /// million times. What a hard link may be made to in between does matter, and so does what a whiteout meets.
    fn says_the_same(&self, run: &[(u64, Mark)]) -> io::Result<bool> {
        let Some(((first, Mark::Directory | Mark::Unclear), rest)) = run.split_first() else { return Ok(false) };
        let first = self.read(*first)?.0;
        for (place, _) in rest {
            if self.read(*place)?.0 != first {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The name of a record, and the record of an entry.
    pub(super) fn read(&self, place: u64) -> io::Result<(Vec<u8>, Option<Record>)> {
        let mut reader = self.records.reader(ONE);
        let (bytes, _) = reader.record(place)?;
        let from = &mut Cursor(bytes);
        let name = from.bytes().ok_or(io::ErrorKind::InvalidData)?.to_vec();
        let record = if from.0.is_empty() { None } else { Some(Record::take(from).ok_or(io::ErrorKind::InvalidData)?) };
        Ok((name, record))
    }

    /// The same where nothing can be said of a failure: it is asked for at the end.
    pub(super) fn try_read(&self, place: u64) -> Option<(Vec<u8>, Option<Record>)> {
        #[cfg(test)]
        self.reads.fetch_add(1, Ordering::Relaxed);
        let read = self.read(place);
        if read.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        read.ok()
    }

    /// Whether the layer was not looked at: nobody asked about what is in it.
    pub(super) const fn is_unread(&self) -> bool {
        self.unread
    }

    /// Whether something could not be read back or was too much: then no answer of this view counts.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed) || self.ways.is_too_much()
    }

    /// The places of the whiteouts of a path, or of the opaque markers in it.
    pub(super) fn marked(&self, path: &[u8], mark: Mark) -> Vec<u64> {
        let here = self.placed.last(Hashed::new(path).own(), mark.kind(), END).filter(|(_, other)| *other == mark);
        here.map(|(place, _)| place).filter(|at| self.try_read(*at).is_some_and(|(name, _)| name == path)).collect()
    }

    /// What the layer last put at a path before a place, or that it removed what was there.
    pub(super) fn own(&self, path: &[u8], hash: u64, before: u64) -> Option<Mark> {
        self.last_own(path, hash, before).map(|(_, mark, _)| mark)
    }

    fn last_own(&self, path: &[u8], hash: u64, before: u64) -> Option<(u64, Mark, Option<Record>)> {
        let own = [Kind::Directory, Kind::Clears].into_iter().filter_map(|kind| self.last(path, hash, kind, before));
        own.max_by_key(|(place, ..)| *place)
    }

    /// Whether the layer has an entry for a directory.
    pub(super) fn has_directory(&self, path: &Hashed<'_>) -> bool {
        self.last(path.path, path.own(), Kind::Directory, END).is_some()
    }

    /// The last record of a kind of a path before a place.
    fn last(&self, path: &[u8], hash: u64, kind: Kind, before: u64) -> Option<(u64, Mark, Option<Record>)> {
        self.placed.last(hash, kind, before).find_map(|(place, mark)| {
            let (name, record) = self.try_read(place)?;
            (name == path).then_some((place, mark, record))
        })
    }

    /// What the layer says of a path before what is at a place of it.
    pub(super) fn says(&self, path: &Hashed<'_>, before: u64) -> Says {
        let above = |kind| self.last_above(path, kind, before);
        let cleared = above(Kind::Clears);
        match self.last_own(path.path, path.own(), before) {
            Some((place, _, Some(record))) if cleared.is_none_or(|cleared| cleared < place) => {
                Says::Entry(place, record)
            }
            Some((place, ..)) => Says::Gone(cleared.unwrap_or(place).max(place)),
            None => cleared.max(above(Kind::Opaque)).map_or(Says::Nothing, Says::Gone),
        }
    }

    /// The place of the last record of a kind before a place of any directory that a path is in.
    fn last_above(&self, path: &Hashed<'_>, kind: Kind, before: u64) -> Option<u64> {
        if !self.placed.has(kind) {
            return None;
        }
        let places = path.ancestors().filter_map(|(above, hash)| {
            let (place, _) = self.placed.last(hash, kind, before).next()?;
            Some((place, above, hash))
        });
        let (last, above, hash) = places.max()?;
        // One name tells, unless hashes collide.
        match self.last(above, hash, kind, before) {
            Some((place, ..)) if place == last => Some(place),
            _ => path.ancestors().filter_map(|(above, hash)| Some(self.last(above, hash, kind, before)?.0)).max(),
        }
    }

    /// Whether runtimes may disagree on a path because of what the layer does there or above.
    pub(super) fn is_unclear(&self, path: &Hashed<'_>) -> bool {
        self.has_unclear()
            && (self.last(path.path, path.own(), Kind::Unclear, END).is_some()
                || self.last_above(path, Kind::Unclear, END).is_some())
    }

    /// Whether runtimes may disagree on anything in the layer.
    pub(super) fn has_unclear(&self) -> bool {
        self.placed.has(Kind::Unclear)
    }

    /// The first path in it that is longer than any system takes.
    pub(super) fn too_long(&self) -> Option<Vec<u8>> {
        let mut places: Vec<u64> = self.placed.of_kind(Kind::Unclear).collect();
        places.sort_unstable();
        let mut unclear = places.into_iter().filter_map(|place| Some(self.try_read(place)?.0));
        unclear.find(|path| path::is_too_long(path))
    }

    /// Whether they may on something below a directory of this hash.
    pub(super) fn leads_to_unclear(&self, directory: u64) -> bool {
        self.ways.leads_to_unclear(directory)
    }

    /// Whether something in the layer is below a directory of this hash.
    pub(super) fn goes_through(&self, directory: u64) -> bool {
        self.ways.contains(directory)
    }

    /// Whether an entry of the layer, not only a whiteout, is.
    pub(super) fn brings_something_into(&self, directory: u64) -> bool {
        self.ways.leads_to_entry(directory)
    }

    /// Whether something in the layer that comes after a place of it is.
    pub(super) fn goes_through_after(&self, directory: u64, place: u64) -> bool {
        self.ways.after(directory, place)
    }

    /// All that was kept, in the order of the layer.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (Mark, Vec<u8>, Option<Record>)> + '_ {
        self.placed.in_order().into_iter().filter_map(|(place, mark)| {
            let (name, record) = self.try_read(place)?;
            Some((mark, name, record))
        })
    }
}
