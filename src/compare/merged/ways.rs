//! Whether the layers below a run have directories where its entries go through some.

use std::ops::Bound;
use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::layer::LayerFailure;
use crate::finding::{Detail, GapReason, Obstacle, Side, Uncompared};
use crate::image::entry::EntryType;
use crate::image::layer::LayerError;
use crate::image::rootfs::{LayerView, Rootfs, Wanted};
use crate::limits::Limits;

use super::failure::RunFailure;
use super::run::{OpenLayer, Run};
use super::unsupported;

/// Makes sure that entries of a run go through no symlink and no file of the layers below it: where they land, and what they
/// replace, is not the same for all runtimes.
///
/// # Errors
/// [`RunFailure`].
pub(super) fn check_ways(
    run: &Run,
    side: Side,
    start: u32,
    open: &OpenLayer<'_>,
    limits: &Limits,
) -> Result<(), RunFailure> {
    if run.open.is_empty() || start == 0 {
        return Ok(());
    }
    let memory = limits.findings_memory_bytes / 8 / (start as usize);
    let mut wanted = Wanted::default();
    run.open.iter().for_each(|path| wanted.path(path));
    let view = |layer: u32| {
        let failed = |error| RunFailure { failure: LayerFailure { side, error }, layer };
        let reader = open(side, layer).map_err(failed)?;
        LayerView::load(reader, &wanted, memory).map(Arc::new).map_err(failed)
    };
    let views: Result<Vec<_>, RunFailure> = (0..start).into_par_iter().map(view).collect();
    let views = views?;
    for (layer, view) in (0..).zip(&views) {
        if let Some(path) = view.symlinks().find(|path| run.open.contains(&path[..])) {
            return Err(unsupported(side, layer, Uncompared::Symlink(path.escape_ascii().to_string())));
        }
    }
    let (tree, _) = Rootfs::new(&views, &wanted);
    let is_file = |path: &&Arc<[u8]>| {
        let kind = tree.kind(start - 1, path);
        matches!(kind, Ok(Some(kind)) if kind != EntryType::Directory)
    };
    match run.open.iter().find(is_file) {
        None => Ok(()),
        Some(path) => {
            let below = [&path[..], b"/"].concat();
            let below = run.places.range::<[u8], _>((Bound::Excluded(&below[..]), Bound::Unbounded)).next();
            let name = Some((below.map_or(path, |(below, _)| below).escape_ascii().to_string(), false));
            let detail = Detail::Entry { name, obstacle: Obstacle::NotADirectory };
            let error = LayerError { reason: GapReason::Malformed, detail };
            Err(RunFailure { failure: LayerFailure { side, error }, layer: start })
        }
    }
}
