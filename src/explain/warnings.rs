//! Hazards of files: one warning for each cause and kind of detail, however many files show it.

use std::collections::BTreeMap;

use crate::finding::Sides;

use super::Warning;

/// A hazard that one file shows.
pub(super) struct Shown {
    /// What is said of it.
    pub(super) warning: Warning,
    /// What the details say but for the names in them.
    pub(super) kinds: Sides<Option<&'static str>>,
}

/// A cause, and what its details say.
type Kind = (&'static str, [Option<&'static str>; 2]);

/// The hazards that were seen, in the order in which each kind was first.
#[derive(Default)]
pub(super) struct Warnings {
    all: Vec<Warning>,
    positions: BTreeMap<Kind, usize>,
}

impl Warnings {
    /// Takes note of one more: the first of its kind is the example of all.
    pub(super) fn add(&mut self, hazard: Shown) {
        let Shown { warning, kinds } = hazard;
        let position =
            *self.positions.entry((warning.cause.id, [kinds.original, kinds.rebuild])).or_insert(self.all.len());
        match self.all.get_mut(position) {
            Some(known) => known.count += warning.count,
            None => self.all.push(warning),
        }
    }

    /// All of them.
    pub(super) fn finish(self) -> Vec<Warning> {
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes;
    use crate::finding::{Kind, Location};

    #[test]
    fn files_that_show_the_same_are_counted() {
        let mut warnings = Warnings::default();
        let cause = causes::find("pyc-stale-after-clamp").unwrap();
        let mut add = |path: &str, kinds: Sides<Option<&'static str>>| {
            let location = Location::new(Kind::Entry).at_path(path.as_bytes().into());
            let details = kinds.map(|kind| kind.map(|kind| format!("{path} {kind}")));
            warnings.add(Shown { warning: Warning { cause, location, count: 1, details }, kinds });
        };
        add("a", Sides::new(Some("is stale"), None));
        add("b", Sides::new(None, Some("is stale")));
        add("c", Sides::new(Some("is stale"), None));
        let said = warnings.finish().into_iter().map(|warning| (warning.location.path, warning.count, warning.details));
        let (a, b) = (Some("a is stale".to_owned()), Some("b is stale".to_owned()));
        let expected =
            [(Some(b"a"[..].into()), 2, Sides::new(a, None)), (Some(b"b"[..].into()), 1, Sides::new(None, b))];
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }
}
