//! An image that is held against one without layers, as it is where somebody asks about one image alone: what its files record
//! of others, which no difference shows.

use std::collections::HashSet;
use std::io;

use crate::causes::Hazard;
use crate::content::recorded;
use crate::finding::{Aspect, Finding, Kind, Side, Sides, Value};
use crate::image::load::Image;
use crate::image::name_hash::name_hash;
use crate::image::path::clean;

use super::Warning;
use super::candidate::Candidate;
use super::passing::Seen;
use super::warnings::Shown;
use super::witness::{Witnesses, mismatch};

/// The image that is looked at.
pub(super) struct Alone {
    /// Its side; `None` where both have layers, or neither.
    side: Option<Side>,
    /// Hashes of the paths of the sources that it has in the end.
    sources: HashSet<u64>,
}

impl Alone {
    pub(super) fn new(images: Sides<&Image>) -> Self {
        let side = match images.map(|image| image.layers.is_empty()) {
            Sides { original: false, rebuild: true } => Some(Side::Original),
            Sides { original: true, rebuild: false } => Some(Side::Rebuild),
            _ => None,
        };
        Alone { side, sources: HashSet::new() }
    }

    /// Takes note of a source.
    pub(super) fn note(&mut self, finding: &Finding) {
        if self.side.is_some_and(|side| is_file(finding, side)) {
            let path = clean(finding.location.path_bytes());
            if recorded::is_source(&path) {
                self.sources.insert(name_hash(&path));
            }
        }
    }

    /// That a compiled module records another time or size than its source has, once all sources are known.
    ///
    /// # Errors
    /// When the temporary file that the records are in cannot be read.
    pub(super) fn warning(&self, candidate: &Candidate, witnesses: &Witnesses<'_>) -> io::Result<Option<Shown>> {
        let finding = &candidate.finding;
        let Some(side) = self.side.filter(|side| is_file(finding, *side)) else { return Ok(None) };
        let path = clean(finding.location.path_bytes());
        let Some(source) = recorded::source_of_module(&path) else { return Ok(None) };
        let (passing, arena) = (witnesses.passing, witnesses.arena);
        if !self.sources.contains(&name_hash(&source)) || !passing.has_own_time(side, arena, &source)? {
            return Ok(None);
        }
        let records = passing.records(side, arena, &source)?;
        let record = records.get(&path[..]).and_then(Option::as_ref);
        let (Some(record), Seen::Is(actual)) = (record, passing.source(side, arena, &source)?) else { return Ok(None) };
        let Some(cause) = witnesses.context.of_hazard(Hazard::StaleRecord).filter(|_| !record.fits(actual)) else {
            return Ok(None);
        };
        let mut details = Sides::new(None, None);
        *details.get_mut(side) = Some(mismatch(record, actual));
        let kinds = details.as_ref().map(|detail: &Option<String>| detail.as_ref().map(|_| "records another"));
        let location = finding.location.clone();
        Ok(Some(Shown { warning: Warning { cause, location, count: 1, details }, kinds }))
    }
}

/// Whether a finding is of a file that the image has in the end: of what is hidden in it a field says so.
fn is_file(finding: &Finding, side: Side) -> bool {
    let entry = finding.aspect == Aspect::Presence && finding.location.kind == Kind::Entry;
    entry
        && finding.location.field_name().is_empty()
        && matches!(finding.values.get(side), Value::Json(value) if value["type"] == "file")
}
