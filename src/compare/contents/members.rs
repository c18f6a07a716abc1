//! Two members of one name: opened only where they have to be, compared, and dropped.

use super::{ContentDifference, Costs, Out, Pair, compare_differing};
use crate::content::{Member, Node, Part, Shape, secret};
use crate::finding::{Aspect, Finding, Of, Range, Role, Secret, Side, Sides, Value};
use crate::spill::Content;

use super::records::Records;
use super::rows::{Row, at};

/// What was found out about two members.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) fate: Fate,
    /// SHA-256 of what they hold, where they hold the same.
    pub(super) sha256: Sides<Option<[u8; 32]>>,
    /// The secrets in them, by which no digest or checksum of their bytes may be shown either.
    pub(super) secrets: Sides<Option<Secret>>,
}

/// What became of two members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fate {
    /// Their encoded bytes are the same, and so are those that follow from what they hold: they were not opened.
    #[default]
    Alike,
    /// They hold the same.
    Recoded,
    /// They do not, and what differs in them was found.
    Other,
    /// There is one of them, and that is found.
    Alone,
    /// Nobody knows what they hold.
    Closed,
}

impl Outcome {
    /// Whether what the part tells is in findings of the member already.
    pub(super) fn covers(&self, part: &Part) -> bool {
        match self.fate {
            Fate::Alike | Fate::Recoded | Fate::Closed => false,
            Fate::Other => part.role == Role::Encoded,
            Fate::Alone => true,
        }
    }
}

/// A part beside its counterpart, and whether both are the same bytes.
pub(super) type Own<'p> = (Sides<Option<&'p Part>>, bool);

/// Two members of one name, or one that the other side has not.
pub(super) struct Pairing<'a> {
    pub(super) pair: &'a Pair<'a>,
    pub(super) nodes: Sides<&'a Node>,
    pub(super) records: &'a Records<'a>,
    pub(super) members: Row,
    /// The parts that are about them, side by side.
    pub(super) parts: &'a [Own<'a>],
}

impl Pairing<'_> {
    /// Finds out about them, and emits what differs in them. `None` where the files around them are but bytes.
    pub(super) fn outcome(&self, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) -> Option<Outcome> {
        let members = at(self.nodes.map(|node| &node.members[..]), self.members);
        let outcome = match (members.both(), self.members.both()) {
            (Some(members), Some(_)) if self.is_alike(members) => Outcome::default(),
            (Some(members), Some(_)) => self.opened(members, costs, out),
            _ => self.alone(members, costs, out),
        };
        let is_bytes = outcome.fate == Fate::Closed && self.nodes.original.shape == Shape::Envelope;
        (!is_bytes).then_some(outcome)
    }

    /// Whether they need not be opened.
    fn is_alike(&self, members: Sides<&Member>) -> bool {
        let told = |role: Role| role == Role::Encoded || matches!(role, Role::Derived { of: Of::Member, .. });
        members.map(|member| member.coding).same()
            && self
                .parts
                .iter()
                .all(|(part, same)| *same || !part.original.or(part.rebuild).is_some_and(|part| told(part.role)))
    }

    fn opened(&self, members: Sides<&Member>, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) -> Outcome {
        let Some(contents) = self.open(costs).both() else {
            return Outcome { fate: Fate::Closed, ..Outcome::default() };
        };
        let name = &members.original.name;
        if contents.original.same(&contents.rebuild) {
            let bytes = contents.original.bytes(costs.limits.decoded_content_bytes).ok().flatten();
            let secret = bytes.and_then(|bytes| secret::of(name, &bytes));
            let sha256 = Some(contents.original.sha256());
            let (sha256, secrets) = (Sides::new(sha256, sha256), Sides::new(secret, secret));
            return Outcome { fate: Fate::Recoded, sha256, secrets };
        }
        if self.records.name(name, contents.as_ref(), costs) {
            return Outcome { fate: Fate::Closed, ..Outcome::default() };
        }
        let mut base = self.pair.base.clone();
        base.inside.push(name.clone());
        let encoded = members.map(|member| Some(member.range));
        let secrets = compare_differing(&base, contents.as_ref(), costs, &mut |difference| {
            let mut difference: ContentDifference<'_> = difference;
            difference.finding.location.outer = encoded;
            difference.covers = Sides::default();
            for side in Side::BOTH {
                difference.places.get_mut(side).around.get_or_insert(*members.get(side));
            }
            out(difference);
        });
        Outcome { fate: Fate::Other, sha256: Sides::default(), secrets }
    }

    /// Opens the members that there are, all or none.
    fn open(&self, costs: &mut Costs<'_, '_>) -> Sides<Option<Content>> {
        let Costs { limits, meter, .. } = costs;
        let opened = meter.measured(|room| {
            Sides::from_fn(|side| {
                let member = (*self.members.get(side))?;
                self.nodes.get(side).open(self.pair.files.get(side), member, limits, room)
            })
        });
        opened.unwrap_or_default()
    }

    /// Emits that one side has a member that the other one has not.
    fn alone(&self, members: Sides<Option<&Member>>, costs: &mut Costs<'_, '_>, out: &mut Out<'_>) -> Outcome {
        let closed = Outcome { fate: Fate::Closed, ..Outcome::default() };
        let Some(named) = members.original.or(members.rebuild) else { return closed };
        let contents = self.open(costs);
        if contents.original.is_none() && contents.rebuild.is_none() {
            return closed;
        }
        let limit = costs.limits.decoded_content_bytes;
        let files: Sides<Option<Content>> = contents.as_ref().map(|content| content.as_ref()?.loaded(limit).ok());
        let files = files.map(|file| file.filter(|file| file.size() <= limit));
        let secrets = files.as_ref().map(|file| secret::of(&named.name, file.as_ref()?.in_memory()?));
        let secret = secrets.original.or(secrets.rebuild);
        let values = contents.as_ref().map(|content| match content {
            Some(content) => Value::Content { sha256: content.sha256(), size: content.size(), secret },
            None => Value::Absent,
        });
        let mut location = self.pair.base.clone();
        location.inside.push(named.name.clone());
        location.range = contents.map(|content| content.map(|content| (0, content.size())));
        location.outer = members.map(|member| member.map(|member| member.range));
        // All that is about the member goes with it.
        let covers = Sides::from_fn(|side| {
            let parts = self.parts.iter().filter_map(|(part, _)| *part.get(side));
            let mut covers: Vec<Range> = parts.map(|part| part.range).collect();
            covers.sort_unstable();
            covers
        });
        let bytes = covers.original.iter().chain(&covers.rebuild).map(|(start, end)| end - start).sum();
        let finding = Finding { location, aspect: Aspect::Presence, values, bytes };
        out(ContentDifference { finding, files, places: Sides::default(), covers, secret });
        Outcome { fate: Fate::Alone, sha256: Sides::default(), secrets }
    }
}
