//! Which inputs of the builds differ, by the evidence of the claims that hold, and how many findings follow from each.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::causes::{Evidence, InputKind, Proof, Witness};
use crate::finding::Sides;

use super::candidate::Candidate;
use super::records::pair;

/// An input of the builds that the sides' own records say is another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// What it is to a build.
    pub kind: InputKind,
    /// What it is called.
    pub name: Arc<str>,
    /// What each side has there, where that may be told.
    pub values: Sides<Option<Arc<str>>>,
}

/// Inputs that differ, each with the findings that are attributed to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs(BTreeMap<Input, u64>);

impl Inputs {
    /// Takes note of a finding whose claim has been settled.
    pub(super) fn note(&mut self, candidate: &Candidate) {
        let Some(Proof::Drift(kind, _)) = candidate.claimed.as_ref().map(|claimed| &claimed.cause.proof) else {
            return;
        };
        let Some(Sides { original: Witness::Records(original), rebuild: Witness::Records(rebuild) }) = pair(candidate)
        else {
            return;
        };
        let value = |evidence: &Evidence| evidence.value.clone();
        let (name, values) = (original.name.clone(), Sides::new(value(original), value(rebuild)));
        *self.0.entry(Input { kind: *kind, name, values }).or_default() += 1;
    }

    /// Each of them, with the number of findings.
    pub fn iter(&self) -> impl Iterator<Item = (&Input, u64)> {
        self.0.iter().map(|(input, findings)| (input, *findings))
    }
}
