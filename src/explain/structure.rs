//! Claims that need the merged trees: entries that one layer names and the other need not, whiteouts, moved files.

use crate::causes::{self, Proof};
use crate::finding::{Aspect, Finding, Kind, Sides};
use crate::image::load::Image;
use crate::image::rootfs::{Rootfs, Wanted};

use super::candidate::{Candidate, Context, EntryPair, views};
use super::claims::offer_trees;
use super::platform::{Gathered, in_tree};
use super::trees;

/// The cause of findings at paths that one layer names more than once.
const DUPLICATE: &str = "tar-duplicate-entry";

/// Makes the claims that need the trees; whether the trees and the configs' values are the same.
pub(super) fn resolve(
    images: Sides<&Image>,
    context: &Context<'_>,
    gathered: &mut Gathered,
    split_differs: bool,
) -> bool {
    let duplicates = std::mem::take(&mut gathered.duplicates);
    if let Some(duplicate) =
        causes::find(DUPLICATE).filter(|cause| context.causes.iter().any(|known| known.id == cause.id))
    {
        for candidate in &mut gathered.candidates {
            let path = candidate.finding.location.path.as_ref();
            if candidate.claimed.is_none() && path.is_some_and(|path| duplicates.contains(path)) {
                // Whatever else looks at the trees sees the last entry only and would pass over the others.
                candidate.deferred.retain(|cause| !matches!(cause.proof, Proof::Tree(_)));
                candidate.deferred.push(duplicate);
            }
        }
    }
    let top = images.map(|image| image.layers.len().checked_sub(1).and_then(|last| u32::try_from(last).ok()));
    let apart = |candidate: &Candidate| {
        let path = candidate.finding.location.path.as_ref();
        candidate.pair == EntryPair::Apart
            && candidate.finding.location.layer == top
            && path.is_some_and(|path| !duplicates.contains(path))
    };
    let maybe_same = same_config(&gathered.candidates, split_differs) && !gathered.candidates.iter().any(apart);
    let mut wanted = Wanted::default();
    let mut relevant = false;
    for candidate in &gathered.candidates {
        let asks = needs_trees(candidate);
        if asks || (maybe_same && in_tree(&candidate.finding)) {
            trees::ask(&mut wanted, &candidate.finding, candidate.entries());
            relevant = true;
        }
    }
    if !relevant {
        return maybe_same;
    }
    let floor = floor(&gathered.candidates, maybe_same);
    let Some(trees) = trees::load(images, wanted, floor, context.limits) else { return false };
    for candidate in &mut gathered.candidates {
        claim(candidate, context, trees.as_ref());
    }
    maybe_same
        && gathered
            .candidates
            .iter()
            .filter(|candidate| in_tree(&candidate.finding))
            .all(|candidate| same_at(candidate, &trees))
}

/// The lowest layers that matter to the checks: those below are not opened, shared as they mostly are.
fn floor(candidates: &[Candidate], maybe_same: bool) -> Sides<u32> {
    let mut floor = Sides::new(u32::MAX, u32::MAX);
    for candidate in candidates {
        let asks = needs_trees(candidate);
        if asks || (maybe_same && in_tree(&candidate.finding)) {
            let covered =
                if asks || candidate.pair == EntryPair::Open { None } else { candidate.finding.location.layer.both() };
            let lowest = covered.unwrap_or(Sides::new(0, 0));
            floor = floor.zip(lowest).map(|(one, other)| one.min(other));
        }
    }
    floor
}

fn needs_trees(candidate: &Candidate) -> bool {
    candidate.claimed.is_none() && candidate.deferred.iter().any(|cause| matches!(cause.proof, Proof::Tree(_)))
}

fn claim(candidate: &mut Candidate, context: &Context<'_>, trees: Sides<&Rootfs>) {
    if !needs_trees(candidate) {
        return;
    }
    let entries = candidate.entries();
    let views =
        views(context, &candidate.finding, candidate.held, entries, Sides::new(None, None), Sides::new(false, false));
    let claimed = candidate.deferred.iter().find_map(|cause| offer_trees(cause, &views, trees));
    if claimed.is_some() {
        candidate.claimed = claimed;
    }
}

/// Whether the configs are the same as values but for the diff IDs and, where the split differs, the history.
fn same_config(candidates: &[Candidate], split_differs: bool) -> bool {
    let allowed = |finding: &Finding| {
        let field = finding.location.field_name();
        finding.aspect == Aspect::Encoding
            || field.starts_with("/rootfs/diff_ids")
            || (split_differs && field.starts_with("/history"))
    };
    candidates
        .iter()
        .map(|candidate| &candidate.finding)
        .filter(|finding| finding.location.kind == Kind::Config)
        .all(allowed)
}

/// Whether the merged trees hold the same at a finding's path.
fn same_at(candidate: &Candidate, trees: &Sides<Rootfs>) -> bool {
    let path = candidate.finding.location.path_bytes();
    let entries = [candidate.entries().original, candidate.entries().rebuild];
    let whiteout = entries.into_iter().flatten().find(|entry| entry.whiteout().is_some());
    let paths = match whiteout {
        None => vec![path.to_vec()],
        Some(entry) => match crate::image::rootfs::whiteout_target(entry) {
            Some(target) => vec![target],
            None => {
                let below = |tree: &Rootfs, layer: Option<u32>| {
                    layer.map_or(Vec::new(), |layer| tree.children_below(layer, entry.parent()))
                };
                let mut children = below(&trees.original, candidate.held.layer.original);
                children.extend(below(&trees.rebuild, candidate.held.layer.rebuild));
                children
            }
        },
    };
    paths.iter().all(|path| trees.as_ref().map(|tree| tree.merged(path)).same())
}
