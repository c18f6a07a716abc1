//! Which files record others, and which are recorded, by the findings of them.

use std::borrow::Cow;

use crate::causes::Witness;
use crate::content::recorded::{self, Recorded};
use crate::finding::{Aspect, Kind, Sides};
use crate::image::path::clean;

use super::candidate::Candidate;

/// The path of the file whose time a finding is of, where other files may record it.
pub(super) fn recorded_path(candidate: &Candidate) -> Option<Vec<u8>> {
    let path = timed_path(candidate)?;
    (recorded::is_source(&path) || recorded::is_font_directory(&path)).then(|| path.into_owned())
}

/// The path of the file whose time a finding is of.
pub(super) fn timed_path(candidate: &Candidate) -> Option<Cow<'_, [u8]>> {
    let location = &candidate.finding.location;
    let time = candidate.finding.aspect == Aspect::Mtime && location.kind == Kind::Entry;
    location.path.as_deref().filter(|_| time).map(clean)
}

/// The record that a finding is of, on both sides.
pub(super) fn own_records(candidate: &Candidate) -> Option<Sides<&Recorded>> {
    fn recorded(witness: &Witness) -> Option<&Recorded> {
        match witness {
            Witness::Recorded(recorded) => Some(recorded),
            Witness::Holds(_) | Witness::Records(_) => None,
        }
    }
    pair(candidate)?.map(recorded).both()
}

/// The witnesses of a claim, on both sides.
pub(super) fn pair(candidate: &Candidate) -> Option<Sides<&Witness>> {
    candidate.claimed.as_ref()?.witnesses.as_deref()?.as_ref().map(Option::as_ref).both()
}
