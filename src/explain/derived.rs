//! Derived values: digests, sizes and checksums of objects that are themselves reported.

use std::io;
use std::sync::Arc;

use crate::causes::{ImageFacts, Proof, RecordedFile, Referent};
use crate::finding::{Finding, Gap, Kind, Sides};

use super::Claim;
use super::candidate::Candidate;
use super::claims::Claimed;
use super::files::{Digests, FileDigest, Files, FilesArena};
use super::gather::Sorted;

mod group;
mod spans;

pub(super) use group::Group;
pub(super) use spans::{From, Spans};

/// What derived values are looked up in.
pub(super) struct Derivations<'a> {
    pub(super) facts: Sides<&'a ImageFacts>,
    pub(super) gaps: &'a [Gap],
    pub(super) spans: &'a Spans,
    pub(super) sorted: &'a Sorted<'a>,
    pub(super) files: &'a Files<Digests>,
    pub(super) arena: &'a FilesArena,
}

impl Derivations<'_> {
    /// Makes the derived claim that holds for a candidate that has none, and says what it follows from.
    ///
    /// # Errors
    /// When a temporary file cannot be read.
    pub(super) fn claim(&self, candidate: &mut Candidate, position: usize, group: &Group) -> io::Result<Option<From>> {
        if candidate.claimed.is_some() {
            return Ok(None);
        }
        for cause in &candidate.deferred {
            let Proof::Derived(referent) = cause.proof else { continue };
            let Some(referent) = referent(&candidate.finding, self.facts) else { continue };
            let from = self.from(&candidate.finding, position, &referent, group)?;
            if from.next(0, self.spans).is_some() || self.unread(&candidate.finding, &referent) {
                candidate.claimed = Some(Claimed { claim: Claim::Derived, cause, canonical: None, witnesses: None });
                return Ok(Some(from));
            }
        }
        Ok(None)
    }

    /// The findings that one follows from directly.
    fn from(&self, finding: &Finding, position: usize, referent: &Referent, group: &Group) -> io::Result<From> {
        let location = &finding.location;
        Ok(match referent {
            Referent::SameEntry => group.content(position, location),
            Referent::SameHeader => group.header(position, location),
            Referent::Layer if location.kind == Kind::Config => From::Uncompressed(self.spans.layer(&location.layer)),
            Referent::Layer => From::All(self.spans.layer(&location.layer)),
            Referent::Config => From::All(self.spans.config()),
            Referent::Manifest => From::Some([].into()),
            Referent::File { path, recorded } => From::Some(self.file(path, recorded)?),
        })
    }

    /// The findings of a file's content, where its contents are the recorded ones.
    fn file(&self, path: &[u8], recorded: &Sides<RecordedFile>) -> io::Result<Arc<[usize]>> {
        let Some(actual) = self.files.get(self.arena, path)? else { return Ok([].into()) };
        let holds = recorded.zip(actual).map(|(recorded, FileDigest { sha256, size, .. })| {
            recorded.sha256 == sha256 && recorded.size.is_none_or(|recorded| recorded == size)
        });
        if holds == Sides::new(true, true) { self.spans.of_file(path, self.sorted) } else { Ok([].into()) }
    }

    /// Whether the object that a value is derived from could not be read: then the value follows from the gap.
    fn unread(&self, finding: &Finding, referent: &Referent) -> bool {
        *referent == Referent::Layer
            && self.gaps.iter().any(|gap| {
                let (gap, layer) = (&gap.location.layer, &finding.location.layer);
                (gap.original.is_some() && gap.original == layer.original)
                    || (gap.rebuild.is_some() && gap.rebuild == layer.rebuild)
            })
    }
}
