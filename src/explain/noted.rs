//! Digests of files that others record: where both sides record the same one, contents that differ fit it on one side at
//! most, and who checks it is told so there alone.

use std::io;
use std::sync::Arc;

use crate::content::notes::{Noted, Row, Sums, is_named_by_content};
use crate::finding::{Aspect, Kind, Location, Side, Sides};
use crate::image::name_hash::name_hash;
use crate::image::path::clean;

use super::candidate::Candidate;
use super::files::{Digests, FileDigest, Files, FilesArena};
use super::links;
use super::passing::{MOST_NAMES, Passing};

/// Formats of files that are handed on as they are, and held against digests.
const FORMATS: [&str; 7] = ["gzip", "xz", "bzip2", "zstd", "zip", "tar", "ar"];

/// Bytes of SHA-256, and of what has no length: a signature.
const SHA256: u8 = 32;
const SIGNATURE: u8 = 0;

/// Whether what is claimed is of the content of a file.
fn is_of_content(location: &Location, aspect: Aspect) -> bool {
    let of_file = match aspect {
        Aspect::Content => location.field_name() != "padding",
        Aspect::Compression => true,
        _ => false,
    };
    location.kind == Kind::Entry && (of_file || !location.inside.is_empty() || location.part.is_some())
}

/// The lowest of the layers that both images share in which the file of a claim may be recorded, of the original's: of what
/// is handed on as it is, any. To read a base for each stamp would cost more than all the rest, and none can record a
/// stamp that a later layer makes; those above can.
pub(super) fn noted_from(candidate: &Candidate) -> Option<u32> {
    let location = &candidate.finding.location;
    if candidate.claimed.is_none() || !is_of_content(location, candidate.finding.aspect) {
        return None;
    }
    let is_handed_on = location.part.as_ref().is_some_and(|part| FORMATS.contains(&&*part.format));
    Some(if is_handed_on || !location.inside.is_empty() { 0 } else { above(candidate) })
}

/// The layer of the original above that of a candidate.
pub(super) fn above(candidate: &Candidate) -> u32 {
    candidate.held.layer.original.map_or(0, |layer| layer + 1)
}

/// What is known of what files record.
#[derive(Clone, Copy)]
pub(super) struct Recorders<'a> {
    pub(super) passing: &'a Passing,
    /// The files whose contents differ.
    pub(super) differing: &'a Files<Digests>,
    pub(super) arena: &'a FilesArena,
    /// Whether a layer that both share could not be read that was to be looked into.
    pub(super) unread: bool,
}

impl Recorders<'_> {
    /// Whether a claim of a content does not hold: both sides record one digest of the file, or may do.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn contradict(&self, candidate: &Candidate) -> io::Result<bool> {
        let location = &candidate.finding.location;
        if candidate.claimed.is_none() || !is_of_content(location, candidate.finding.aspect) {
            return Ok(false);
        }
        if self.unread {
            return Ok(true);
        }
        let path = clean(location.path_bytes());
        if is_named_by_content(&path) {
            return Ok(true);
        }
        let contents = self.differing.all(self.arena, location.path_bytes())?;
        if contents.iter().any(|contents| self.are_written_down(contents)) {
            return Ok(true);
        }
        for name in self.names(&path)? {
            if self.is_recorded(&name, &contents) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether both sides have the digest of one side's content.
    fn are_written_down(&self, contents: &Digests) -> bool {
        let noted = &self.passing.noted;
        let both = |hash: u64| noted.original.holds(hash) && noted.rebuild.holds(hash);
        let any = |digest: &FileDigest| {
            both(name_hash(&digest.sha256)) || digest.others.iter().flat_map(Sums::hashes).any(both)
        };
        any(&contents.original) || any(&contents.rebuild)
    }

    /// Whether both sides record one digest of the file of a name, and one of the contents may be what it is of: a record
    /// that fits neither is out of date on both sides.
    fn is_recorded(&self, name: &[u8], contents: &[Digests]) -> bool {
        let rows = self.passing.noted.as_ref().map(|noted: &Noted| noted.rows(name));
        let Some(Sides { original, rebuild }) = rows.both() else { return true };
        let fits = |row: &Row| contents.is_empty() || contents.iter().any(|contents| may_fit(row, contents));
        original.iter().any(|row| rebuild.binary_search(row).is_ok() && fits(row))
    }

    /// The names under which a file may be recorded.
    fn names(&self, path: &[u8]) -> io::Result<Vec<Arc<[u8]>>> {
        let mut names: Vec<Arc<[u8]>> = vec![path.into()];
        for side in Side::BOTH {
            let links = self.passing.made.get(side).all(self.arena, path)?;
            names.extend(links.into_iter().take(MOST_NAMES).map(|(_, link)| link));
        }
        let merged: Vec<_> = names.iter().filter_map(|name| links::merged(name)).map(Arc::from).collect();
        names.extend(merged);
        Ok(names)
    }
}

/// Whether a digest is that of one of two contents, as far as is known.
fn may_fit(row: &Row, contents: &Digests) -> bool {
    [contents.original, contents.rebuild].iter().any(|content| {
        let is_other = |sums: Sums| sums.hashes().any(|hash| hash == row.digest);
        match row.length {
            SIGNATURE => true,
            SHA256 => row.digest == name_hash(&content.sha256) || content.others.is_some_and(is_other),
            _ => content.others.is_none_or(is_other),
        }
    })
}
