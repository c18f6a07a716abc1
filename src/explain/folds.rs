//! Names of two layers of one image that are one where case does not count.

use crate::finding::{Gap, GapReason, Kind, Location, Side, Sides};
use crate::image::layer::Folds;

/// A gap for each layer of a side that was read and has a name which is one with another of those below it: which of the
/// two a container sees hangs on who unpacks them.
pub(super) fn gaps(side: Side, mut layers: Vec<(u32, Folds)>) -> Vec<Gap> {
    layers.sort_by_key(|(layer, _)| *layer);
    let mut below = Folds::default();
    let meeting = layers.into_iter().filter_map(|(layer, folds)| below.take_in(folds).then_some(layer));
    let gap = |layer| {
        let location = Location::new(Kind::Layer).in_layer(Sides::only(side, layer));
        let detail = format!("a name of layer {layer} is one with another of a layer below where case does not count");
        Gap { location, reason: GapReason::Unsupported, detail }
    };
    meeting.map(gap).collect()
}
