//! What layers carry beside their trees: global headers, padding, shadowed entries, envelopes.

use crate::finding::{Aspect, Finding, Kind, Location, Side, Sides, Value};
use crate::image::entry::Entry;

/// A finding of what one side carries.
pub(super) struct Carried {
    finding: Finding,
    /// BLAKE3 of all that is carried: the finding's value shows less of some.
    identity: [u8; 32],
}

impl Carried {
    /// `parts` are all bytes of it.
    pub(super) fn new(finding: Finding, parts: &[&[u8]]) -> Self {
        let mut identity = blake3::Hasher::new();
        for part in parts {
            identity.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        Carried { finding, identity: *identity.finalize().as_bytes() }
    }

    /// The same for the same things, in whichever layer of whichever side.
    fn key(&self) -> (&[u8], &str, &[u8; 32]) {
        (self.finding.location.path_bytes(), self.finding.location.field_name(), &self.identity)
    }
}

/// What only one side carries, in an order that does not depend on which.
pub(super) fn on_one_side(carried: Sides<Vec<Carried>>) -> Vec<Finding> {
    let Sides { mut original, mut rebuild } = carried.map(|mut list| {
        list.sort_by(|one, other| one.key().cmp(&other.key()));
        list.into_iter().peekable()
    });
    let mut findings = Vec::new();
    loop {
        let order = match (original.peek(), rebuild.peek()) {
            (Some(one), Some(other)) => one.key().cmp(&other.key()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return findings,
        };
        let (first, second) = (original.next_if(|_| order.is_le()), rebuild.next_if(|_| order.is_ge()));
        if order.is_ne() {
            findings.extend(first.or(second).map(|carried| carried.finding));
        }
    }
}

/// Where an entry of a layer is.
pub(super) fn entry_base(base: &Location, entry: &Entry) -> Location {
    let mut location = base.clone().at_path(entry.path.clone());
    location.kind = Kind::Entry;
    location
}

/// What one side carries there.
pub(super) fn one_sided(base: &Location, side: Side, field: &'static str, value: Value, bytes: u64) -> Finding {
    let mut values = Sides::new(Value::Absent, Value::Absent);
    *values.get_mut(side) = value;
    Finding { location: base.clone().with_field(field), aspect: Aspect::Content, values, bytes }
}
