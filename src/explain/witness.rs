//! Predictions: what other data of the same image says that a value must be.

use std::sync::Arc;

use crate::causes::Witness;
use crate::finding::{Side, Sides};

use super::Warning;
use super::candidate::Candidate;
use super::layer::Sources;

/// Whether a prediction holds; `None` where the witness is not at hand.
fn holds(witness: &Witness, sources: &Sources) -> Option<bool> {
    match witness {
        Witness::SourceFile { path, mtime, size } => sources.get(&path[..]).map(|source| *source == (*mtime, *size)),
        Witness::Holds(_) | Witness::Records(_) => Some(true),
    }
}

/// What predicted the values of both sides; `None` where a side has no witness or its prediction fails.
pub(super) fn text(candidate: &Candidate, sources: &Sides<Sources>) -> Option<Arc<str>> {
    let witnesses = candidate.claimed.as_ref()?.witnesses.as_deref()?.as_ref().map(Option::as_ref).both()?;
    let all = witnesses.zip(sources.as_ref()).map(|(witness, sources)| holds(witness, sources) == Some(true));
    if all != Sides::new(true, true) {
        return None;
    }
    Some(match witnesses.original {
        Witness::SourceFile { path, .. } => {
            format!("equals the mtime and size of {}", String::from_utf8_lossy(path)).into()
        }
        Witness::Holds(text) => Arc::from(*text),
        Witness::Records(text) => text.clone(),
    })
}

/// The hazard that a failed prediction shows.
pub(super) fn warning(candidate: &Candidate, sources: &Sides<Sources>) -> Option<Warning> {
    let claimed = candidate.claimed.as_ref()?;
    let hazard = claimed.cause.hazard?;
    let detail = |side: Side| {
        let sources = sources.get(side);
        let witness = claimed.witnesses.as_deref()?.get(side).as_ref()?;
        if holds(witness, sources) != Some(false) {
            return None;
        }
        let Witness::SourceFile { path, mtime, size } = witness else { return None };
        let (actual_mtime, actual_size) = sources.get(&path[..])?;
        let name = String::from_utf8_lossy(path);
        Some(format!(
            "records mtime {mtime} and size {size}, but {name} has mtime {actual_mtime} and size {actual_size}"
        ))
    };
    let details = Sides::from_fn(detail);
    let any = details.original.is_some() || details.rebuild.is_some();
    any.then(|| Warning { cause: hazard, location: candidate.finding.location.clone(), details })
}
