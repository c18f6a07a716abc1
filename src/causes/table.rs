//! The causes that a finding may have, by kind, aspect and field.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::Cause;
use super::pattern::{fits_any, is_literal};
use super::scope::{Field, Place};
use crate::finding::{Aspect, Finding, Kind};

/// A list of causes, arranged so that a finding meets those only that may be about it.
#[derive(Default)]
pub struct Table(BTreeMap<(Kind, Aspect), Row>);

/// The causes of one kind and aspect, in the order of the list.
#[derive(Default)]
struct Row {
    /// By the fields that scopes name; whoever may be about one in another way is there, too.
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
        self.met(finding).iter().copied().filter(|cause| cause.is_about(finding))
    }

    /// The causes whose scope may be asked about a finding, by its kind, aspect and field alone.
    fn met(&self, finding: &Finding) -> &[&'static Cause] {
        let row = self.0.get(&(finding.location.kind, finding.aspect));
        row.map_or(&[], |row| row.named.get(finding.location.field_name()).unwrap_or(&row.others))
    }
}

impl Row {
    fn new(causes: &[&'static Cause], cell: (Kind, Aspect)) -> Self {
        let places = |cause: &'static Cause| {
            cause.scope.iter().filter(move |place| place.kinds.contains(&cell.0) && place.aspects.contains(&cell.1))
        };
        let fields: BTreeSet<&'static str> = causes.iter().flat_map(|cause| places(cause)).flat_map(literals).collect();
        let of = |is_wanted: &dyn Fn(&Place) -> bool| -> Vec<&'static Cause> {
            causes.iter().copied().filter(|cause| places(cause).any(is_wanted)).collect()
        };
        let is_about = |place: &Place, field: &str| match place.field {
            Field::Whole => field.is_empty(),
            Field::Like(patterns) => fits_any(patterns, field.as_bytes()),
            _ => true,
        };
        Row {
            named: fields.iter().map(|field| (*field, of(&|place| is_about(place, field)))).collect(),
            others: of(&|place| !is_named(place)),
        }
    }
}

fn cells(place: &'static Place) -> impl Iterator<Item = (Kind, Aspect)> {
    place.kinds.iter().flat_map(|kind| place.aspects.iter().map(|aspect| (*kind, *aspect)))
}

/// The fields that a place names.
fn literals(place: &Place) -> impl Iterator<Item = &'static str> + use<> {
    let patterns: &[&str] = match place.field {
        Field::Whole => &[""],
        Field::Like(patterns) => patterns,
        _ => &[],
    };
    patterns.iter().copied().filter(|pattern| is_literal(pattern))
}

/// Whether a place is about fields that it names, and about no others.
fn is_named(place: &Place) -> bool {
    match place.field {
        Field::Whole => true,
        Field::Like(patterns) => patterns.iter().all(|pattern| is_literal(pattern)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::LIST;
    use crate::finding::{Location, Sides, Value};

    #[test]
    fn a_finding_meets_few_causes() {
        let table = Table::new(LIST);
        for (kind, aspect, field, most) in [
            (Kind::Entry, Aspect::Mtime, "header.mtime", 10),
            (Kind::Entry, Aspect::Encoding, "header.chksum", 10),
            (Kind::Config, Aspect::Value, "/created", 12),
            (Kind::Manifest, Aspect::Value, "/config/digest", 6),
        ] {
            let location = Location::field_of(kind, field);
            let values = Sides::new(Value::Absent, Value::Absent);
            let met = table.met(&Finding { location, aspect, values, bytes: 0 });
            let ids: Vec<_> = met.iter().map(|cause| cause.id).collect();
            assert!((1..=most).contains(&ids.len()), "{field}: {ids:?}");
        }
    }
}
