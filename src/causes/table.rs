//! The causes that a finding may have, by kind, aspect and field.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::Cause;
use super::pattern::is_literal;
use super::scope::{Field, Place};
use crate::finding::{Aspect, Finding, Kind};

/// A list of causes, arranged so that a finding meets those only that may be about it.
#[derive(Default)]
pub struct Table(BTreeMap<(Kind, Aspect), Row>);

/// The causes of one kind and aspect, in the order of the list.
#[derive(Default)]
struct Row {
    /// By the fields that scopes name; whoever is about other fields, too, is in each of them.
    named: BTreeMap<&'static str, Vec<&'static Cause>>,
    /// For all other fields.
    others: Vec<&'static Cause>,
}

impl Table {
    /// Arranges a list of causes, most specific first.
    pub fn new(causes: &[&'static Cause]) -> Self {
        let places = || causes.iter().flat_map(|cause| cause.scope);
        let cells: BTreeSet<(Kind, Aspect)> = places().flat_map(cells).collect();
        Table(cells.into_iter().map(|cell| (cell, Row::new(causes, cell))).collect())
    }

    /// The causes whose scope a finding is in, most specific first.
    pub fn of<'a>(&'a self, finding: &'a Finding) -> impl Iterator<Item = &'static Cause> + 'a {
        let row = self.0.get(&(finding.location.kind, finding.aspect));
        let causes = row.map_or(&[][..], |row| row.named.get(finding.location.field_name()).unwrap_or(&row.others));
        causes.iter().copied().filter(|cause| cause.is_about(finding))
    }
}

impl Row {
    fn new(causes: &[&'static Cause], cell: (Kind, Aspect)) -> Self {
        let places = |cause: &'static Cause| {
            cause.scope.iter().filter(move |place| place.kinds.contains(&cell.0) && place.aspects.contains(&cell.1))
        };
        let fields: BTreeSet<&'static str> =
            causes.iter().flat_map(|cause| places(cause)).filter_map(named).flatten().copied().collect();
        let of = |is_wanted: &dyn Fn(&Place) -> bool| -> Vec<&'static Cause> {
            causes.iter().copied().filter(|cause| places(cause).any(is_wanted)).collect()
        };
        let is_about = |place: &Place, field: &str| named(place).is_none_or(|fields| fields.contains(&field));
        Row {
            named: fields.iter().map(|field| (*field, of(&|place| is_about(place, field)))).collect(),
            others: of(&|place| named(place).is_none()),
        }
    }
}

fn cells(place: &'static Place) -> impl Iterator<Item = (Kind, Aspect)> {
    place.kinds.iter().flat_map(|kind| place.aspects.iter().map(|aspect| (*kind, *aspect)))
}

/// The fields that a place is about, where it is about these and no others.
fn named(place: &Place) -> Option<&'static [&'static str]> {
    match place.field {
        Field::Whole => Some(&[""]),
        Field::Like(patterns) if patterns.iter().all(|pattern| is_literal(pattern)) => Some(patterns),
        _ => None,
    }
}
