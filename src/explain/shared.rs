//! Layers that both images share are opened only where a claim needs them: one of times, for a stale module below another
//! source or the source of a module; one that a file is noise as long as nobody reads it, for links that lead to it.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::causes::ImageFacts;
use crate::compare::pairs::LayerPairs;
use crate::content::by_times::Scripts;
use crate::content::cached::{self, Takes, Tie};
use crate::content::notes::{Noted, Notes};
use crate::content::recorded;
use crate::finding::{Side, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::{Item, LayerError, LayerReader};
use crate::image::load::Image;
use crate::image::name_hash::name_hash;
use crate::image::path::clean;
use crate::limits::Limits;

use super::candidate::Candidate;
use super::files::FilesArena;
use super::gate;
use super::links::Links;
use super::noted::{above, noted_from};
use super::passing::{Passing, PassingIntake, Seen};
use super::records::{own_records, recorded_path, timed_path};

/// What has to be looked up in the layers that both images share.
pub(super) struct Needs {
    /// The layers that both share.
    layers: Vec<Sides<u32>>,
    /// Hashes of the paths of sources.
    sources: HashSet<u64>,
    /// Hashes of what ties caches and sources that are taken by their times.
    keys: HashSet<u64>,
    /// Whether directories of fonts are among the sources.
    caches_of_fonts: bool,
    /// Whether any of them may be recorded, or tied to another, in any layer.
    anywhere: bool,
    /// The earliest of the times of those that a module in the layers at hand fits on both sides: a layer that is older
    /// than a source has no module of it.
    earliest: Option<u32>,
    /// The layer of the original image from which on links matter.
    links_from: Option<u32>,
    /// The one from which on hard links to sources matter: they set the time of the file.
    times_from: Option<u32>,
    /// The one from which on digests matter that files record of others.
    notes_from: Option<u32>,
    /// Hashes of the paths of scripts that commands run, and whether it matters what they go by.
    scripts: HashSet<u64>,
    asks_scripts: bool,
}

/// The lowest layers that both share of which the links are not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unread(Option<Sides<u32>>);

impl Unread {
    /// Whether there is one below a layer of either side.
    pub(super) fn is_below(self, layers: Sides<Option<u32>>) -> bool {
        let below = |side: Side| {
            let lowest = self.0.map(|lowest| *lowest.get(side));
            lowest.zip(*layers.get(side)).is_some_and(|(lowest, layer)| lowest < layer)
        };
        below(Side::Original) || below(Side::Rebuild)
    }
}

/// What the layers hold that were to be looked at; `None` where one of them cannot be read: then what needs it declines.
pub(super) struct Found {
    /// The witnesses of times.
    pub(super) passing: Option<Passing>,
    /// All links.
    pub(super) links: Option<Links>,
    /// What files record of the contents of others.
    pub(super) noted: Option<Noted>,
    /// The scripts that go by times, of those that commands run.
    pub(super) scripts: Option<Vec<Vec<u8>>>,
}

/// A layer that is to be read, and for what.
struct Why {
    layer: Sides<u32>,
    times: bool,
    links: bool,
    notes: bool,
    scripts: bool,
}

impl Needs {
    pub(super) fn new(images: Sides<&Image>, pairs: &LayerPairs, facts: Sides<&ImageFacts>) -> Self {
        let is_shared = |indexes: &Sides<u32>| {
            let layers = images.zip(*indexes).map(|(image, index)| image.layers.get(index as usize));
            layers.both().is_some_and(|layers| layers.map(|layer| &layer.diff_id).same())
        };
        let layers = pairs.pairs.iter().filter_map(|pair| pair.layer.both()).filter(is_shared).collect();
        let (sources, keys) = Default::default();
        Needs {
            layers,
            sources,
            keys,
            caches_of_fonts: false,
            anywhere: false,
            earliest: None,
            links_from: None,
            times_from: None,
            notes_from: None,
            scripts: gate::scripts(facts),
            asks_scripts: false,
        }
    }

    /// Takes a candidate into account, once all that is at hand is ready to be looked up.
    ///
    /// # Errors
    /// When a temporary file cannot be read.
    pub(super) fn note(&mut self, candidate: &Candidate, known: &Passing, arena: &FilesArena) -> std::io::Result<()> {
        if self.layers.is_empty() || candidate.claimed.is_none() {
            return Ok(());
        }
        self.note_reader(candidate);
        self.asks_scripts |= !self.scripts.is_empty() && candidate.finding.is_of_time();
        self.note_ties(candidate);
        self.notes_from = noted_from(candidate).map_or(self.notes_from, |from| least(self.notes_from, from));
        if let Some(records) = own_records(candidate) {
            let seen = Sides::new(
                known.source(Side::Original, arena, &records.original.path)?,
                known.source(Side::Rebuild, arena, &records.rebuild.path)?,
            );
            self.sources.insert(name_hash(&records.original.path));
            let languages = recorded::in_other_languages(&clean(candidate.finding.location.path_bytes()));
            self.sources.extend(languages.iter().map(|path| name_hash(path)));
            self.times_from = least(self.times_from, above(candidate));
            self.anywhere |= seen.original == Seen::Nothing || seen.rebuild == Seen::Nothing;
            return Ok(());
        }
        let Some(path) = recorded_path(candidate) else { return Ok(()) };
        self.caches_of_fonts |= recorded::is_font_directory(&path);
        self.sources.extend([name_hash(&path), name_hash(&recorded::known_as(&path))]);
        for side in Side::BOTH {
            let Seen::Is(actual) = known.source(side, arena, &path)? else { continue };
            let records = known.records(side, arena, &path)?;
            if !records.is_empty() {
                self.times_from = least(self.times_from, above(candidate));
            }
            if records.values().flatten().any(|recorded| recorded.fits(actual)) {
                self.earliest = Some(self.earliest.map_or(actual.seconds, |least| least.min(actual.seconds)));
            } else {
                self.anywhere = true;
            }
        }
        Ok(())
    }

    /// Takes a claim into account that holds only while nobody reads the file: a symbolic link leads to whatever is at its
    /// end, however far below it was made, and a config may name the link. What is mounted over is read through a hard link
    /// alone, and that is made to it only once it is there.
    fn note_reader(&mut self, candidate: &Candidate) {
        if !candidate.claimed.as_ref().is_some_and(|claimed| claimed.cause.proof.is_of_unread()) {
            return;
        }
        let path = clean(candidate.finding.location.path_bytes());
        self.links_from = least(self.links_from, if gate::is_mounted(&path) { above(candidate) } else { 0 });
    }

    /// Takes a claim of the time of a cache or of the source of one into account: the other one may be anywhere. What holds
    /// the time of its source is in no layer that is older than that.
    fn note_ties(&mut self, candidate: &Candidate) {
        let Some(path) = timed_path(candidate) else { return };
        let is_noted = cached::is_noted(&path) || cached::is_noted_directory(&path);
        if !is_noted && !cached::may_be_recorded(&path) {
            return;
        }
        for tie in cached::ties(&path) {
            if tie.is_sought_in_shared_layers() {
                self.keys.insert(name_hash(&tie.key));
                self.times_from = least(self.times_from, above(candidate));
                let times =
                    candidate.entries().map(|entry| entry.and_then(|entry| entry.mtime.seconds.try_into().ok()));
                let earlier =
                    times.both().map(|times: Sides<u32>| times.original.min(times.rebuild)).unwrap_or_default();
                self.earliest = Some(self.earliest.map_or(earlier, |least| least.min(earlier)));
            } else if tie.is_noted() && tie.rule.takes != Takes::Recorded {
                self.keys.insert(name_hash(&tie.key));
                self.anywhere = true;
            }
        }
    }

    fn ties(&self, path: &[u8]) -> bool {
        let is_tied = |tie: &Tie| self.keys.contains(&name_hash(&tie.key));
        !self.keys.is_empty() && cached::ties(path).iter().any(is_tied)
    }

    /// Whether a file is tied to one that is asked about, and its time or that it is there tells something.
    fn counts(&self, path: &[u8]) -> bool {
        let is_tied = |tie: &Tie| tie.is_noted() && self.keys.contains(&name_hash(&tie.key));
        self.holds(path) || (!self.keys.is_empty() && cached::ties(path).iter().any(is_tied))
    }

    /// The layers whose links were not looked at, or could not be.
    pub(super) fn unread_links(&self, found: &Found) -> Unread {
        let is_read =
            |layer: &&Sides<u32>| found.links.is_some() && self.links_from.is_some_and(|from| layer.original >= from);
        Unread(self.layers.iter().filter(|layer| !is_read(layer)).min_by_key(|layer| layer.original).copied())
    }

    /// Whether a candidate's claim depends on what is in these layers.
    pub(super) fn asks_about(&self, candidate: &Candidate) -> bool {
        let tied = timed_path(candidate).is_some_and(|path| self.ties(&path));
        let own = own_records(candidate).is_some_and(|records| self.holds(&records.original.path));
        tied || own || recorded_path(candidate).is_some_and(|path| self.holds(&path))
    }

    fn holds(&self, source: &[u8]) -> bool {
        self.sources.contains(&name_hash(source))
    }

    /// Whether a layer may hold what is asked for: one that is above a source does. One whose history says when it was made
    /// is no later than that, and the history of either image counts; whole seconds in that of the original are those of
    /// `SOURCE_DATE_EPOCH`, or may be, and say nothing.
    fn matters(&self, layer: Sides<u32>, facts: Sides<&ImageFacts>) -> bool {
        let time = |side: Side| facts.get(side).layer_times.get(*layer.get(side) as usize).copied().flatten();
        let newest = time(Side::Original).zip(time(Side::Rebuild)).map(|(one, other)| one.max(other));
        let is_clamped = time(Side::Original).is_none_or(|time| time.nanoseconds == 0);
        let older = |earliest: u32| is_clamped || newest.is_none_or(|newest| newest.seconds >= i64::from(earliest));
        let above = self.times_from.is_some_and(|from| *layer.get(Side::Original) >= from);
        self.anywhere || above || self.earliest.is_some_and(older)
    }

    /// Reads the layers that matter.
    ///
    /// # Errors
    /// When a temporary file cannot be written.
    pub(super) fn read(
        &self,
        images: Sides<&Image>,
        facts: Sides<&ImageFacts>,
        arena: &FilesArena,
        limits: &Limits,
    ) -> std::io::Result<Found> {
        let (passing, links, noted, scripts) = Default::default();
        let mut all = Found { passing: Some(passing), links: Some(links), noted: Some(noted), scripts: Some(scripts) };
        let why = |layer: &Sides<u32>| {
            let from = |lowest: Option<u32>| lowest.is_some_and(|lowest| layer.original >= lowest);
            let times = self.matters(*layer, facts);
            let (links, notes) = (from(self.links_from), from(self.notes_from));
            Why { layer: *layer, times, links, notes, scripts: self.asks_scripts }
        };
        let is_read = |why: &Why| why.times || why.links || why.notes || why.scripts;
        let layers: Vec<_> = self.layers.iter().map(why).filter(is_read).collect();
        let read = |Why { layer, times, notes, scripts, .. }: &Why| {
            let mut intake = PassingIntake::new(arena, facts);
            let mut links = Links::default();
            let mut notes = notes.then(Notes::default);
            let mut scripts = scripts.then(Scripts::default);
            let reader = images.original.open_layer(layer.original, limits);
            let scanned = reader.and_then(|reader| {
                let readers = Readers { notes: notes.as_mut(), scripts: scripts.as_mut() };
                self.scan(reader, *layer, times.then_some(&mut intake), &mut links, readers)
            });
            let noted = notes.map(|mut notes| notes.finish()).unwrap_or_default();
            let scripts = scripts.map(|mut scripts| scripts.take()).unwrap_or_default();
            scanned.ok().map(|()| Ok::<_, std::io::Error>((intake.finish()?, links, noted, scripts)))
        };
        let outcomes: Vec<_> = layers.par_iter().map(read).collect();
        for (why, outcome) in layers.into_iter().zip(outcomes) {
            let found = outcome.transpose()?;
            all.passing = all.passing.filter(|_| !why.times || found.is_some());
            all.links = all.links.filter(|_| !why.links || found.is_some());
            all.noted = all.noted.filter(|_| !why.notes || found.is_some());
            all.scripts = all.scripts.filter(|_| !why.scripts || found.is_some());
            let Some((passing, links, noted, scripts)) = found else { continue };
            if let Some(all) = &mut all.scripts {
                all.extend(scripts);
            }
            if let Some(all) = &mut all.noted {
                all.extend(noted);
            }
            if let Some(all) = &mut all.passing {
                all.extend(passing);
            }
            // What leads from below a file was meant for another one.
            if let Some(all) = all.links.as_mut().filter(|_| why.times || why.links || why.notes) {
                all.extend(links);
            }
        }
        if let Some(links) = &mut all.links {
            links.sort();
        }
        Ok(all)
    }

    fn scan(
        &self,
        mut reader: LayerReader,
        layer: Sides<u32>,
        mut intake: Option<&mut PassingIntake<'_>>,
        links: &mut Links,
        mut readers: Readers<'_>,
    ) -> Result<(), LayerError> {
        while let Some(item) = reader.next_item()? {
            let Item::Entry(entry) = item else { continue };
            if matches!(entry.entry_type, EntryType::Symlink | EntryType::Hardlink) {
                links.add(&entry);
            }
            let head = readers.begin(&entry, &self.scripts).map(|()| readers.head(&mut reader)).transpose()?;
            let Some(intake) = intake.as_deref_mut() else { continue };
            if entry.entry_type == EntryType::Symlink {
                intake.way(&entry);
            }
            let place = entry.place();
            let mut sources = recorded::sources_by_prefix(&place);
            sources.extend(recorded::source_of_module(&place));
            // Which directory a cache of fonts is of, it says itself.
            let is_of_fonts = self.caches_of_fonts && sources.is_empty() && recorded::may_record(&place);
            let is_module = is_of_fonts || sources.iter().any(|source| self.holds(source));
            let sets_time = entry.entry_type == EntryType::Hardlink && self.counts(&clean(&entry.link_name));
            if self.counts(&place) || sets_time || (is_module && entry.entry_type != EntryType::File) {
                Side::BOTH.into_iter().for_each(|side| intake.entry(side, *layer.get(side), &entry));
            } else if is_module {
                let head = head.map_or_else(|| Readers::default().head(&mut reader), Ok)?;
                Side::BOTH.into_iter().for_each(|side| intake.head(side, *layer.get(side), &entry, &head));
            }
        }
        reader.finish().map(drop)
    }
}

fn least(known: Option<u32>, layer: u32) -> Option<u32> {
    Some(known.map_or(layer, |known| known.min(layer)))
}

/// What reads contents as a whole.
#[derive(Default)]
struct Readers<'a> {
    notes: Option<&'a mut Notes>,
    scripts: Option<&'a mut Scripts>,
}

impl Readers<'_> {
    /// Begins with an entry; `None` where none of them wants its content.
    fn begin(&mut self, entry: &Entry, wanted: &HashSet<u64>) -> Option<()> {
        let place = entry.place();
        let is_wanted = entry.has_content() && (wanted.contains(&name_hash(&place)) || gate::is_of_entry_point(&place));
        if let Some(scripts) = self.scripts.as_mut().filter(|_| is_wanted) {
            scripts.begin(&place);
        }
        if let Some(notes) = self.notes.as_mut().filter(|_| entry.has_content()) {
            notes.begin(&entry.path);
        }
        let wants = (is_wanted && self.scripts.is_some()) || self.notes.is_some();
        (wants && entry.has_content()).then_some(())
    }

    /// The first bytes of the current content, of which all goes to those that want it.
    fn head(&mut self, reader: &mut LayerReader) -> Result<Vec<u8>, LayerError> {
        let mut head = Vec::new();
        let wants_all = self.notes.is_some() || self.scripts.is_some();
        while wants_all || head.len() < recorded::HEAD {
            let Some(piece) = reader.read_content()? else { break };
            if let Some(notes) = &mut self.notes {
                notes.push(piece);
            }
            if let Some(scripts) = &mut self.scripts {
                scripts.push(piece);
            }
            if head.len() < recorded::HEAD {
                head.extend_from_slice(piece);
            }
        }
        if let Some(scripts) = &mut self.scripts {
            scripts.end();
        }
        head.truncate(recorded::HEAD);
        Ok(head)
    }
}
