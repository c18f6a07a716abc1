//! What is derived inside a file is accepted only where everything that it follows from is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::marks::Marks;
use crate::explain::{Positions, Store};

/// Takes back the acceptance of findings that are as acceptable as what they follow from, where not all of that is
/// accepted. Something that follows from itself, at any distance, is not.
pub(super) fn narrow<'a>(findings: &Store, reasons: Vec<Option<&'a str>>) -> Vec<Option<&'a str>> {
    let conditional: Vec<usize> =
        findings.heads().enumerate().filter(|(_, head)| head.conditional).map(|(position, _)| position).collect();
    if conditional.is_empty() {
        return reasons;
    }
    let mut chain = Chain::new(reasons, conditional);
    let mut waiting = BTreeMap::new();
    let mut last: Option<(Arc<Positions>, State)> = None;
    for (index, (position, grounds)) in findings.conditional().enumerate() {
        let known = last.take().filter(|(same, _)| Arc::ptr_eq(same, &grounds)).map(|(_, state)| state);
        let from = known.unwrap_or_else(|| chain.state(&grounds, &mut 0));
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
    let mut known = Known::new();
    for index in waiting.keys() {
        chain.visit(*index, &waiting, &mut known);
    }
    let Chain { mut reasons, conditional, rest, .. } = chain;
    for (index, position) in conditional.iter().enumerate() {
        if let Some(reason) = reasons.get_mut(*position).filter(|_| rest.has(index)) {
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

/// What lists come to from which findings follow, while all of them are in memory.
type Known = BTreeMap<*const Positions, State>;

struct Chain<'a> {
    /// What the rules say of each finding alone.
    reasons: Vec<Option<&'a str>>,
    /// Positions that no rule accepts.
    refused: Vec<usize>,
    /// Positions of the findings whose acceptance depends on others.
    conditional: Vec<usize>,
    /// Of those, by their index: which are not accepted, of these which never will be, and which nobody has gone down to.
    rest: Marks,
    denied: Marks,
    open: Marks,
    /// Ranges looked at.
    #[cfg(test)]
    steps: usize,
}

impl<'a> Chain<'a> {
    fn new(reasons: Vec<Option<&'a str>>, conditional: Vec<usize>) -> Self {
        let is_refused = |(position, reason): (usize, &Option<&str>)| reason.is_none().then_some(position);
        let refused = reasons.iter().enumerate().filter_map(is_refused).collect();
        let count = conditional.len();
        let (rest, denied, open) = (Marks::all(count), Marks::none(count), Marks::all(count));
        Chain {
            reasons,
            refused,
            conditional,
            rest,
            denied,
            open,
            #[cfg(test)]
            steps: 0,
        }
    }

    /// What follows from findings in these ranges, of which the first `accepted` are known to be. No range is walked
    /// through.
    fn state(&mut self, grounds: &Positions, accepted: &mut usize) -> State {
        if grounds.iter().all(Range::is_empty) {
            return State::Refused;
        }
        while let Some(range) = grounds.get(*accepted) {
            #[cfg(test)]
            {
                self.steps += 1;
            }
            let inside = within(&self.conditional, range);
            let refused = !within(&self.refused, range).is_empty() || self.denied.first_in(&inside).is_some();
            if refused || range.end > self.reasons.len() {
                return State::Refused;
            }
            if self.rest.first_in(&inside).is_some() {
                return State::Open;
            }
            *accepted += 1;
        }
        State::Accepted
    }

    /// Goes down to what is known, without recursion: to each finding once, and through each list of what several follow
    /// from once it is known what it comes to. `known` has these by where they are in memory.
    fn visit(&mut self, index: usize, waiting: &BTreeMap<usize, Arc<Positions>>, known: &mut Known) {
        let mut path = vec![(index, 0)];
        while let Some((index, accepted)) = path.last_mut() {
            let index = *index;
            let grounds = waiting.get(&index).filter(|_| matches!(self.get(index), State::Open | State::Visited));
            let Some(grounds) = grounds else {
                path.pop();
                continue;
            };
            self.set(index, State::Visited);
            let list = Arc::as_ptr(grounds);
            let mut state = known.get(&list).copied().unwrap_or_else(|| self.state(grounds, accepted));
            if state == State::Open {
                let range = grounds.get(*accepted).map(|range| within(&self.conditional, range));
                if let Some(below) = range.and_then(|range| self.open.first_in(&range)) {
                    path.push((below, 0));
                    continue;
                }
                // All that can be found out was: what is still open follows from itself.
                state = State::Refused;
            }
            known.insert(list, state);
            self.set(index, state);
            path.pop();
        }
    }

    fn get(&self, index: usize) -> State {
        match (self.rest.has(index), self.denied.has(index), self.open.has(index)) {
            (false, ..) => State::Accepted,
            (_, true, _) => State::Refused,
            (.., true) => State::Open,
            _ => State::Visited,
        }
    }

    fn set(&mut self, index: usize, state: State) {
        self.rest.set(index, state != State::Accepted);
        self.denied.set(index, state == State::Refused);
        self.open.set(index, state == State::Open);
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

    /// Of 3,000 findings each follows from all those behind it.
    #[test]
    fn ranges_are_not_walked_through() {
        let count = 3000;
        for end in [true, false] {
            let grounds = |index: usize| Arc::new(std::iter::once(index + 1..count + 1).collect());
            let reasons = vec![Some("r"); count].into_iter().chain([end.then_some("r")]).collect();
            let mut chain = Chain::new(reasons, (0..count).collect());
            let waiting = (0..count).map(|index| (index, grounds(index))).collect();
            let mut known = Known::new();
            (0..count).for_each(|index| chain.visit(index, &waiting, &mut known));
            assert!((0..count).all(|index| chain.get(index) == if end { State::Accepted } else { State::Refused }));
            assert!(chain.steps <= 3 * count, "{} steps", chain.steps);
        }
    }

    #[test]
    fn a_list_that_many_follow_from_is_looked_at_once() {
        let count = 1000;
        let grounds: Arc<Positions> =
            Arc::new((0..count).map(|index| count + 2 * index..count + 2 * index + 1).collect());
        let mut chain = Chain::new(vec![Some("r"); 4 * count], (0..count).collect());
        let waiting = (0..count).map(|index| (index, Arc::clone(&grounds))).collect();
        let mut known = Known::new();
        (0..count).for_each(|index| chain.visit(index, &waiting, &mut known));
        assert!((0..count).all(|index| chain.get(index) == State::Accepted));
        assert_eq!(chain.steps, count);
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
