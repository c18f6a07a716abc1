//! What checks are given, and what they find.

use std::ops::Range;

use super::call::Call;
use super::rule::Case;
use super::stages::{Facts, Variables};
use super::step::Step;
use super::surroundings::Surroundings;

/// A case found in a Dockerfile.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) case: &'static Case,
    /// The instruction.
    pub(super) node: usize,
    /// Where in the file it is.
    pub(super) place: Range<usize>,
    /// The words at fault.
    pub(super) words: String,
}

/// What holds at an instruction.
pub(super) struct Scope<'a> {
    pub(super) stage: &'a Facts,
    pub(super) variables: &'a Variables,
    /// Whether packages of Debian come from an archive that stays as it was on one day.
    pub(super) snapshot: bool,
    pub(super) surroundings: &'a Surroundings,
}

impl Scope<'_> {
    /// Whether a variable is there for a call, and not empty.
    pub(super) fn is_set(&self, name: &str, call: &Call) -> bool {
        if let Some(value) = call.variable(name) {
            return !value.text.is_empty();
        }
        self.variables.get(name).is_some_and(|variable| {
            variable.value.as_deref().is_none_or(|value| !value.trim_matches(['"', '\'']).is_empty())
        })
    }
}

/// Collects what is found.
#[derive(Default)]
pub(super) struct Finds(pub(super) Vec<Found>);

impl Finds {
    /// A call is at fault.
    pub(super) fn call(&mut self, case: &'static Case, step: &Step<'_>, call: &Call) {
        self.add(case, step, call.place.clone(), call.line());
    }

    pub(super) fn add(&mut self, case: &'static Case, step: &Step<'_>, place: Range<usize>, words: String) {
        self.0.push(Found { case, node: step.node, place, words });
    }

    /// A part of an instruction's line is at fault.
    pub(super) fn part(&mut self, case: &'static Case, step: &Step<'_>, range: &Range<usize>) {
        let logical = &step.instruction.logical;
        let place = logical.at(range.start)..logical.end_at(range.end);
        self.add(case, step, place, logical.slice(range).to_owned());
    }
}
