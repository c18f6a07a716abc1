//! What one layer does to the paths that were asked about: 16 bytes for each in memory, the rest as bytes that may go to a
//! temporary file.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::digest::Sha256Sum;
use crate::image::entry::{Entry, EntryType, Time};
use crate::image::layer::{Item, LayerError, LayerReader};
use crate::image::path::{self, Whiteout};
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

use super::wanted::{Hashed, Wanted};

/// Bytes that are read at once for one record; most are shorter.
const ONE: usize = 512;
/// The names of a hard link group that are longer than this are stood for by their BLAKE3.
const GROUP: usize = 64 << 10;

/// What a record says of its path; in the order of the numbers by which the index tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Directory,
    Other,
    Hardlink,
    Removed,
    Opaque,
}

impl Mark {
    const ALL: [Mark; 5] = [Mark::Directory, Mark::Other, Mark::Hardlink, Mark::Removed, Mark::Opaque];

    const fn is_entry(self) -> bool {
        matches!(self, Mark::Directory | Mark::Other | Mark::Hardlink)
    }
}

/// A path, and the names of the hard link group that it is in.
type Group = (Vec<u8>, Arc<[u8]>);

/// What one layer does to the paths that were asked about.
pub struct LayerView {
    records: Arena,
    /// Hash of the path, and place of the record with its mark in the lowest bits; sorted.
    index: Vec<(u64, u64)>,
    /// The places of hard links, by the hash of what they link to.
    links: Vec<(u64, u64)>,
    /// The places of what is below directories that were asked for whole, by the hashes of these.
    below: Vec<(u64, u64)>,
    /// The hard link group that was asked for last: most questions after each other are about the same.
    group: Mutex<Option<Group>>,
    failed: AtomicBool,
}

impl Default for LayerView {
    fn default() -> Self {
        LayerView::new(0)
    }
}

/// An entry, as far as a tree shows it.
pub(super) struct Record {
    pub(super) entry_type: EntryType,
    /// Everything but name, time and content.
    pub(super) attributes: Vec<u8>,
    pub(super) time: Time,
    pub(super) link: Vec<u8>,
    pub(super) content: [u8; 32],
}

impl LayerView {
    const fn new(memory: usize) -> Self {
        LayerView {
            records: Arena::new(memory),
            index: Vec::new(),
            links: Vec::new(),
            below: Vec::new(),
            group: Mutex::new(None),
            failed: AtomicBool::new(false),
        }
    }

    /// Reads a layer to its verified end, keeping what is wanted, about `memory` bytes of it in memory.
    ///
    /// # Errors
    /// The reader's own, and where a temporary file cannot be written.
    pub fn load(mut reader: LayerReader, wanted: &Wanted, memory: usize) -> Result<Self, LayerError> {
        let mut view = LayerView::new(memory);
        while let Some(item) = reader.next_item()? {
            let Item::Entry(entry) = item else { continue };
            match entry.whiteout() {
                Some(whiteout) => {
                    let mark = if matches!(whiteout, Whiteout::Of(_)) { Mark::Removed } else { Mark::Opaque };
                    view.mark(mark, &path::acts_on(&entry.place())).map_err(LayerError::no_room)?;
                }
                None => {
                    let place = entry.place();
                    let path = Hashed::new(&place);
                    if wanted.keeps(&path) || links_to_wanted(&entry, wanted) {
                        let mut sum = Sha256Sum::default();
                        while let Some(chunk) = reader.read_content()? {
                            sum.update(chunk);
                        }
                        view.insert(&path, &Record::new(&entry, sum.finish().0), wanted)
                            .map_err(LayerError::no_room)?;
                    }
                }
            }
        }
        reader.finish()?;
        view.settle().map_err(LayerError::no_room)?;
        Ok(view)
    }

    fn mark(&mut self, mark: Mark, path: &[u8]) -> io::Result<()> {
        let mut bytes = Vec::new();
        Name(path).put(&mut bytes);
        self.push(mark, Hashed::new(path).own(), &bytes).map(drop)
    }

    fn insert(&mut self, path: &Hashed<'_>, record: &Record, wanted: &Wanted) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(256);
        Name(path.path).put(&mut bytes);
        record.put(&mut bytes);
        let place = self.push(record.mark(), path.own(), &bytes)?;
        if record.entry_type == EntryType::Hardlink {
            self.links.push((Hashed::new(&record.link).own(), place));
        }
        self.below.extend(wanted.directories_above(path).map(|directory| (directory, place)));
        Ok(())
    }

    fn push(&mut self, mark: Mark, hash: u64, bytes: &[u8]) -> io::Result<u64> {
        let place = self.records.push(bytes)?;
        self.index.push((hash, place << 3 | mark as u64));
        Ok(place)
    }

    /// Makes it ready to be asked. A later entry of a path takes the place of an earlier one.
    fn settle(&mut self) -> io::Result<()> {
        self.index.sort_unstable();
        let mut index: Vec<(u64, u64)> = Vec::new();
        let mut replaced = Vec::new();
        std::mem::swap(&mut index, &mut self.index);
        let mut kept = 0;
        let mut start = 0;
        while let Some((hash, _)) = index.get(start).copied() {
            let count = index.iter().skip(start).take_while(|(other, _)| *other == hash).count();
            if count == 1 {
                index.copy_within(start..=start, kept);
                kept += 1;
            } else {
                let mut last: BTreeMap<(bool, Vec<u8>), u64> = BTreeMap::new();
                for (_, at) in index.get(start..start + count).unwrap_or_default() {
                    let (name, _) = self.read(*at >> 3)?;
                    let mark = mark(*at);
                    // An entry and the marks of whiteouts stand side by side.
                    let key = if mark.is_entry() { Vec::new() } else { vec![mark as u8] };
                    let before = last.insert((mark.is_entry(), [key, name].concat()), *at);
                    replaced.extend(before.filter(|before| self::mark(*before).is_entry()).map(|before| before >> 3));
                }
                for at in last.into_values() {
                    if let Some(slot) = index.get_mut(kept) {
                        *slot = (hash, at);
                    }
                    kept += 1;
                }
            }
            start += count;
        }
        index.truncate(kept);
        index.sort_unstable();
        self.index = index;
        replaced.sort_unstable();
        let stands = |(_, place): &(u64, u64)| replaced.binary_search(place).is_err();
        self.links.retain(stands);
        self.below.retain(stands);
        self.links.sort_unstable();
        self.below.sort_unstable();
        Ok(())
    }

    /// The name of a record, and the record of an entry.
    fn read(&self, place: u64) -> io::Result<(Vec<u8>, Option<Record>)> {
        let mut reader = self.records.reader(ONE);
        let (bytes, _) = reader.record(place)?;
        let from = &mut Cursor(bytes);
        let name = from.bytes().ok_or(io::ErrorKind::InvalidData)?.to_vec();
        let record = if from.0.is_empty() { None } else { Some(Record::take(from).ok_or(io::ErrorKind::InvalidData)?) };
        Ok((name, record))
    }

    /// The same where nothing can be said of a failure: it is asked for at the end.
    fn try_read(&self, place: u64) -> Option<(Vec<u8>, Option<Record>)> {
        let read = self.read(place);
        if read.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        read.ok()
    }

    /// Whether something could not be read back: then no answer of this view counts.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// The record of a path for which `wanted` holds of its mark.
    fn look_up(&self, path: &[u8], hash: u64, wanted: impl Fn(Mark) -> bool) -> Option<Option<Record>> {
        let places = among(&self.index, hash).map(|(_, at)| *at).filter(|at| wanted(mark(*at)));
        places.filter_map(|at| self.try_read(at >> 3)).find(|(name, _)| name == path).map(|(_, record)| record)
    }

    pub(super) fn entry(&self, path: &Hashed<'_>) -> Option<Record> {
        self.look_up(path.path, path.own(), Mark::is_entry).flatten()
    }

    pub(super) fn contains(&self, path: &[u8]) -> bool {
        self.look_up(path, Hashed::new(path).own(), Mark::is_entry).is_some()
    }

    pub(super) fn hides(&self, path: &Hashed<'_>) -> bool {
        self.look_up(path.path, path.own(), |mark| mark == Mark::Removed).is_some()
            || path
                .ancestors()
                .any(|(ancestor, hash)| self.look_up(ancestor, hash, |mark| mark != Mark::Directory).is_some())
    }

    /// The names of entries below a directory that was asked for whole.
    pub(super) fn under<'a>(&'a self, directory: &'a [u8]) -> impl Iterator<Item = Vec<u8>> + 'a {
        let prefix = if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() };
        let places = among(&self.below, Hashed::new(directory).own());
        let names = places.filter_map(|(_, place)| self.try_read(*place)).map(|(name, _)| name);
        names.filter(move |name| name.len() > prefix.len() && name.starts_with(&prefix))
    }

    /// The names in this layer that share one content with `path`, sorted, each after its length.
    pub(super) fn group(&self, path: &[u8]) -> Arc<[u8]> {
        let mut last = self.group.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, group)) = last.as_ref().filter(|(known, _)| known == path) {
            return group.clone();
        }
        let links = among(&self.links, Hashed::new(path).own()).filter_map(|(_, place)| self.try_read(*place));
        let names = links.filter(|(_, record)| record.as_ref().is_some_and(|record| record.link == path));
        let names: BTreeSet<Vec<u8>> = names.map(|(name, _)| name).chain([path.to_vec()]).collect();
        let mut group = Vec::new();
        for name in names {
            group.extend((name.len() as u64).to_le_bytes());
            group.extend(name);
        }
        let group: Arc<[u8]> =
            if group.len() > GROUP { Arc::from(&blake3::hash(&group).as_bytes()[..]) } else { group.into() };
        *last = Some((path.to_vec(), group.clone()));
        group
    }

    /// What the hard links in it link to.
    pub(super) fn link_targets(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let links = self.links.iter().filter_map(|(_, place)| self.try_read(*place)?.1);
        links.map(|record| record.link)
    }
}

/// The pairs of this hash in a sorted list.
fn among(list: &[(u64, u64)], hash: u64) -> impl Iterator<Item = &(u64, u64)> {
    let start = list.partition_point(|(other, _)| *other < hash);
    list.iter().skip(start).take_while(move |(other, _)| *other == hash)
}

fn mark(at: u64) -> Mark {
    Mark::ALL.get((at & 7) as usize).copied().unwrap_or(Mark::Other)
}

fn links_to_wanted(entry: &Entry, wanted: &Wanted) -> bool {
    entry.entry_type == EntryType::Hardlink && wanted.is_path(&path::clean(&entry.link_name))
}

/// Bytes, to be written after their length.
struct Name<'a>(&'a [u8]);

impl Name<'_> {
    fn put(&self, out: &mut Vec<u8>) {
        crate::spill::codec::put_bytes(self.0, out);
    }
}

impl Record {
    pub(super) fn new(entry: &Entry, content: [u8; 32]) -> Self {
        let mut attributes = Vec::new();
        let mut put = |bytes: &[u8]| {
            attributes.extend((bytes.len() as u64).to_le_bytes());
            attributes.extend(bytes);
        };
        put(format!("{:?}", entry.entry_type).as_bytes());
        put(&(entry.mode & 0o7777).to_le_bytes());
        put(&entry.uid.to_le_bytes());
        put(&entry.gid.to_le_bytes());
        if let Some((major, minor)) = entry.device {
            put(&major.to_le_bytes());
            put(&minor.to_le_bytes());
        }
        if entry.entry_type == EntryType::Symlink {
            put(&entry.link_name);
        }
        for (name, value) in &entry.xattrs {
            put(name);
            put(value);
        }
        let link = if entry.entry_type == EntryType::Hardlink {
            path::clean(&entry.link_name).into_owned()
        } else {
            Vec::new()
        };
        Record { entry_type: entry.entry_type, attributes, time: entry.mtime, link, content }
    }

    const fn mark(&self) -> Mark {
        match self.entry_type {
            EntryType::Directory => Mark::Directory,
            EntryType::Hardlink => Mark::Hardlink,
            _ => Mark::Other,
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.entry_type.put(out);
        Name(&self.attributes).put(out);
        self.time.put(out);
        Name(&self.link).put(out);
        self.content.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Record {
            entry_type: Coded::take(from)?,
            attributes: from.bytes()?.to_vec(),
            time: Coded::take(from)?,
            link: from.bytes()?.to_vec(),
            content: Coded::take(from)?,
        })
    }
}
