//! The findings by layer: how many, at how many paths, and what made the layer.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{DifferingLayer, DockerfileLine, Step};
use super::redact;
use crate::explain::{Claim, PlatformExplanation};
use crate::finding::{Kind, Location, Side, Sides};

/// What is known of the layers while the findings are walked over in document order.
#[derive(Default)]
pub(super) struct Layers(BTreeMap<(usize, Sides<Option<u32>>), Tally>);

struct Tally {
    /// The lower number of a pair and the higher; then, for a layer that one side alone has, when the first finding of it
    /// came: that is the same with the sides exchanged.
    order: (u32, u32, usize),
    findings: u64,
    accepted: u64,
    /// Findings that follow from others.
    derived: u64,
    entries: u64,
    last_path: Option<Arc<[u8]>>,
}

impl Layers {
    /// Takes note of a finding of a section, which is 0 for the index and else the number of the platform.
    pub(super) fn add(&mut self, section: usize, location: &Location, claim: Claim, accepted: bool) {
        let Some((lower, higher)) = numbers(location) else { return };
        let order = (lower, higher, self.0.len());
        let tally = self.0.entry((section, location.layer)).or_insert_with(|| Tally::new(order));
        tally.findings += 1;
        tally.accepted += u64::from(accepted);
        tally.derived += u64::from(claim == Claim::Derived);
        // Document order keeps the findings of an entry together.
        if location.path.is_some() && location.path != tally.last_path {
            tally.entries += 1;
            tally.last_path.clone_from(&location.path);
        }
    }

    /// The layers of a platform.
    pub(super) fn of(&self, section: usize, explained: &PlatformExplanation) -> Vec<DifferingLayer> {
        let mut tallies: Vec<_> = self.0.iter().filter(|((of, _), _)| *of == section).collect();
        tallies.sort_by_key(|(_, tally)| tally.order);
        let layer = |((_, layers), tally): (&(usize, Sides<Option<u32>>), &Tally)| DifferingLayer {
            original: layers.original,
            rebuild: layers.rebuild,
            step: Side::BOTH
                .into_iter()
                .filter_map(|side| step(explained, side, (*layers.get(side))?))
                .min_by(|one, other| (one.certainty, one).cmp(&(other.certainty, other))),
            findings: tally.findings,
            unaccepted: tally.findings - tally.accepted,
            entries: tally.entries,
            follows: tally.derived == tally.findings,
        };
        tallies.into_iter().map(layer).collect()
    }
}

impl Tally {
    const fn new(order: (u32, u32, usize)) -> Self {
        Tally { order, findings: 0, accepted: 0, derived: 0, entries: 0, last_path: None }
    }
}

/// The lower number of a pair of layers, and the higher.
fn numbers(location: &Location) -> Option<(u32, u32)> {
    let layers = location.layer;
    let is_in_layer = matches!(location.kind, Kind::Layer | Kind::Entry);
    let numbers = match (layers.original, layers.rebuild) {
        (Some(one), Some(other)) => (one.min(other), one.max(other)),
        (Some(only), None) | (None, Some(only)) => (only, only),
        (None, None) => return None,
    };
    is_in_layer.then_some(numbers)
}

/// The instruction that made a layer; `None` where the image does not tell.
pub(super) fn step(explained: &PlatformExplanation, side: Side, layer: u32) -> Option<Step> {
    let position = usize::try_from(layer).ok()?;
    let created_by = explained.steps.get(side).get(position)?;
    let place = explained.lines.get(side).get(position).and_then(Option::as_ref);
    let dockerfile = place.map(|place| DockerfileLine {
        path: redact::text(&place.line.path),
        line: place.line.line,
        stage: place.stage.as_deref().map(redact::text),
    });
    let certainty = place.map(|place| place.certainty).unwrap_or_default();
    let step = Step { layer, created_by: redact::command(created_by), dockerfile, certainty };
    (!step.created_by.is_empty()).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::sample;

    fn entry(layers: Sides<Option<u32>>, path: &str) -> Location {
        let mut location = Location::new(Kind::Entry).at_path(path.as_bytes().into());
        location.layer = layers;
        location
    }

    #[test]
    fn layers_are_in_order_of_the_lower_number_and_paths_count_once() {
        let mut layers = Layers::default();
        let one = Sides::new(Some(3), Some(1));
        layers.add(1, &entry(Sides::new(Some(2), Some(2)), "a"), Claim::Derived, true);
        layers.add(1, &entry(one, "a"), Claim::Proven, true);
        layers.add(1, &entry(one, "a"), Claim::Derived, false);
        layers.add(1, &entry(one, "b"), Claim::Unexplained, false);
        layers.add(2, &entry(one, "b"), Claim::Proven, true);
        layers.add(1, &Location::new(Kind::Config), Claim::Proven, true);
        let nothing = sample::platform(Vec::new());
        let found = layers.of(1, &nothing);
        let numbers: Vec<_> = found.iter().map(|layer| (layer.original, layer.rebuild)).collect();
        assert_eq!(numbers, [(Some(3), Some(1)), (Some(2), Some(2))]);
        let [first, second] = &found[..] else { panic!("{found:?}") };
        assert_eq!((first.findings, first.unaccepted, first.entries, first.follows), (3, 2, 2, false));
        assert_eq!((second.findings, second.unaccepted, second.entries, second.follows), (1, 0, 1, true));
    }
}
