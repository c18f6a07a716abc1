//! Claims on what only one side has are taken back where that does more to the tree than its own path shows.

use std::collections::{BTreeSet, HashSet};

use crate::compare::layer::LooseLink;
use crate::content::recorded::is_font_directory;
use crate::explain::candidate::Candidate;
use crate::explain::gate::is_mounted;
use crate::finding::{Aspect, Kind, Side, Sides, Value};
use crate::image::entry::EntryType;
use crate::image::name_hash::name_hash;
use crate::image::path;
use crate::image::rootfs::{Rootfs, Undecided};

use super::{Proof, Questions, Trees, changes_directories};

/// Names that writers give to PAX global headers, as far as those pass: containerd and buildah remove what is there (seen
/// with buildah 1.28.2).
pub(super) const GLOBAL_HEADERS: [&[u8]; 3] = [b"pax_global_header", b"@PaxHeader", b"GlobalHead.0.0"];

/// Hard links that are made to nothing of their own layer, on one side alone: runtimes that unpack each layer by itself find
/// no file there.
#[derive(Default)]
pub(super) struct Apart {
    /// Hashes of their paths, and of what they are made to.
    paths: HashSet<u64>,
}

impl Apart {
    pub(super) fn new(links: &Sides<BTreeSet<LooseLink>>) -> Self {
        let apart = links.original.symmetric_difference(&links.rebuild);
        Apart { paths: apart.flat_map(|link| [name_hash(&link.path), name_hash(&link.target)]).collect() }
    }

    /// Whether a finding may be what makes such a link: of it, or of the file that its layer does not have.
    fn are_of(&self, candidate: &Candidate) -> bool {
        let location = &candidate.finding.location;
        let of_entry = matches!(candidate.finding.aspect, Aspect::Presence | Aspect::Type | Aspect::Value);
        let path = location.path.as_deref().filter(|_| of_entry && location.kind == Kind::Entry);
        path.is_some_and(|path| self.paths.contains(&name_hash(&path::clean(path))))
    }
}

/// Whether an entry on one side is noise only while nobody reads it, and may be in the place of something else that the
/// layers below have there.
pub(super) fn may_replace(candidate: &Candidate) -> bool {
    let is_unread = candidate.claimed.as_ref().is_some_and(|claimed| claimed.cause.proof.is_of_unread());
    is_unread && candidate.finding.entry_on_one_side().is_some()
}

/// Whether only one side has a global header, as far as its records are claimed.
pub(super) fn is_lone_global_header(candidate: &Candidate) -> bool {
    let finding = &candidate.finding;
    let is_lone = finding.values.original == Value::Absent || finding.values.rebuild == Value::Absent;
    let of_header = finding.location.kind == Kind::Layer && finding.location.field_name().starts_with("pax.global");
    is_lone && of_header && candidate.claimed.is_some()
}

impl Trees {
    /// Takes back the claim on an entry that does not leave directories as they are, that another one of its layer replaces,
    /// or that is in the place of something else; and on a header that removes something.
    pub(in crate::explain) fn doubt(&mut self, candidate: &mut Candidate, is_entered: bool, questions: &Questions) {
        let removes = is_lone_global_header(candidate) && self.names_global_header();
        if candidate.claimed.is_some() && (removes || questions.apart.are_of(candidate)) {
            candidate.withdraw();
            self.same = false;
        }
        let Some(side) = candidate.finding.entry_on_one_side() else { return };
        let changes = changes_directories(candidate, is_entered) && !self.keeps_directories(candidate, side);
        // Those that are about such paths say so.
        let claimed = candidate.claimed.as_ref();
        let is_told = claimed.is_some_and(|claimed| matches!(claimed.cause.proof, Proof::Repeated(_)));
        let replaces = may_replace(candidate) && self.is_in_place_of_another(candidate, side);
        if changes || replaces || (!is_told && self.is_named_again(candidate, side)) {
            candidate.withdraw();
            self.same = false;
        }
    }

    /// Whether a layer of either image has something where a global header removes it, or may have.
    fn names_global_header(&self) -> bool {
        let Some(trees) = &self.loaded else { return true };
        [&trees.original, &trees.rebuild].into_iter().any(|tree| GLOBAL_HEADERS.iter().any(|name| tree.ever_has(name)))
    }

    /// Whether an entry that only one side has leaves directories as they are: on its own side those that it is in and that
    /// its layer has no entries for, on the other side the one that it is an entry for.
    fn keeps_directories(&self, candidate: &Candidate, side: Side) -> bool {
        let Some(trees) = &self.loaded else { return false };
        let (path, other) = (path::clean(candidate.finding.location.path_bytes()), side.other());
        let run = |side: Side| *candidate.held.run.get(side);
        let changes =
            |side: Side, directory: &[u8]| run(side).is_some_and(|run| trees.get(side).is_made_plain(run, directory));
        let is_bare =
            |side: Side, directory: &[u8]| run(side).is_some_and(|run| trees.get(side).is_bare(run, directory));
        let mut directories = path::ancestors(&path).filter(|directory| !directory.is_empty());
        // An entry makes a directory again what it was before a layer further below that had none.
        let is_restored = last(candidate, trees, other).is_some_and(|last| {
            let (tree, all) = (trees.get(other), (0, last));
            tree.is_made_plain(all, &path) || (is_font_directory(&path) && tree.is_bare(all, &path))
        });
        directories.all(|directory| is_bare(other, directory) || !changes(side, directory)) && !is_restored
    }

    /// Whether what the other side has at the path of an entry is of another kind: a file where this one is a directory, a
    /// link, or a directory with all that is below it.
    fn is_in_place_of_another(&self, candidate: &Candidate, side: Side) -> bool {
        let path = path::clean(candidate.finding.location.path_bytes());
        // Over some files runtimes mount their own, whatever is there: layers that cannot be read do not matter.
        let Some(trees) = &self.loaded else { return !is_mounted(&path) };
        let (tree, other) = (trees.get(side), trees.get(side.other()));
        let (Some(layer), Some(last)) = (*candidate.held.layer.get(side), last(candidate, trees, side.other())) else {
            return false;
        };
        let Ok(before) = other.kind(last, &path) else { return true };
        // Of files one leftover may be in the place of another; whose directory it is and where a link leads counts, but
        // for what is mounted over.
        let may_differ = before == Some(EntryType::File) || is_mounted(&path);
        let is_same = || may_differ || same_at((tree, layer), (other, last), &path);
        before.is_some() && (tree.kind(layer, &path) != Ok(before) || !is_same())
    }

    /// Whether the layer of an entry that only one side has names its path again, in other words: what the tree shows there
    /// in the end says nothing of the entry then, which hard links in between may be made to.
    fn is_named_again(&self, candidate: &Candidate, side: Side) -> bool {
        let Some(trees) = &self.loaded else { return false };
        let path = path::clean(candidate.finding.location.path_bytes());
        candidate.finding.location.layer.get(side).is_some_and(|layer| trees.get(side).is_named_again(layer, &path))
    }
}

/// The last layer of a side that an entry of the other side is held against.
fn last(candidate: &Candidate, trees: &Sides<Rootfs>, side: Side) -> Option<u32> {
    candidate.held.layer.get(side).or_else(|| trees.get(side).top())
}

/// Whether reading a path gives the same after a layer of either tree.
fn same_at((tree, layer): (&Rootfs, u32), (other, last): (&Rootfs, u32), path: &[u8]) -> bool {
    let own: Result<_, Undecided> = tree.file_at(layer, path);
    own.is_ok() && own == other.file_at(last, path)
}
