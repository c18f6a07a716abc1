//! Predictions: what other data of the same image says that a value must be.

use std::io;
use std::sync::Arc;

use crate::causes::{Hazard, Witness};
use crate::content::recorded::{self, Recorded, Stamp};
use crate::finding::{Side, Sides};
use crate::image::path::clean;

use super::Warning;
use super::candidate::{Candidate, Context};
use super::files::{Digests, Files, FilesArena};
use super::passing::{self, Passing, Seen};
use super::records::{own_records, pair, recorded_path, timed_path};
use super::shared::Needs;
use super::warnings::Shown;

mod taken;

/// The files of both images that predict values.
#[derive(Clone, Copy)]
pub(super) struct Witnesses<'a> {
    pub(super) passing: &'a Passing,
    /// The files whose contents differ.
    pub(super) differing: &'a Files<Digests>,
    pub(super) arena: &'a FilesArena,
    /// What should have been looked up in layers that cannot be read.
    pub(super) unread: Option<&'a Needs>,
    pub(super) context: &'a Context<'a>,
}

/// Whether what was claimed of times holds beside what other files record of them.
pub(super) enum Records {
    /// On both sides programs believe the same files.
    Agree,
    /// They do not, or it cannot be told.
    Differ(Option<Box<Shown>>),
}

impl Witnesses<'_> {
    fn source(&self, side: Side, path: &[u8]) -> io::Result<Seen<Stamp>> {
        self.passing.source(side, self.arena, path)
    }

    /// Whether a prediction holds; `None` where the witness is not at hand.
    fn holds(&self, side: Side, witness: &Witness) -> io::Result<Option<bool>> {
        Ok(match witness {
            Witness::Recorded(recorded) => match self.source(side, &recorded.path)? {
                Seen::Is(actual) => Some(recorded.fits(actual)),
                Seen::Nothing | Seen::Link => None,
            },
            Witness::Holds(_) | Witness::Records(_) => Some(true),
        })
    }

    /// Holds a claim of times against the files that record them: a file that a program ignores on one side and believes
    /// on the other makes other contents count, although only times differ.
    ///
    /// # Errors
    /// When the temporary file that the witnesses are in cannot be read.
    pub(super) fn records(&self, candidate: &Candidate) -> io::Result<Records> {
        if candidate.claimed.is_none() {
            return Ok(Records::Agree);
        }
        if self.unread.is_some_and(|needs| needs.asks_about(candidate)) {
            return Ok(Records::Differ(None));
        }
        let records = own_records(candidate);
        let is_of_modules = records.is_some_and(|records| !records.original.of_directory)
            || recorded_path(candidate).is_some_and(|path| recorded::is_source(&path));
        if is_of_modules && self.passing.ways.lead_modules_astray() {
            return Ok(Records::Differ(None));
        }
        if let Some(records) = records {
            return self.own_record(candidate, records);
        }
        self.records_of_others(candidate)
    }

    /// The finding is of the record.
    fn own_record(&self, candidate: &Candidate, records: Sides<&Recorded>) -> io::Result<Records> {
        let own = clean(candidate.finding.location.path_bytes());
        let languages = recorded::in_other_languages(&own);
        let path = self.at_hand(records.map(|recorded| &recorded.path[..]), &languages)?;
        if !self.has_own_times(path)? {
            return Ok(Records::Differ(None));
        }
        let seen = Sides::new(self.source(Side::Original, path.original)?, self.source(Side::Rebuild, path.rebuild)?);
        // A module without a source is run whatever it records of one, but that in `__pycache__` may be of a script of any
        // ending; a cache of a directory that is not at hand may be either.
        let alone = seen == Sides::new(Seen::Nothing, Seen::Nothing)
            && !records.original.of_directory
            && !recorded::is_in_pycache(&own)
            && recorded::sources_by_prefix(&own).is_empty();
        let fits = records.zip(seen).map(|(recorded, seen)| match seen {
            Seen::Is(actual) => Some(recorded.fits(actual)),
            Seen::Nothing | Seen::Link => None,
        });
        Ok(match fits.both() {
            Some(fits) if fits.same() => Records::Agree,
            Some(fits) => Records::Differ(self.warning_of(candidate, &own, path.original, fits).map(Box::new)),
            None if alone => Records::Agree,
            None => Records::Differ(None),
        })
    }

    /// The path of the source that a record is of: where the layers at hand have none of that name, it may be in another
    /// language.
    fn at_hand<'p>(&self, path: Sides<&'p [u8]>, languages: &'p [Vec<u8>]) -> io::Result<Sides<&'p [u8]>> {
        for path in [path].into_iter().chain(languages.iter().map(|path| Sides::new(&path[..], &path[..]))) {
            for side in Side::BOTH {
                if self.source(side, path.get(side))? != Seen::Nothing {
                    return Ok(path);
                }
            }
        }
        Ok(path)
    }

    /// The finding is of a time that other files may record.
    fn records_of_others(&self, candidate: &Candidate) -> io::Result<Records> {
        let Some(path) = timed_path(candidate) else { return Ok(Records::Agree) };
        for side in Side::BOTH {
            if !self.passing.keeps_time(side, self.arena, &path)? {
                return Ok(Records::Differ(None));
            }
        }
        if !recorded::is_font_directory(&path) && self.flips_directory(candidate, &path)? {
            return Ok(Records::Differ(None));
        }
        let aliases = self.passing.aliases(self.arena, &path)?;
        let own = recorded_path(candidate).map(Arc::from);
        for path in aliases.iter().cloned().chain(own) {
            if let Records::Differ(hazard) = self.of_source(candidate, &path, &path)? {
                return Ok(Records::Differ(hazard));
            }
        }
        if self.flips_module(candidate, &path)? {
            return Ok(Records::Differ(None));
        }
        for path in aliases.iter().map(|alias| &alias[..]).chain([&path[..]]) {
            if let Records::Differ(hazard) = self.taken(candidate, path, path)? {
                return Ok(Records::Differ(hazard));
            }
        }
        self.by_other_ways(candidate, &path)
    }

    /// What files record of one by the names that links to its directories give it, and what is taken for it by these.
    fn by_other_ways(&self, candidate: &Candidate, path: &[u8]) -> io::Result<Records> {
        let Some(names) = self.passing.ways.names(self.arena, path)? else {
            let matters = recorded_path(candidate).is_some() || self.passing.caches.concern(path);
            return Ok(if matters { Records::Differ(None) } else { Records::Agree });
        };
        for name in names {
            if self.flips_directory(candidate, &name)? {
                return Ok(Records::Differ(None));
            }
            for records in [self.of_source(candidate, &name, path)?, self.taken(candidate, &name, path)?] {
                if let Records::Differ(hazard) = records {
                    return Ok(Records::Differ(hazard));
                }
            }
        }
        Ok(Records::Agree)
    }

    /// Whether caches of fonts on both sides are of this directory, whatever its name is: `fonts.conf` may name any.
    pub(super) fn is_directory_recorded(&self, path: &[u8]) -> io::Result<bool> {
        let has = |side| Ok::<_, io::Error>(!self.caches_of_directory(side, path)?.is_empty());
        Ok(has(Side::Original)? && has(Side::Rebuild)?)
    }

    fn caches_of_directory(&self, side: Side, path: &[u8]) -> io::Result<Vec<Recorded>> {
        let records = self.passing.records(side, self.arena, path)?;
        Ok(records.into_values().flatten().filter(|record| record.of_directory).collect())
    }

    /// Whether a cache of fonts fits the time of a directory on one side alone, of which nothing but the finding is known: that
    /// of an entry in a layer above is another.
    fn flips_directory(&self, candidate: &Candidate, path: &[u8]) -> io::Result<bool> {
        let mut fits = Sides::new(Vec::new(), Vec::new());
        for side in Side::BOTH {
            let Some(actual) = passing::found(candidate.finding.values.get(side)) else { return Ok(false) };
            let caches = self.caches_of_directory(side, path)?;
            *fits.get_mut(side) = caches.iter().map(|cache| cache.fits(actual)).collect();
        }
        Ok(!fits.same())
    }

    /// Whether a module in `__pycache__` fits the time of a script on one side alone: Python looks there for what it loads
    /// from a file of any ending, too (`SourceFileLoader`). Beside one of its own ending the module is of that.
    fn flips_module(&self, candidate: &Candidate, path: &[u8]) -> io::Result<bool> {
        let Some(source) = recorded::of_any_ending(path) else { return Ok(false) };
        let mut fits = Sides::new(Vec::new(), Vec::new());
        for side in Side::BOTH {
            let records = self.passing.records(side, self.arena, &source)?;
            let Some(actual) = passing::found(candidate.finding.values.get(side)) else { return Ok(false) };
            // The size is not known here.
            let fit =
                |record: &Option<Recorded>| record.as_ref().is_none_or(|record| record.stamp.seconds == actual.seconds);
            let modules = records.iter().filter(|(own, _)| recorded::is_in_pycache(own));
            *fits.get_mut(side) = modules.map(|(own, record)| (own.clone(), fit(record))).collect();
        }
        Ok(!fits.same() && self.source(Side::Original, &source)? == Seen::Nothing)
    }

    /// Whether the times of sources are what their own headers say.
    fn has_own_times(&self, path: Sides<&[u8]>) -> io::Result<bool> {
        let has = |side: Side| self.passing.has_own_time(side, self.arena, path.get(side));
        Ok(has(Side::Original)? && has(Side::Rebuild)?)
    }

    /// What other files record, by this name, of one whose time may differ and that is at `place`.
    fn of_source(&self, candidate: &Candidate, name: &[u8], place: &[u8]) -> io::Result<Records> {
        let others = self.passing.records(Side::Rebuild, self.arena, name)?;
        for (own, record) in self.passing.records(Side::Original, self.arena, name)? {
            let Some(other) = others.get(&own) else { continue };
            if !self.has_own_times(Sides::new(place, place))? {
                return Ok(Records::Differ(None));
            }
            let seen = Sides::new(self.source(Side::Original, place)?, self.source(Side::Rebuild, place)?);
            let fits = match (Sides::new(record, other.clone()).both(), seen) {
                (Some(records), Sides { original: Seen::Is(original), rebuild: Seen::Is(rebuild) }) => {
                    Sides::new(records.original.fits(original), records.rebuild.fits(rebuild))
                }
                // On one side there is no such file, which is a finding of its own.
                (Some(_), Sides { original: Seen::Nothing, .. } | Sides { rebuild: Seen::Nothing, .. }) => continue,
                _ => return Ok(Records::Differ(None)),
            };
            if !fits.same() {
                return Ok(Records::Differ(self.warning_of(candidate, &own, place, fits).map(Box::new)));
            }
        }
        Ok(Records::Agree)
    }

    fn warning_of(&self, candidate: &Candidate, own: &[u8], other: &[u8], fits: Sides<bool>) -> Option<Shown> {
        let [own_name, name] = [own, other].map(String::from_utf8_lossy);
        let detail = |fits| match fits {
            true => format!("{own_name} records the time and size of {name}: Python runs it"),
            false => format!("{own_name} records another time or size than that of {name}: Python ignores it"),
        };
        let cause = self.context.of_hazard(Hazard::OneSidedRecord).filter(|_| recorded::is_source(other))?;
        let location = candidate.finding.location.clone();
        let warning = Warning { cause, location, count: 1, details: fits.map(|fits| Some(detail(fits))) };
        Some(Shown { warning, kinds: fits.map(|fits| Some(if fits { "runs" } else { "ignores" })) })
    }

    /// What predicted the values of both sides; `None` where a side has no witness or its prediction fails.
    ///
    /// # Errors
    /// When the temporary file that the witnesses are in cannot be read.
    pub(super) fn text(&self, candidate: &Candidate) -> io::Result<Option<Arc<str>>> {
        let Some(witnesses) = pair(candidate) else { return Ok(None) };
        for side in Side::BOTH {
            if self.holds(side, witnesses.get(side))? != Some(true) {
                return Ok(None);
            }
        }
        Ok(Some(words(witnesses.original)))
    }

    /// The hazard that a failed prediction shows.
    ///
    /// # Errors
    /// When the temporary file that the witnesses are in cannot be read.
    pub(super) fn warning(&self, candidate: &Candidate) -> io::Result<Option<Shown>> {
        let Some(claimed) = candidate.claimed.as_ref() else { return Ok(None) };
        let hazard = claimed.cause.hazard.and_then(|hazard| self.context.of_hazard(hazard));
        let Some((hazard, witnesses)) = hazard.zip(claimed.witnesses.as_deref()) else { return Ok(None) };
        let mut details = Sides::new(None, None);
        for side in Side::BOTH {
            let Some(Witness::Recorded(recorded)) = witnesses.get(side) else { continue };
            let Seen::Is(actual) = self.source(side, &recorded.path)? else { continue };
            if recorded.fits(actual) {
                continue;
            }
            *details.get_mut(side) = Some(mismatch(recorded, actual));
        }
        let kinds = details.as_ref().map(|detail| detail.as_ref().map(|_| "records another"));
        let any = kinds != Sides::new(None, None);
        let location = candidate.finding.location.clone();
        Ok(any.then_some(Shown { warning: Warning { cause: hazard, location, count: 1, details }, kinds }))
    }
}

/// What a file records of another one, and what that has instead.
pub(super) fn mismatch(recorded: &Recorded, actual: Stamp) -> String {
    let name = String::from_utf8_lossy(&recorded.path);
    let [recorded, actual] = [recorded.stamp, actual].map(|stamp| match stamp.rest {
        Some(size) => format!("mtime {} and size {size}", stamp.seconds),
        None => format!("mtime {}", stamp.seconds),
    });
    format!("records {recorded}, but {name} has {actual}")
}

/// What a witness that holds says.
fn words(witness: &Witness) -> Arc<str> {
    match witness {
        Witness::Recorded(Recorded { path, of_directory, .. }) => {
            let what = if *of_directory { "mtime" } else { "mtime and size" };
            format!("equals the {what} of {}", String::from_utf8_lossy(path)).into()
        }
        Witness::Holds(text) => Arc::from(*text),
        Witness::Records(evidence) => evidence.words.clone(),
    }
}

/// The same of a document, of which no file of an image is a witness.
pub(super) fn of_document(candidate: &Candidate) -> Option<Arc<str>> {
    let witnesses = pair(candidate)?;
    let known = |witness: &Witness| !matches!(witness, Witness::Recorded(_));
    (known(witnesses.original) && known(witnesses.rebuild)).then(|| words(witnesses.original))
}
