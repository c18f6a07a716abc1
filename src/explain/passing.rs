//! What entries of the layers say of others, whether they differ or not: taken in while they pass.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::content::notes::Noted;
use crate::content::recorded::{self, Recorded, Stamp};
use crate::finding::{Finding, Side, Sides, Value};
use crate::image::path::clean;

use super::caches::Caches;
use super::directories::Directories;
use super::files::{Files, FilesArena};
use super::links::{self, Links};
use super::programs::Programs;
use super::ways::Ways;

mod intake;

pub(crate) use self::intake::PassingIntake;

/// A file whose time counts for others: its layer, and what they would find or, for a link, where it leads.
type Source = (u32, (Option<(Time, u32)>, Arc<[u8]>));

/// Seconds since 1970, and nanoseconds.
type Time = (i64, u32);

/// What a file records of the one that it is looked up by: its own path, its layer, and the record; that of a link is not
/// known.
type Record = (Arc<[u8]>, (u32, Option<(u32, (Option<u32>, bool))>));

/// What was seen of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen<T> {
    /// It is in none of the layers that were read.
    Nothing,
    /// It is a link, which leads to nothing that is known.
    Link,
    /// This.
    Is(T),
}

/// What passed in all layers that were read.
#[derive(Default)]
pub(crate) struct Passing {
    sources: Sides<Files<Source>>,
    records: Sides<Files<Record>>,
    /// The links whose name is that of a source, by where they lead.
    aliases: Files<Arc<[u8]>>,
    /// Symbolic links by where they lead.
    pub(super) ways: Ways,
    /// The time in the header of each hard link, which is then that of the file, and what it is made to.
    hard: Sides<Files<HardLink>>,
    /// The same by what it is made to, with the name of the link.
    pub(super) made: Sides<Files<HardLink>>,
    pub(super) caches: Caches,
    pub(super) links: Links,
    directories: Sides<Directories>,
    pub(super) programs: Sides<Programs>,
    /// What files record of the contents of others.
    pub(super) noted: Sides<Noted>,
}

/// Seconds modulo 2^32, and the other name.
pub(super) type HardLink = (u32, Arc<[u8]>);

/// Links that are followed from a source.
const FOLLOWED: usize = 8;
/// Hard links to one source that are looked at.
pub(super) const MOST_NAMES: usize = 1000;

impl Passing {
    pub(super) fn extend(&mut self, other: Passing) {
        let Passing { sources, records, aliases, ways, hard, made, caches, links, directories, programs, noted } =
            other;
        self.noted.original.extend(noted.original);
        self.noted.rebuild.extend(noted.rebuild);
        self.caches.extend(caches);
        self.aliases.extend(aliases);
        self.ways.extend(ways);
        self.made.original.extend(made.original);
        self.made.rebuild.extend(made.rebuild);
        self.hard.original.extend(hard.original);
        self.hard.rebuild.extend(hard.rebuild);
        self.sources.original.extend(sources.original);
        self.sources.rebuild.extend(sources.rebuild);
        self.records.original.extend(records.original);
        self.records.rebuild.extend(records.rebuild);
        self.links.extend(links);
        self.directories.original.extend(directories.original);
        self.directories.rebuild.extend(directories.rebuild);
        self.programs.original.extend(programs.original);
        self.programs.rebuild.extend(programs.rebuild);
    }

    /// Makes everything ready to be looked up.
    pub(super) fn sort(&mut self) {
        for side in Side::BOTH {
            self.sources.get_mut(side).sort();
            self.records.get_mut(side).sort();
            self.hard.get_mut(side).sort();
            self.made.get_mut(side).sort();
            self.directories.get_mut(side).sort();
            self.noted.get_mut(side).settle();
        }
        self.aliases.sort();
        self.ways.sort();
        self.caches.sort();
        self.links.sort();
    }

    /// Whether every directory that a finding is in has an entry in its own layer, on the side that has something there: then
    /// a symbolic link of the layers below is none on the way to it.
    pub(super) fn leads_to(&self, finding: &Finding) -> bool {
        let path = clean(finding.location.path_bytes());
        let leads =
            |side: Side| finding.location.layer.get(side).is_some_and(|layer| self.enters_on(side, layer, &path));
        finding.entry_on_one_side().is_none_or(leads)
    }

    /// The same of a path of one side.
    pub(super) fn enters_on(&self, side: Side, layer: u32, path: &[u8]) -> bool {
        self.directories.get(side).lead_to(layer, path)
    }

    /// The time and size of the file at a path as others record them, in the uppermost layer that has one.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn source(&self, side: Side, arena: &FilesArena, path: &[u8]) -> io::Result<Seen<Stamp>> {
        Ok(match self.seen(side, arena, path)? {
            Seen::Is(((seconds, _), rest)) => Seen::Is(Stamp { seconds: modulo(seconds), rest: Some(rest) }),
            Seen::Link => Seen::Link,
            Seen::Nothing => Seen::Nothing,
        })
    }

    /// The time of the file at a path, in the uppermost layer that has one.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn time(&self, side: Side, arena: &FilesArena, path: &[u8]) -> io::Result<Seen<Time>> {
        Ok(match self.seen(side, arena, path)? {
            Seen::Is((time, _)) => Seen::Is(time),
            Seen::Link => Seen::Link,
            Seen::Nothing => Seen::Nothing,
        })
    }

    /// Whether a layer has an entry for a file or directory whose time counts for others.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn has_entry(&self, side: Side, arena: &FilesArena, layer: u32, path: &[u8]) -> io::Result<bool> {
        Ok(self.sources.get(side).all(arena, path)?.iter().any(|(other, _)| *other == layer))
    }

    fn seen(&self, side: Side, arena: &FilesArena, path: &[u8]) -> io::Result<Seen<(Time, u32)>> {
        let mut path: Arc<[u8]> = path.into();
        for followed in 0..=FOLLOWED {
            let all = self.sources.get(side).all(arena, &path)?;
            match all.into_iter().max_by_key(|(layer, _)| *layer) {
                None if followed == 0 => return Ok(Seen::Nothing),
                None => return Ok(Seen::Link),
                Some((_, (None, target))) => path = target,
                Some((_, (Some(actual), _))) => return Ok(Seen::Is(actual)),
            }
        }
        Ok(Seen::Link)
    }

    /// Whether the times in the headers of the hard links of this name are those that their files have anyway, where
    /// others may record these: a header of a link sets the time of the file.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn keeps_time(&self, side: Side, arena: &FilesArena, path: &[u8]) -> io::Result<bool> {
        let hard = self.hard.get(side);
        for (seconds, mut file) in hard.all(arena, path)? {
            let counts = |path: &[u8]| recorded::is_source(path) || self.caches.concern(path);
            let mut is_source = counts(path) || counts(&file);
            let mut next = self.hard_link(side, arena, &file)?;
            for _ in 0..FOLLOWED {
                let Some((_, target)) = next.take() else { break };
                is_source |= counts(&target);
                next = self.hard_link(side, arena, &target)?;
                file = target;
            }
            let known = next.is_none() && !self.links.is_below_link(&file);
            let keeps = || {
                Ok::<_, io::Error>(
                    matches!(self.source(side, arena, &file)?, Seen::Is(actual) if actual.seconds == seconds),
                )
            };
            if !known || (is_source && !keeps()?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether every hard link to a source says the time in its header that the source says in its own: the last one of
    /// them sets the time of the file.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn has_own_time(&self, side: Side, arena: &FilesArena, path: &[u8]) -> io::Result<bool> {
        if self.links.is_hard_linked_astray(path) {
            return Ok(false);
        }
        let made = self.made.get(side);
        let mut names: Vec<Arc<[u8]>> = vec![path.into()];
        names.extend(links::merged(path).map(Arc::from));
        let mut said = None;
        let mut looked = 0;
        while let Some(name) = names.get(looked).cloned() {
            looked += 1;
            if looked > MOST_NAMES {
                return Ok(false);
            }
            for (seconds, link) in made.all(arena, &name)? {
                if *said.get_or_insert(seconds) != seconds {
                    return Ok(false);
                }
                if !names.contains(&link) {
                    names.push(link);
                }
            }
        }
        let Some(said) = said else { return Ok(true) };
        Ok(matches!(self.source(side, arena, path)?, Seen::Is(actual) if actual.seconds == said))
    }

    /// What a path is a hard link to, by either of the names that merged `/usr` gives it.
    fn hard_link(&self, side: Side, arena: &FilesArena, path: &[u8]) -> io::Result<Option<HardLink>> {
        let hard = self.hard.get(side);
        match (hard.get(arena, path)?, links::merged(path)) {
            (None, Some(merged)) => hard.get(arena, &merged),
            (found, _) => Ok(found),
        }
    }

    /// The sources that are links to the file at a path, on either side.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn aliases(&self, arena: &FilesArena, path: &[u8]) -> io::Result<Vec<Arc<[u8]>>> {
        let mut aliases = self.aliases.all(arena, path)?;
        aliases.sort();
        aliases.dedup();
        Ok(aliases)
    }

    /// What files record of the one at a path, by the path of their own: each as the uppermost layer has it, `None` for a
    /// link.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn records(
        &self,
        side: Side,
        arena: &FilesArena,
        path: &[u8],
    ) -> io::Result<BTreeMap<Arc<[u8]>, Option<Recorded>>> {
        let mut all = self.records.get(side).all(arena, &recorded::known_as(path))?;
        all.retain(|(own, _)| recorded::may_be_of(own, path));
        all.sort_by_key(|(_, (layer, _))| *layer);
        let record = |(own, (_, record)): Record| {
            let record = record.map(|(seconds, (rest, of_directory))| {
                let stamp = Stamp { seconds, rest };
                Recorded { path: path.into(), stamp, of_directory }
            });
            (own, record)
        };
        Ok(all.into_iter().map(record).collect())
    }
}

/// What a program finds that looks at a directory of this time: seconds and, as a fraction, nanoseconds.
pub(super) fn found(time: &Value) -> Option<Stamp> {
    let (seconds, fraction) = match time {
        Value::Json(serde_json::Value::Number(number)) => (number.as_i64()?, ""),
        Value::Json(serde_json::Value::String(text)) => {
            let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
            (seconds.parse().ok()?, fraction)
        }
        _ => return None,
    };
    let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(Stamp { seconds: modulo(seconds), rest: Some(nanoseconds) })
}

/// Seconds as records hold them.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "records hold them modulo 2^32")]
const fn modulo(seconds: i64) -> u32 {
    seconds as u32
}
