//! Which claims map both sides to one form: proven and excluded ones, and derived ones that follow from such alone.

use std::collections::BTreeMap;

use super::Claim;
use super::derived::{From, Spans};

/// How much is known of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Converges,
    Fails,
    /// It is derived from findings of which not everything is known.
    Waits,
    /// The same, and being found out.
    Visited,
}

/// Finds out about the findings of one section as they come, and about the rest at the end.
#[derive(Default)]
pub(super) struct Convergence {
    states: Vec<State>,
    waiting: BTreeMap<usize, From>,
}

impl Convergence {
    /// Takes in the next finding in order, with what it follows from where it is derived.
    pub(super) fn note(&mut self, claim: Claim, from: Option<From>) {
        let state = match (claim, from) {
            (Claim::Proven | Claim::Excluded, _) => State::Converges,
            (Claim::Derived, Some(from)) => {
                self.waiting.insert(self.states.len(), from);
                State::Waits
            }
            _ => State::Fails,
        };
        self.states.push(state);
    }

    /// Forgets what the findings from `start` on follow from, where that is enough to know of them: most follow from
    /// findings of their own entry.
    pub(super) fn settle(&mut self, start: usize, spans: &Spans) {
        loop {
            let waiting = self.waiting.range(start..);
            // Most of those after each other follow from the same.
            let mut last: Option<(&From, Option<State>)> = None;
            let mut state = |from| match last {
                Some((known, state)) if known.is(from) => state,
                _ => last.insert((from, self.known(from, spans))).1,
            };
            let known: Vec<(usize, State)> =
                waiting.filter_map(|(position, from)| Some((*position, state(from)?))).collect();
            if known.is_empty() {
                return;
            }
            for (position, state) in known {
                self.waiting.remove(&position);
                self.set(position, state);
            }
        }
    }

    /// Of each finding, whether its claim maps both sides to one form.
    pub(super) fn finish(mut self, spans: &Spans) -> impl Iterator<Item = bool> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut last: Option<(&From, State)> = None;
        for (position, from) in &waiting {
            // What is known of one that follows from the same holds, unless one of the two was on the way to the other.
            match last.filter(|(known, _)| self.state(*position) == Some(State::Waits) && known.is(from)) {
                Some((_, state)) => self.set(*position, state),
                None => self.visit(*position, &waiting, spans),
            }
            last = self.state(*position).map(|state| (from, state));
        }
        self.states.into_iter().map(|state| state == State::Converges)
    }

    /// What is known of a finding that follows from these; something that follows from nothing shows nothing.
    fn known(&self, from: &From, spans: &Spans) -> Option<State> {
        let mut state = State::Fails;
        for position in from.iter(spans) {
            match self.state(position) {
                Some(State::Converges) => state = State::Converges,
                Some(State::Fails) => return Some(State::Fails),
                Some(State::Waits | State::Visited) | None => return None,
            }
        }
        Some(state)
    }

    /// Goes from finding to finding down to what is known, without recursion: chains may be as long as the list. What
    /// follows from itself fails.
    fn visit(&mut self, position: usize, waiting: &BTreeMap<usize, From>, spans: &Spans) {
        // What is being found out, and the position up to which all that it follows from converges.
        let mut path = Vec::new();
        if self.state(position) == Some(State::Waits) {
            self.set(position, State::Visited);
            path.push((position, 0));
        }
        while let Some((position, checked)) = path.last_mut() {
            let next = waiting.get(position).and_then(|from| from.next(*checked, spans));
            match next.map(|next| (next, self.state(next))) {
                Some((next, Some(State::Converges))) => *checked = next + 1,
                Some((next, Some(State::Waits))) => {
                    self.set(next, State::Visited);
                    path.push((next, 0));
                }
                other => {
                    let converges = other.is_none() && *checked > 0;
                    let position = *position;
                    path.pop();
                    self.set(position, if converges { State::Converges } else { State::Fails });
                }
            }
        }
    }

    fn state(&self, position: usize) -> Option<State> {
        self.states.get(position).copied()
    }

    fn set(&mut self, position: usize, state: State) {
        if let Some(known) = self.states.get_mut(position) {
            *known = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By the definition: the least set that holds the proven and what follows from members of it alone.
    fn least(findings: &[Option<Vec<usize>>]) -> Vec<bool> {
        let mut holds: Vec<bool> = findings.iter().map(Option::is_none).collect();
        loop {
            let follows = |from: &Vec<usize>| !from.is_empty() && from.iter().all(|position| holds[*position]);
            let next = findings.iter().map(|from| from.as_ref().is_none_or(follows)).collect();
            if holds == next {
                return holds;
            }
            holds = next;
        }
    }

    proptest! {
        #[test]
        fn it_is_the_least_set(
            findings in (1..40_usize).prop_flat_map(|count| {
                prop::collection::vec(prop::option::of(prop::collection::btree_set(0..count, 0..4)), count)
            }),
            sections in prop::collection::vec(any::<bool>(), 40),
        ) {
            let findings: Vec<Option<Vec<usize>>> =
                findings.into_iter().map(|from| from.map(|from| from.into_iter().collect())).collect();
            let spans = Spans::default();
            let mut convergence = Convergence::default();
            let mut start = 0;
            for (position, from) in findings.iter().enumerate() {
                match from {
                    Some(from) => convergence.note(Claim::Derived, Some(From::Some(from.clone().into()))),
                    None => convergence.note(Claim::Proven, None),
                }
                if sections[position] {
                    convergence.settle(start, &spans);
                    start = position + 1;
                }
            }
            prop_assert_eq!(convergence.finish(&spans).collect::<Vec<_>>(), least(&findings));
        }
    }
}
