//! Names of two layers of one image that are one where case does not count.

use std::collections::BTreeSet;

use crate::finding::{Gap, GapReason, Kind, Location, Sides, Unread};
use crate::image::layer::Folds;

/// A gap for each layer that was read and has a name which is one with another of those below it: which of the two a
/// container sees hangs on who unpacks them. It is told once where it is the same on both sides.
pub(super) fn gaps(layers: Sides<Vec<(u32, Folds)>>) -> Vec<Gap> {
    let meeting = layers.map(meeting);
    let gap = |layer: &u32| {
        let sides = meeting.as_ref().map(|meeting| meeting.get(layer).copied());
        let location = Location::new(Kind::Layer).in_layer(sides);
        Gap { location, reason: GapReason::Unsupported, detail: Unread::FoldedLayers(*layer).into() }
    };
    meeting.original.union(&meeting.rebuild).map(gap).collect()
}

/// The layers of one side that have such a name.
fn meeting(mut layers: Vec<(u32, Folds)>) -> BTreeSet<u32> {
    layers.sort_by_key(|(layer, _)| *layer);
    let mut below = Folds::default();
    layers.into_iter().filter_map(|(layer, folds)| below.take_in(folds).then_some(layer)).collect()
}
