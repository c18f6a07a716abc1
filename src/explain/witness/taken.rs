//! Files that programs take in place of others by the times of both.

use std::io;

use super::{Records, Witnesses};
use crate::causes::Hazard;
use crate::content::cached::{self, Rule, Takes, Tie};
use crate::explain::Warning;
use crate::explain::candidate::Candidate;
use crate::explain::passing::Seen;
use crate::explain::warnings::Shown;
use crate::finding::{Side, Sides};

impl Witnesses<'_> {
    /// Holds the claim of the time of the file at a place, which programs know by a name, against those of what they take in
    /// its place, or it in the place of.
    pub(super) fn taken(&self, candidate: &Candidate, name: &[u8], place: &[u8]) -> io::Result<Records> {
        if !self.passing.caches.concern(name) {
            return Ok(Records::Agree);
        }
        for tie in &cached::ties(name) {
            if tie.is_of_directory() && !self.is_at_hand(place)? {
                continue;
            }
            if let Records::Differ(hazard) = self.of_tie(candidate, place, tie)? {
                return Ok(Records::Differ(hazard));
            }
        }
        Ok(Records::Agree)
    }

    /// Whether either side has what was taken note of at a path: of what is no directory, none is where only directories count.
    fn is_at_hand(&self, path: &[u8]) -> io::Result<bool> {
        let is = |side| Ok::<_, io::Error>(self.passing.time(side, self.arena, path)? != Seen::Nothing);
        Ok(is(Side::Original)? || is(Side::Rebuild)?)
    }

    fn of_tie(&self, candidate: &Candidate, path: &[u8], tie: &Tie) -> io::Result<Records> {
        // What the time of the cache itself is does not matter where it holds that of its source.
        if tie.is_cache && tie.rule.takes == Takes::Recorded {
            return Ok(Records::Agree);
        }
        let Some(others) = self.passing.caches.tied(self.arena, tie)? else {
            let are_taken = self.passing.caches.are_all_taken(tie);
            return Ok(if are_taken { Records::Agree } else { Records::Differ(None) });
        };
        if tie.rule.takes == Takes::Recorded {
            // Nor does that of a source where caches differ: each of them is a finding, and may record what is there.
            for cache in &others {
                if self.differing.get(self.arena, cache)?.is_none() {
                    return Ok(self.unread_record(candidate, tie.rule, cache, path));
                }
            }
            return Ok(Records::Agree);
        }
        // Where a source cannot be told by its name, it was not taken note of.
        if !tie.is_named && tie.is_cache == others.is_empty() {
            return Ok(Records::Differ(None));
        }
        for other in others {
            let (cache, source) = if tie.is_cache { (path, &other[..]) } else { (&other[..], path) };
            let Some(takes) = self.takes(tie.rule, cache, source)? else { return Ok(Records::Differ(None)) };
            if !takes.same() {
                return Ok(self.retaken(candidate, tie.rule, cache, source, takes));
            }
        }
        Ok(Records::Agree)
    }

    /// Whether the program takes the cache on each side; `None` where it cannot be told.
    fn takes(&self, rule: &Rule, cache: &[u8], source: &[u8]) -> io::Result<Option<Sides<bool>>> {
        let mut takes = Sides::new(None, None);
        for side in Side::BOTH {
            let times = self.time(side, cache)?.zip(self.time(side, source)?);
            *takes.get_mut(side) = times.and_then(|(cache, source)| rule.takes.takes(cache, source));
        }
        Ok(takes.both())
    }

    /// The time of a file, where every link to it leaves it alone.
    fn time(&self, side: Side, path: &[u8]) -> io::Result<Option<(i64, u32)>> {
        if !self.passing.has_own_time(side, self.arena, path)? {
            return Ok(None);
        }
        Ok(match self.passing.time(side, self.arena, path)? {
            Seen::Is(time) => Some(time),
            Seen::Nothing | Seen::Link => None,
        })
    }

    fn retaken(&self, candidate: &Candidate, rule: &Rule, cache: &[u8], source: &[u8], takes: Sides<bool>) -> Records {
        let [cache, source] = [cache, source].map(String::from_utf8_lossy);
        let detail = |takes| match takes {
            true => format!("{} takes {cache} in place of {source}", rule.program),
            false => format!("{} does not take {cache} in place of {source}", rule.program),
        };
        let kind = |takes| if takes { "takes" } else { "does not take" };
        self.differ(candidate, takes.map(|takes| (kind(takes), detail(takes))))
    }

    fn unread_record(&self, candidate: &Candidate, rule: &Rule, cache: &[u8], source: &[u8]) -> Records {
        let [cache, source] = [cache, source].map(String::from_utf8_lossy);
        let detail = format!("{cache} may hold the time that {source} has here: {} takes it then", rule.program);
        self.differ(candidate, Sides::from_fn(|_| ("may hold", detail.clone())))
    }

    fn differ(&self, candidate: &Candidate, shown: Sides<(&'static str, String)>) -> Records {
        let Some(cause) = self.context.of_hazard(Hazard::RetakenCache) else { return Records::Differ(None) };
        let kinds = shown.as_ref().map(|(kind, _)| Some(*kind));
        let details = shown.map(|(_, detail)| Some(detail));
        let warning = Warning { cause, location: candidate.finding.location.clone(), count: 1, details };
        Records::Differ(Some(Box::new(Shown { warning, kinds })))
    }
}
