//! Which claims map both sides to one form: proven and excluded ones, and derived ones that follow from such alone; and
//! which derived ones follow from anything real at all.

use std::collections::BTreeMap;

use super::Claim;
use super::derived::{From, Spans};

/// How much is known of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Converges,
    Fails {
        /// It is no derived value, or follows from one that is none.
        grounded: bool,
    },
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

impl State {
    const fn is_grounded(self) -> bool {
        matches!(self, State::Converges | State::Fails { grounded: true })
    }
}

/// A finding that is being found out about.
struct Visit {
    position: usize,
    /// Up to which position it is known of all that it follows from.
    checked: usize,
    fails: bool,
    grounded: bool,
}

impl Visit {
    const fn new(position: usize) -> Self {
        Visit { position, checked: 0, fails: false, grounded: false }
    }

    /// Something that follows from nothing shows nothing.
    const fn outcome(&self) -> State {
        if self.fails || self.checked == 0 { State::Fails { grounded: self.grounded } } else { State::Converges }
    }

    const fn note(&mut self, position: usize, state: State) {
        self.checked = position + 1;
        self.fails = self.fails || !matches!(state, State::Converges);
        self.grounded = self.grounded || state.is_grounded();
    }
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
            _ => State::Fails { grounded: claim != Claim::Derived },
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

    /// Of each finding, whether its claim maps both sides to one form, and whether it follows from anything real.
    pub(super) fn finish(mut self, spans: &Spans) -> impl Iterator<Item = (bool, bool)> {
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
        self.states.into_iter().map(|state| (state == State::Converges, state.is_grounded()))
    }

    /// What is known of a finding that follows from these; something that follows from nothing shows nothing.
    fn known(&self, from: &From, spans: &Spans) -> Option<State> {
        let mut visit = Visit::new(0);
        for position in from.iter(spans) {
            let state = self.state(position).filter(|state| !matches!(state, State::Waits | State::Visited))?;
            visit.note(position, state);
            if visit.fails && visit.grounded {
                break;
            }
        }
        Some(visit.outcome())
    }

    /// Goes from finding to finding down to what is known, without recursion: chains may be as long as the list. What
    /// follows from itself fails, and is not real by that.
    fn visit(&mut self, position: usize, waiting: &BTreeMap<usize, From>, spans: &Spans) {
        let mut path = Vec::new();
        if self.state(position) == Some(State::Waits) {
            self.set(position, State::Visited);
            path.push(Visit::new(position));
        }
        while let Some(visit) = path.last_mut() {
            let open = !(visit.fails && visit.grounded);
            let from = waiting.get(&visit.position).filter(|_| open);
            let next = from.and_then(|from| from.next(visit.checked, spans));
            match next.map(|next| (next, self.state(next))) {
                Some((next, Some(State::Waits))) => {
                    self.set(next, State::Visited);
                    path.push(Visit::new(next));
                }
                Some((next, Some(state))) => visit.note(next, state),
                // Nobody knows what is there.
                Some((_, None)) => {
                    let (position, outcome) = (visit.position, State::Fails { grounded: visit.grounded });
                    path.pop();
                    self.set(position, outcome);
                }
                None => {
                    let (position, outcome) = (visit.position, visit.outcome());
                    path.pop();
                    self.set(position, outcome);
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
        let proven = |(position, from): (usize, &Option<Vec<usize>>)| from.is_none() && position % 3 != 0;
        let mut holds: Vec<bool> = findings.iter().enumerate().map(proven).collect();
        loop {
            let follows = |from: &Vec<usize>| !from.is_empty() && from.iter().all(|position| holds[*position]);
            let next = findings.iter().zip(&holds).map(|(from, holds)| from.as_ref().map_or(*holds, follows)).collect();
            if holds == next {
                return holds;
            }
            holds = next;
        }
    }

    /// Each finding follows from these, or is not derived.
    fn outcomes(findings: &[Option<Vec<usize>>], sections: &[bool]) -> Vec<(bool, bool)> {
        let spans = Spans::default();
        let mut convergence = Convergence::default();
        let mut start = 0;
        for (position, from) in findings.iter().enumerate() {
            match from {
                Some(from) => convergence.note(Claim::Derived, Some(From::Some(from.clone().into()))),
                // Every third one is real, and maps the sides to nothing.
                None if position % 3 == 0 => convergence.note(Claim::Unexplained, None),
                None => convergence.note(Claim::Proven, None),
            }
            if sections[position] {
                convergence.settle(start, &spans);
                start = position + 1;
            }
        }
        convergence.finish(&spans).collect()
    }

    /// The greatest set that no derived finding is in but for what it follows from.
    fn grounded(findings: &[Option<Vec<usize>>]) -> Vec<bool> {
        let mut holds: Vec<bool> = findings.iter().map(Option::is_none).collect();
        loop {
            let next: Vec<bool> = findings
                .iter()
                .map(|from| from.as_ref().is_none_or(|from| from.iter().any(|position| holds[*position])))
                .collect();
            if holds == next {
                return holds;
            }
            holds = next;
        }
    }

    fn of_sets(findings: Vec<Option<std::collections::BTreeSet<usize>>>) -> Vec<Option<Vec<usize>>> {
        findings.into_iter().map(|from| from.map(|from| from.into_iter().collect())).collect()
    }

    proptest! {
        #[test]
        fn it_is_the_least_set(
            findings in (1..40_usize).prop_flat_map(|count| {
                prop::collection::vec(prop::option::of(prop::collection::btree_set(0..count, 0..4)), count)
            }),
            sections in prop::collection::vec(any::<bool>(), 40),
        ) {
            let findings = of_sets(findings);
            let (converges, real): (Vec<_>, Vec<_>) = outcomes(&findings, &sections).into_iter().unzip();
            prop_assert_eq!(converges, least(&findings));
            for (real, grounded) in real.iter().zip(grounded(&findings)) {
                prop_assert!(!real || grounded);
            }
        }

        #[test]
        fn without_circles_everything_real_is_found(
            findings in (1..40_usize).prop_flat_map(|count| {
                prop::collection::vec(prop::option::of(prop::collection::btree_set(0..count, 0..4)), count)
            }),
            sections in prop::collection::vec(any::<bool>(), 40),
            down in any::<bool>(),
        ) {
            let mut findings = of_sets(findings);
            for (position, from) in findings.iter_mut().enumerate() {
                let ahead = |other: &usize| if down { *other > position } else { *other < position };
                if let Some(from) = from {
                    from.retain(ahead);
                }
            }
            let real: Vec<_> = outcomes(&findings, &sections).into_iter().map(|(_, real)| real).collect();
            prop_assert_eq!(real, grounded(&findings));
        }
    }
}
