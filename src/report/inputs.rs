//! The inputs of the builds that differ, over index and platforms.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::Input;
use super::redact;
use crate::explain::{self, Explanation, Inputs};

/// All of them, those that most findings follow from first.
pub(super) fn of(explanation: &Explanation) -> Vec<Input> {
    let mut all: BTreeMap<&explain::Input, u64> = BTreeMap::new();
    let platforms = explanation.platforms.iter().map(|platform| &platform.inputs);
    for (input, findings) in platforms.chain([&explanation.index.inputs]).flat_map(Inputs::iter) {
        *all.entry(input).or_default() += findings;
    }
    let shown = |value: &Option<Arc<str>>| value.as_deref().map(redact::text);
    let input = |(input, findings): (&explain::Input, u64)| Input {
        kind: input.kind,
        name: redact::text(&input.name),
        original: shown(&input.values.original),
        rebuild: shown(&input.values.rebuild),
        findings,
    };
    let mut inputs: Vec<Input> = all.into_iter().map(input).collect();
    // Stable, and the map was in order of kind and name.
    inputs.sort_by_key(|input| u64::MAX - input.findings);
    inputs
}
