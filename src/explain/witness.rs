//! Predictions: what other data of the same image says that a value must be.

use std::io;
use std::sync::Arc;

use crate::causes::Witness;
use crate::finding::{Side, Sides};

use super::Warning;
use super::candidate::Candidate;
use super::files::{FilesArena, SourceFile};
use super::layer::Sources;

/// The files of both images that predict values.
#[derive(Clone, Copy)]
pub(super) struct Witnesses<'a> {
    pub(super) sources: Sides<&'a Sources>,
    pub(super) arena: &'a FilesArena,
}

impl Witnesses<'_> {
    fn source(&self, side: Side, path: &[u8]) -> io::Result<Option<SourceFile>> {
        self.sources.get(side).get(self.arena, path)
    }

    /// Whether a prediction holds; `None` where the witness is not at hand.
    fn holds(&self, side: Side, witness: &Witness) -> io::Result<Option<bool>> {
        Ok(match witness {
            Witness::SourceFile { path, mtime, size } => {
                self.source(side, path)?.map(|source| source == (*mtime, *size))
            }
            Witness::Holds(_) | Witness::Records(_) => Some(true),
        })
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
    pub(super) fn warning(&self, candidate: &Candidate) -> io::Result<Option<Warning>> {
        let Some(claimed) = candidate.claimed.as_ref() else { return Ok(None) };
        let Some((hazard, witnesses)) = claimed.cause.hazard.zip(claimed.witnesses.as_deref()) else { return Ok(None) };
        let mut details = Sides::new(None, None);
        for side in Side::BOTH {
            let Some(Witness::SourceFile { path, mtime, size }) = witnesses.get(side) else { continue };
            let Some(source) = self.source(side, path)?.filter(|source| *source != (*mtime, *size)) else { continue };
            let (actual_mtime, actual_size) = source;
            let name = String::from_utf8_lossy(path);
            *details.get_mut(side) = Some(format!(
                "records mtime {mtime} and size {size}, but {name} has mtime {actual_mtime} and size {actual_size}"
            ));
        }
        let any = details.original.is_some() || details.rebuild.is_some();
        Ok(any.then(|| Warning { cause: hazard, location: candidate.finding.location.clone(), details }))
    }
}

fn pair(candidate: &Candidate) -> Option<Sides<&Witness>> {
    candidate.claimed.as_ref()?.witnesses.as_deref()?.as_ref().map(Option::as_ref).both()
}

/// What a witness that holds says.
fn words(witness: &Witness) -> Arc<str> {
    match witness {
        Witness::SourceFile { path, .. } => {
            format!("equals the mtime and size of {}", String::from_utf8_lossy(path)).into()
        }
        Witness::Holds(text) => Arc::from(*text),
        Witness::Records(text) => text.clone(),
    }
}

/// The same of a document, of which no file of an image is a witness.
pub(super) fn of_document(candidate: &Candidate) -> Option<Arc<str>> {
    let witnesses = pair(candidate)?;
    let known = |witness: &Witness| !matches!(witness, Witness::SourceFile { .. });
    (known(witnesses.original) && known(witnesses.rebuild)).then(|| words(witnesses.original))
}
