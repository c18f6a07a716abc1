//! The caches that programs take in place of their sources by the times of both, and these, as far as layers were read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use crate::content::cached::{self, Takes, Tie};
use crate::finding::{Side, Sides};
use crate::image::entry::{Entry, Time};

use super::files::{Files, FilesArena, FilesIntake};

/// Caches and sources by what ties them: their paths.
#[derive(Default)]
pub(super) struct Caches {
    caches: Sides<Files<Arc<[u8]>>>,
    sources: Sides<Files<Arc<[u8]>>>,
    extremes: Sides<Extremes>,
}

/// The earliest cache and the latest source of each rule by which any source may be that of any cache, by its number.
#[derive(Default)]
struct Extremes(BTreeMap<u8, (Option<Time>, Option<Time>)>);

impl Extremes {
    fn add(&mut self, tie: &Tie, time: Time) {
        let Some(rule) = tie.of_all() else { return };
        self.join(rule, if tie.is_cache { (Some(time), None) } else { (None, Some(time)) });
    }

    fn join(&mut self, rule: u8, (cache, source): (Option<Time>, Option<Time>)) {
        let own = self.0.entry(rule).or_default();
        own.0 = own.0.into_iter().chain(cache).min();
        own.1 = own.1.max(source);
    }

    /// Whether even the earliest cache is taken in place of the latest source.
    fn are_all_taken(&self, tie: &Tie) -> bool {
        let extremes = tie.of_all().and_then(|rule| self.0.get(&rule)).and_then(|(cache, source)| cache.zip(*source));
        let time = |time: Time| (time.seconds, time.nanoseconds);
        extremes.is_some_and(|(cache, source)| tie.rule.takes.takes(time(cache), time(source)) == Some(true))
    }
}

/// Caches and sources of one key that are held against each other, each cache against each source.
const MOST: usize = 1 << 14;

/// Caches that are looked at for one source whose time they may hold.
const FEW: usize = 64;

impl Caches {
    pub(super) fn extend(&mut self, other: Caches) {
        self.caches.original.extend(other.caches.original);
        self.caches.rebuild.extend(other.caches.rebuild);
        self.sources.original.extend(other.sources.original);
        self.sources.rebuild.extend(other.sources.rebuild);
        for (side, extremes) in [(Side::Original, other.extremes.original), (Side::Rebuild, other.extremes.rebuild)] {
            for (rule, times) in extremes.0 {
                self.extremes.get_mut(side).join(rule, times);
            }
        }
    }

    pub(super) fn sort(&mut self) {
        for side in Side::BOTH {
            self.caches.get_mut(side).sort();
            self.sources.get_mut(side).sort();
        }
    }

    /// Whether the time of the file at a path may matter to a program: it is a cache, or there may be one of it.
    pub(super) fn concern(&self, path: &[u8]) -> bool {
        let any = |side: Side| !self.caches.get(side).is_empty();
        let of_tie = |tie: &Tie| Side::BOTH.into_iter().all(|side| self.caches.get(side).count(&tie.key) > 0);
        Side::BOTH.into_iter().all(any) && cached::ties(path).iter().any(of_tie)
    }

    /// Whether, of caches and sources that are too many to be looked at one by one, all caches are taken on both sides.
    pub(super) fn are_all_taken(&self, tie: &Tie) -> bool {
        Side::BOTH.into_iter().all(|side| self.extremes.get(side).are_all_taken(tie))
    }

    /// What both sides have that a file is tied to: the sources of a cache, the caches of a source; `None` where there are too
    /// many.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn tied(&self, arena: &FilesArena, tie: &Tie) -> io::Result<Option<Paths>> {
        let (own, others) = if tie.is_cache { (&self.caches, &self.sources) } else { (&self.sources, &self.caches) };
        let is_too_many = |side: Side| {
            // Sources whose times caches hold are not counted: there may be as many as files.
            let most = match tie.rule.takes {
                Takes::Recorded => FEW,
                _ => MOST / own.get(side).count(&tie.key).max(1),
            };
            others.get(side).count(&tie.key) > most
        };
        if Side::BOTH.into_iter().any(is_too_many) {
            return Ok(None);
        }
        let paths = |side| Ok::<_, io::Error>(others.get(side).all(arena, &tie.key)?.into_iter().collect::<Paths>());
        let (original, rebuild) = (paths(Side::Original)?, paths(Side::Rebuild)?);
        Ok(Some(original.intersection(&rebuild).cloned().collect()))
    }
}

type Paths = BTreeSet<Arc<[u8]>>;

/// Takes in what passes in one layer of each side.
pub(super) struct CachesIntake<'a> {
    caches: Sides<FilesIntake<'a, Arc<[u8]>>>,
    sources: Sides<FilesIntake<'a, Arc<[u8]>>>,
    extremes: Sides<Extremes>,
}

impl<'a> CachesIntake<'a> {
    pub(super) fn new(arena: &'a FilesArena) -> Self {
        let extremes = Sides::default();
        CachesIntake {
            caches: Sides::from_fn(|_| arena.intake()),
            sources: Sides::from_fn(|_| arena.intake()),
            extremes,
        }
    }

    /// A file or link, the `number`th of what passes.
    pub(super) fn entry(&mut self, side: Side, number: u64, entry: &Entry) {
        let place = entry.place();
        for tie in cached::ties(&place).into_iter().filter(Tie::is_noted) {
            let files = if tie.is_cache { &mut self.caches } else { &mut self.sources };
            self.extremes.get_mut(side).add(&tie, entry.mtime);
            files.get_mut(side).add(number, &tie.key.into(), place.clone());
        }
    }

    /// A hard link: the time in its header is that of what it is made to.
    pub(super) fn hard_link(&mut self, side: Side, target: &[u8], entry: &Entry) {
        for tie in cached::ties(target).iter().filter(|tie| tie.is_noted()) {
            self.extremes.get_mut(side).add(tie, entry.mtime);
        }
    }

    /// Everything that was taken in.
    ///
    /// # Errors
    /// When the temporary file could not be written.
    pub(super) fn finish(self) -> io::Result<Caches> {
        let CachesIntake { caches, sources, extremes } = self;
        Ok(Caches {
            extremes,
            caches: Sides::new(caches.original.finish()?, caches.rebuild.finish()?),
            sources: Sides::new(sources.original.finish()?, sources.rebuild.finish()?),
        })
    }
}
