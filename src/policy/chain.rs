//! What is derived inside a file is accepted only where everything that it follows from is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::explain::{Positions, Store};

/// Takes back the acceptance of findings that are as acceptable as what they follow from, where not all of that is
/// accepted. Something that follows from itself, at any distance, is not.
pub(super) fn narrow<'a>(findings: &Store, reasons: Vec<Option<&'a str>>) -> Vec<Option<&'a str>> {
    let conditional: Vec<usize> =
        findings.heads().enumerate().filter(|(_, head)| head.conditional).map(|(position, _)| position).collect();
    if conditional.is_empty() {
        return reasons;
    }
    let is_refused = |(position, reason): (usize, &Option<&str>)| reason.is_none().then_some(position);
    let refused = reasons.iter().enumerate().filter_map(is_refused).collect();
    let mut chain = Chain { reasons, refused, states: vec![State::Open; conditional.len()], conditional };
    let mut waiting = BTreeMap::new();
    let mut last: Option<(Arc<Positions>, State)> = None;
    for (index, (position, grounds)) in findings.conditional().enumerate() {
        let known = last.take().filter(|(same, _)| Arc::ptr_eq(same, &grounds)).map(|(_, state)| state);
        let from = known.unwrap_or_else(|| chain.state(&grounds));
        last = Some((Arc::clone(&grounds), from));
        let state = match chain.reasons.get(position) {
            Some(Some(_)) => from,
            _ => State::Refused,
        };
        if state == State::Open {
            waiting.insert(index, grounds);
        }
        chain.set(index, state);
    }
    for index in waiting.keys() {
        chain.visit(*index, &waiting);
    }
    let Chain { mut reasons, conditional, states, .. } = chain;
    for (position, _) in conditional.iter().zip(states).filter(|(_, state)| *state != State::Accepted) {
        if let Some(reason) = reasons.get_mut(*position) {
            *reason = None;
        }
    }
    reasons
}

/// How much is known of a finding whose acceptance depends on others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Accepted,
    Refused,
    Open,
    /// Being found out.
    Visited,
}

struct Chain<'a> {
    /// What the rules say of each finding alone.
    reasons: Vec<Option<&'a str>>,
    /// Positions that no rule accepts.
    refused: Vec<usize>,
    /// Positions of the findings whose acceptance depends on others.
    conditional: Vec<usize>,
    /// Of each of those.
    states: Vec<State>,
}

impl Chain<'_> {
    /// What follows from findings in these ranges: a range is not walked through, only what in it depends on others.
    fn state(&self, grounds: &Positions) -> State {
        let mut state = if grounds.iter().all(Range::is_empty) { State::Refused } else { State::Accepted };
        for range in grounds {
            let inside = within(&self.refused, range);
            if !inside.is_empty() || range.end > self.reasons.len() {
                return State::Refused;
            }
            for index in within(&self.conditional, range) {
                match self.states.get(index) {
                    Some(State::Accepted) => {}
                    Some(State::Open | State::Visited) => state = State::Open,
                    Some(State::Refused) | None => return State::Refused,
                }
            }
        }
        state
    }

    /// Goes down to what is known, without recursion.
    fn visit(&mut self, index: usize, waiting: &BTreeMap<usize, Arc<Positions>>) {
        let mut path = vec![index];
        while let Some(index) = path.last().copied() {
            let grounds = waiting.get(&index).filter(|_| matches!(self.get(index), State::Open | State::Visited));
            let Some(grounds) = grounds else {
                path.pop();
                continue;
            };
            match self.state(grounds) {
                State::Open if self.get(index) == State::Open => {
                    self.set(index, State::Visited);
                    let below = grounds.iter().flat_map(|range| within(&self.conditional, range));
                    let open: Vec<usize> = below.filter(|index| self.get(*index) == State::Open).collect();
                    path.extend(open);
                }
                // All that can be found out was: what is still open follows from itself.
                State::Open | State::Visited => {
                    self.set(index, State::Refused);
                    path.pop();
                }
                known => {
                    self.set(index, known);
                    path.pop();
                }
            }
        }
    }

    fn get(&self, index: usize) -> State {
        self.states.get(index).copied().unwrap_or(State::Refused)
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(known) = self.states.get_mut(index) {
            *known = state;
        }
    }
}

/// The indexes of the sorted positions that are in a range.
fn within(positions: &[usize], range: &Range<usize>) -> Range<usize> {
    positions.partition_point(|position| *position < range.start)
        ..positions.partition_point(|position| *position < range.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::explain::Claim;
    use crate::explain::sample::{self, DIGEST, DRIFT, MTIME};

    /// By the definition: the least set.
    fn least(findings: &[Result<bool, Vec<usize>>]) -> Vec<bool> {
        let mut holds: Vec<bool> = findings.iter().map(|finding| *finding == Ok(true)).collect();
        loop {
            let follows = |from: &Vec<usize>| !from.is_empty() && from.iter().all(|position| holds[*position]);
            let next = findings.iter().map(|finding| finding.as_ref().map_or_else(follows, |holds| *holds)).collect();
            if holds == next {
                return holds;
            }
            holds = next;
        }
    }

    fn store(findings: &[Result<bool, Vec<usize>>]) -> Store {
        let explained = findings.iter().map(|finding| match finding {
            Ok(true) => sample::explained(sample::mtime(1, "a"), Claim::Proven, Some(&MTIME)),
            Ok(false) => sample::explained(sample::mtime(1, "a"), Claim::Attributed, Some(&DRIFT)),
            Err(from) => {
                let from: Vec<_> = from.iter().map(|position| (1, *position)).collect();
                sample::derived(sample::mtime(1, "a"), &DIGEST, &from)
            }
        });
        Store::of(explained.collect()).unwrap()
    }

    proptest! {
        #[test]
        fn it_is_the_least_set(
            findings in (1..40_usize).prop_flat_map(|count| {
                let from = prop::collection::btree_set(0..count, 0..4).prop_map(|from| from.into_iter().collect());
                prop::collection::vec(prop_oneof![any::<bool>().prop_map(Ok), from.prop_map(Err)], count)
            }),
        ) {
            let reasons = findings.iter().map(|finding| (*finding != Ok(false)).then_some("r")).collect();
            let accepted: Vec<bool> = narrow(&store(&findings), reasons).iter().map(Option::is_some).collect();
            prop_assert_eq!(accepted, least(&findings));
        }
    }

    #[test]
    fn a_long_chain_is_followed_to_its_end() {
        let mut findings: Vec<_> = (1..20_000).map(|next| Err(vec![next])).collect();
        for end in [true, false] {
            findings.push(Ok(end));
            let reasons = vec![Some("r"); findings.len() - 1].into_iter().chain([end.then_some("r")]).collect();
            let accepted = narrow(&store(&findings), reasons);
            assert!(accepted.iter().all(|reason| reason.is_some() == end));
            findings.pop();
        }
    }

    #[test]
    fn what_the_twentieth_does_not_show_counts_too() {
        let from: Vec<usize> = (1..=30).collect();
        let mut findings = vec![Err(from)];
        findings.extend((1..30).map(|_| Ok(true)));
        findings.push(Ok(false));
        let reasons = findings.iter().map(|finding| (*finding != Ok(false)).then_some("r")).collect();
        assert_eq!(narrow(&store(&findings), reasons)[0], None);
    }
}
