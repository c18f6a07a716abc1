//! What passes, taken in entry by entry.

use std::io;
use std::sync::Arc;

use crate::causes::ImageFacts;
use crate::content::notes::Noted;
use crate::content::recorded::{self, Recorded};
use crate::content::{cached, machine};
use crate::finding::{Side, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::image::path::clean;

use super::super::caches::CachesIntake;
use super::super::directories::Directories;
use super::super::files::{FilesArena, FilesIntake};
use super::super::links::{self, Links};
use super::super::programs::Programs;
use super::super::ways::WaysIntake;
use super::{HardLink, Passing, Record, Source, Time, modulo};

/// Takes in what passes in one layer of each side.
pub(crate) struct PassingIntake<'a> {
    sources: Sides<FilesIntake<'a, Source>>,
    records: Sides<FilesIntake<'a, Record>>,
    aliases: FilesIntake<'a, Arc<[u8]>>,
    ways: WaysIntake<'a>,
    hard: Sides<FilesIntake<'a, HardLink>>,
    made: Sides<FilesIntake<'a, HardLink>>,
    caches: CachesIntake<'a>,
    links: Links,
    directories: Sides<Directories>,
    programs: Sides<Programs>,
    noted: Sides<Noted>,
    number: u64,
}

impl<'a> PassingIntake<'a> {
    pub(crate) fn new(arena: &'a FilesArena, facts: Sides<&ImageFacts>) -> Self {
        PassingIntake {
            sources: Sides::from_fn(|_| arena.intake()),
            records: Sides::from_fn(|_| arena.intake()),
            aliases: arena.intake(),
            ways: WaysIntake::new(arena),
            hard: Sides::from_fn(|_| arena.intake()),
            made: Sides::from_fn(|_| arena.intake()),
            caches: CachesIntake::new(arena),
            links: Links::default(),
            directories: Sides::default(),
            programs: facts.map(Programs::new),
            noted: Sides::default(),
            number: 0,
        }
    }

    /// An entry that says something by itself.
    pub(crate) fn entry(&mut self, side: Side, layer: u32, entry: &Entry) {
        self.number += 1;
        match entry.entry_type {
            EntryType::Symlink | EntryType::Hardlink => self.link(side, layer, entry),
            EntryType::Directory if !recorded::is_font_directory(&entry.path) => {
                let place = entry.place();
                self.directories.get_mut(side).add(layer, &place);
                if cached::is_noted_directory(&place) {
                    let source = (layer, (Some(actual(entry)), [].into()));
                    self.sources.get_mut(side).add(self.number, &place, source);
                    self.caches.entry(side, self.number, entry);
                }
            }
            _ => {
                for (name, value) in &entry.xattrs {
                    self.noted.get_mut(side).attribute(&entry.place(), name, value);
                }
                let source = (layer, (Some(actual(entry)), [].into()));
                self.sources.get_mut(side).add(self.number, &entry.place(), source);
                self.caches.entry(side, self.number, entry);
            }
        }
    }

    /// A link of a layer that both sides share, which is taken note of for where it leads alone.
    pub(crate) fn way(&mut self, entry: &Entry) {
        self.number += 1;
        self.ways.add(self.number, entry);
    }

    fn link(&mut self, side: Side, layer: u32, entry: &Entry) {
        self.links.add(entry);
        self.ways.add(self.number, entry);
        let place = entry.place();
        if entry.entry_type == EntryType::Hardlink {
            let seconds = modulo(entry.mtime.seconds);
            let target = links::target(entry);
            let merged = links::merged(&target);
            self.caches.hard_link(side, &target, entry);
            self.hard.get_mut(side).add(self.number, &place, (seconds, target.clone().into()));
            for target in [Some(target), merged].into_iter().flatten() {
                self.made.get_mut(side).add(self.number, &target.into(), (seconds, place.clone()));
            }
        }
        if recorded::is_source(&place) || cached::is_noted(&place) {
            self.caches.entry(side, self.number, entry);
            let target: Arc<[u8]> = links::target(entry).into();
            self.aliases.add(self.number, &target, place.clone());
            self.sources.get_mut(side).add(self.number, &place, (layer, (None, target)));
        }
        // compileall makes hard links of equal modules of one source (`--hardlink-dupes`).
        let same = entry.entry_type == EntryType::Hardlink
            && recorded::source_of_module(&clean(&entry.link_name)) == recorded::source_of_module(&place);
        if let Some(source) = recorded::source_of_module(&place).filter(|_| !same) {
            self.records.get_mut(side).add(self.number, &source.into(), (place, (layer, None)));
        }
    }

    /// A file that says something by how it begins.
    pub(crate) fn head(&mut self, side: Side, layer: u32, entry: &Entry, head: &[u8]) {
        let path = entry.place();
        if let Some(Recorded { path: other, stamp, of_directory }) = recorded::recorded(&path, head) {
            self.number += 1;
            let record = (path, (layer, Some((stamp.seconds, (stamp.rest, of_directory)))));
            for source in recorded::sources_by_prefix(&record.0) {
                self.records.get_mut(side).add(self.number, &source.into(), record.clone());
            }
            self.records.get_mut(side).add(self.number, &other, record);
        } else if let Some(machine) = machine::of(head) {
            self.programs.get_mut(side).add(layer, path, machine);
        }
    }

    /// What contents record of others.
    pub(crate) fn noted(&mut self, side: Side, noted: Noted) {
        self.noted.get_mut(side).extend(noted);
    }

    /// Everything that was taken in.
    ///
    /// # Errors
    /// When the temporary file could not be written.
    pub(crate) fn finish(self) -> io::Result<Passing> {
        let PassingIntake {
            sources,
            records,
            aliases,
            ways,
            hard,
            made,
            caches,
            links,
            directories,
            programs,
            noted,
            ..
        } = self;
        Ok(Passing {
            sources: Sides::new(sources.original.finish()?, sources.rebuild.finish()?),
            records: Sides::new(records.original.finish()?, records.rebuild.finish()?),
            aliases: aliases.finish()?,
            ways: ways.finish()?,
            hard: Sides::new(hard.original.finish()?, hard.rebuild.finish()?),
            made: Sides::new(made.original.finish()?, made.rebuild.finish()?),
            caches: caches.finish()?,
            links,
            directories,
            programs,
            noted,
        })
    }
}

/// What a program finds that looks at a file, or at a directory: the time, and the size or the nanoseconds modulo 2^32.
#[expect(clippy::cast_possible_truncation, reason = "records hold it modulo 2^32")]
const fn actual(entry: &Entry) -> (Time, u32) {
    let time = (entry.mtime.seconds, entry.mtime.nanoseconds);
    match entry.entry_type {
        EntryType::Directory => (time, entry.mtime.nanoseconds),
        _ => (time, entry.size as u32),
    }
}
