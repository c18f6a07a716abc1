//! Two files that are taken apart alike: parts against parts, members against members.

use super::divided::{Beside, divided, is_same};
use super::members::{Fate, Outcome, Own, Pairing};
use super::records::Records;
use super::rows::{Row, at, numbers, order, rows};
use super::{Costs, Out, Pair, bytes};
use crate::content::{Node, Part, secret};
use crate::finding::{Aspect, Finding, PartPlace, Side, Sides, Value};

/// Parts that are about no member come behind all others.
const NONE: usize = usize::MAX;

/// Emits what differs between two files; nothing where taking them apart does not tell. Whether what both have comes in
/// another order is told by what it returns.
pub(super) fn compare(pair: &Pair<'_>, nodes: Sides<&Node>, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) -> bool {
    let members = nodes.map(|node| &node.members[..]);
    let pairs = rows(members, |_, member| &member.name[..]);
    let groups = Sides::from_fn(|side| numbers(side, members.get(side).len(), &pairs));
    let group = |side: Side, part: &Part| {
        let member = part.member.and_then(|member| groups.get(side).get(member));
        member.copied().unwrap_or(NONE)
    };
    let parts = nodes.map(|node| &node.parts[..]);
    let rows = rows(parts, |side, part| (group(side, part), part.name.as_bytes()));
    let (comparison, records) = (Comparison { pair, nodes }, Records::new(pair, nodes));
    let (mut rest, mut is_moved) = (&rows[..], false);
    for (number, members) in pairs.iter().enumerate() {
        let in_group = |row: &Row| {
            Side::BOTH.into_iter().any(|side| at(parts, *row).get(side).is_some_and(|part| group(side, part) == number))
        };
        let (own, behind) = rest.split_at(rest.partition_point(in_group));
        rest = behind;
        let mut fields = Vec::new();
        for row in own {
            let divided = divided(pair, nodes, at(parts, *row), costs);
            is_moved |= divided.is_moved;
            fields.extend(divided.fields);
        }
        let own: Vec<Own<'_>> = fields.iter().map(|beside| (parts_of(beside), beside.same)).collect();
        let pairing = Pairing { pair, nodes, records: &records, members: *members, parts: &own };
        let Some(outcome) = pairing.outcome(costs, out) else { return false };
        let is_alone = is_alone(nodes, &pairs, number);
        let other = own.iter().filter(|(_, same)| !same);
        other.for_each(|(part, _)| comparison.part(*part, &outcome, is_alone, out));
    }
    let rest = rest.iter().map(|row| at(parts, *row)).filter(|part| !is_same(pair, *part));
    rest.for_each(|part| comparison.part(part, &Outcome::default(), false, out));
    let order = |side| order(side, parts.get(side).len(), &rows);
    is_moved || order(Side::Original) != order(Side::Rebuild)
}

fn parts_of<'p>(beside: &'p Beside<'_>) -> Sides<Option<&'p Part>> {
    beside.parts.as_ref().map(Option::as_deref)
}

/// Whether no other member has the name of this one: else nothing can be said to follow from what a member of the name
/// holds.
fn is_alone(nodes: Sides<&Node>, pairs: &[Row], number: usize) -> bool {
    let name = |number: usize| {
        let row = pairs.get(number)?;
        let members = at(nodes.map(|node| &node.members[..]), *row);
        members.original.or(members.rebuild).map(|member| &member.name)
    };
    let own = name(number);
    name(number.wrapping_sub(1)) != own && name(number + 1) != own
}

struct Comparison<'a> {
    pair: &'a Pair<'a>,
    nodes: Sides<&'a Node>,
}

impl Comparison<'_> {
    fn part(&self, part: Sides<Option<&Part>>, outcome: &Outcome, is_alone: bool, out: &mut Out<'_>) {
        if Sides::from_fn(|side| part.get(side).is_none_or(|part| outcome.covers(part))).all() {
            return;
        }
        // The same value in other bytes: only the bytes can tell the sides apart.
        let decoded = part.map(|part| part.and_then(|part| part.value.as_ref()));
        let recoded = decoded.original.is_some() && decoded.same();
        let aspect = if recoded { Aspect::Encoding } else { aspect(part, outcome) };
        let values = Sides::from_fn(|side| match part.get(side) {
            Some(part) => self.value(side, part, outcome, recoded),
            None => Value::Absent,
        });
        let ranges = part.map(|part| part.map(|part| part.range));
        let bytes = bytes::longer(ranges.map(|range| range.unwrap_or_default()));
        let Some(place) = self.place(part, is_alone) else { return };
        let mut location = self.pair.base.clone().with_field(place.0).with_range(ranges);
        location.part = Some(Box::new(place.1));
        out(self.pair.difference(Finding { location, aspect, values, bytes }, part, outcome.sha256));
    }

    /// The field of findings of a part, and what it is.
    fn place(&self, part: Sides<Option<&Part>>, is_alone: bool) -> Option<(std::borrow::Cow<'static, str>, PartPlace)> {
        let side = if part.original.is_some() { Side::Original } else { Side::Rebuild };
        let (node, named) = (*self.nodes.get(side), (*part.get(side))?);
        let roles = part.map(|part| part.map(|part| part.role));
        // Where decoders took it for different things, for what claims least.
        let role = roles.both().map_or(named.role, |roles| roles.original.min(roles.rebuild));
        let member = named.member.filter(|_| is_alone).and_then(|member| node.members.get(member));
        let member = member.map(|member| member.name.clone());
        let place = PartPlace { format: node.format.into(), name: named.name.clone(), role, member };
        Some((node.field(named), place))
    }

    fn value(&self, side: Side, part: &Part, outcome: &Outcome, raw: bool) -> Value {
        let of_member = outcome.secrets.get(side).filter(|_| part.role.gives_away_member());
        let secret = part.secret.or(of_member).or_else(|| match part.of(self.pair.files.get(side)) {
            Some(bytes) => secret::in_bytes(&bytes),
            None => self.pair.secret_in(side, part.range),
        });
        match &part.value {
            Some(value) if !raw && secret.is_none() => value.clone(),
            _ => self.pair.value(side, part.range, secret),
        }
    }
}

/// The aspect of a part, the same when the sides are exchanged. That the same content is encoded in another way can only
/// be said of members that were opened.
fn aspect(part: Sides<Option<&Part>>, outcome: &Outcome) -> Aspect {
    let aspects = part.map(|part| part.map(|part| part.aspect));
    match aspects.original.max(aspects.rebuild) {
        Some(Aspect::Compression) if outcome.fate != Fate::Recoded => Aspect::Content,
        aspect => aspect.unwrap_or(Aspect::Content),
    }
}
