//! The merged trees of both images, loaded only where a claim that matters needs a path in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::digest::Digest;
use crate::finding::{Finding, Side, Sides};
use crate::image::entry::{Entry, EntryType, Whiteout, normalise};
use crate::image::load::Image;
use crate::image::rootfs::{LayerView, Rootfs, Wanted, whiteout_target};
use crate::limits::Limits;

/// Asks for everything that a check of this finding may look at.
pub(super) fn ask(wanted: &mut Wanted, finding: &Finding, entries: Sides<Option<&Entry>>) {
    wanted.path(finding.location.path_bytes());
    for entry in [entries.original, entries.rebuild].into_iter().flatten() {
        if let Some(target) = whiteout_target(entry) {
            wanted.path(&target);
            wanted.directory(&target);
        }
        if matches!(entry.whiteout(), Some(Whiteout::Opaque)) {
            wanted.directory(entry.parent());
        }
        if entry.entry_type == EntryType::Hardlink {
            wanted.path(normalise(&entry.link_name));
        }
    }
}

/// Loads both trees for these paths, without what the layers below `floor` hold; `None` where a layer cannot be read:
/// then what needs them declines.
pub(super) fn load(
    images: Sides<&Image>,
    mut wanted: Wanted,
    floor: Sides<u32>,
    limits: &Limits,
) -> Option<Sides<Rootfs>> {
    // Targets of hard links are known only once the links have been seen.
    for _ in 0..3 {
        let trees = load_once(images, &wanted, floor, limits)?;
        let mut missing = trees.original.missing_targets();
        missing.extend(trees.rebuild.missing_targets());
        if missing.is_empty() {
            return Some(trees);
        }
        for target in missing {
            wanted.path(&target);
        }
        drop(trees);
    }
    load_once(images, &wanted, floor, limits)
}

fn load_once(images: Sides<&Image>, wanted: &Wanted, floor: Sides<u32>, limits: &Limits) -> Option<Sides<Rootfs>> {
    let mut jobs: BTreeMap<&Digest, (Side, u32)> = BTreeMap::new();
    for side in Side::BOTH {
        for (index, layer) in (0..).zip(&images.get(side).layers).filter(|(index, _)| index >= floor.get(side)) {
            jobs.entry(&layer.diff_id).or_insert((side, index));
        }
    }
    let memory = limits.findings_memory_bytes / jobs.len().max(1);
    let views: Option<BTreeMap<&Digest, Arc<LayerView>>> = jobs
        .into_par_iter()
        .map(|(diff_id, (side, index))| {
            let reader = images.get(side).open_layer(index, limits).ok()?;
            Some((diff_id, Arc::new(LayerView::load(reader, wanted, memory).ok()?)))
        })
        .collect();
    let views = views?;
    let tree = |image: &Image| {
        image.layers.iter().map(|layer| views.get(&layer.diff_id).cloned().unwrap_or_default()).collect()
    };
    Some(images.map(|image| Rootfs::new(tree(image))))
}
