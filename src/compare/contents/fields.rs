//! Two files that decode alike: fields against fields, members against members.
//!
//! There may be many of either: what is held of each here is a number or two, and nothing is looked for in a list of all.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{ContentDifference, Costs, Out, Pair, bytes, compare as compare_contents};
use crate::content::{Decoded, Field, Member, secret, slice};
use crate::finding::{Aspect, Finding, Range, Secret, Side, Sides, Value};
use crate::limits::Limits;

/// Emits what differs between two decoded files; nothing where the decoding cannot tell them apart. Returns the name of the
/// order of their parts, where that differs.
pub(super) fn compare(
    pair: &Pair<'_>,
    decoded: Sides<&Decoded>,
    costs: &mut Costs<'_, '_>,
    out: &mut Out<'_>,
) -> Option<&'static str> {
    let fields = decoded.map(|decoded| &decoded.fields[..]);
    let members = decoded.map(|decoded| &decoded.members[..]);
    let field_rows = rows(fields, |field| field.name.as_bytes());
    let member_rows = rows(members, |member| &member.name);
    let changed = changed(members, &member_rows);
    let comparison = Comparison { pair, changed, secrets: member_secrets(decoded, costs.limits) };
    for row in &field_rows {
        comparison.field(at(fields, *row), out);
    }
    let order = |side| {
        let fields = places(side, fields, &field_rows, |field| field.range).map(|(range, row)| (range, false, row));
        let members = places(side, members, &member_rows, |member| member.range).map(|(range, row)| (range, true, row));
        order(fields.chain(members))
    };
    let moved = order(Side::Original) != order(Side::Rebuild);
    for row in &member_rows {
        comparison.member(at(members, *row), decoded, costs, out);
    }
    moved.then(|| order_field(decoded.original.format))
}

/// What the order of is compared: the name of the finding's field.
fn order_field(format: &str) -> &'static str {
    match format {
        "record" => "rows",
        "shadow" => "lines",
        _ => "fields",
    }
}

/// The positions of what is compared with each other.
type Row = Sides<Option<usize>>;

/// Pairs up the n-th of a name with the n-th of the same name; by name, then by position.
fn rows<T>(items: Sides<&[T]>, name: impl Fn(&T) -> &[u8]) -> Vec<Row> {
    let sorted = items.map(|items| {
        let mut sorted: Vec<usize> = (0..items.len()).collect();
        // The sort is stable: what has one name stays in order.
        sorted.sort_by(|one, other| items.get(*one).map(&name).cmp(&items.get(*other).map(&name)));
        sorted
    });
    let mut rest = sorted.as_ref().map(|sorted| sorted.iter().copied().peekable());
    let mut rows = Vec::with_capacity(sorted.original.len().max(sorted.rebuild.len()));
    loop {
        let next = rest.as_mut().map(|rest| rest.peek().copied());
        let order = match at(items, next).map(|item| item.map(&name)) {
            Sides { original: None, rebuild: None } => return rows,
            Sides { original: Some(original), rebuild: Some(rebuild) } => original.cmp(rebuild),
            Sides { original: Some(_), .. } => Ordering::Less,
            Sides { rebuild: Some(_), .. } => Ordering::Greater,
        };
        rows.push(Sides {
            original: rest.original.next_if(|_| order.is_le()),
            rebuild: rest.rebuild.next_if(|_| order.is_ge()),
        });
    }
}

fn at<T>(items: Sides<&[T]>, row: Row) -> Sides<Option<&T>> {
    items.zip(row).map(|(items, position)| items.get(position?))
}

/// Where on one side those are that both sides have, each with the number of its row.
fn places<'a, T>(
    side: Side,
    items: Sides<&'a [T]>,
    rows: &'a [Row],
    range: impl Fn(&T) -> Range + 'a,
) -> impl Iterator<Item = (Range, usize)> + 'a {
    let both = rows.iter().enumerate().filter_map(|(number, row)| Some((number, row.both()?)));
    both.filter_map(move |(number, row)| Some((range(items.get(side).get(*row.get(side))?), number)))
}

/// The rows in the order in which one side has them; the flag tells those of members.
fn order(places: impl Iterator<Item = (Range, bool, usize)>) -> Vec<(bool, usize)> {
    let mut places: Vec<_> = places.collect();
    // A member starts where its first compressed field does, however far either reaches.
    places.sort_unstable_by_key(|(range, is_member, row)| (range.0, *is_member, range.1, *row));
    places.into_iter().map(|(_, is_member, row)| (is_member, row)).collect()
}

/// The ranges of the members that differ or are on one side only: how they are compressed is no finding of its own.
fn changed(members: Sides<&[Member]>, rows: &[Row]) -> Sides<Vec<Range>> {
    let mut changed = Sides::new(Vec::new(), Vec::new());
    for row in rows {
        let pair = at(members, *row);
        let same = pair.both().is_some_and(|pair| pair.map(|member| member.content.sha256()).same());
        for side in Side::BOTH {
            changed.get_mut(side).extend(pair.get(side).filter(|_| !same).map(|member| member.range));
        }
    }
    changed.as_mut().map(|ranges| ranges.sort_unstable());
    changed
}

/// The secret of a member, by which no digest or checksum of its bytes may be shown either.
fn member_secrets(decoded: Sides<&Decoded>, limits: &Limits) -> Sides<Option<Secret>> {
    decoded.map(|decoded| {
        let secret = |member: &Member| {
            let bytes = member.content.bytes(limits.decoded_content_bytes).ok().flatten()?;
            secret::of(&member.name, &bytes)
        };
        decoded.members.iter().find_map(secret)
    })
}

struct Comparison<'a> {
    pair: &'a Pair<'a>,
    /// The ranges of the members that are not the same on both sides, in order; no two of them meet.
    changed: Sides<Vec<Range>>,
    /// The secrets in members.
    secrets: Sides<Option<Secret>>,
}

impl Comparison<'_> {
    fn field(&self, field: Sides<Option<&Field>>, out: &mut Out<'_>) {
        let raw = Sides::from_fn(|side| field.get(side).map(|field| field.bytes(self.pair.files.get(side))));
        let hidden = Sides::from_fn(|side| field.get(side).is_none_or(|field| self.is_hidden(side, field)));
        if raw.same() || (hidden.original && hidden.rebuild) {
            return;
        }
        let ([Some(named), ..] | [None, Some(named)]) = [field.original, field.rebuild] else { return };
        // The same value in other bytes: only the bytes can tell the sides apart.
        let decoded = field.map(|field| field.and_then(|field| field.value.as_ref()));
        let recoded = decoded.original.is_some() && decoded.same();
        let aspect = if recoded { Aspect::Encoding } else { aspect(field) };
        let values = Sides::from_fn(|side| match field.get(side) {
            Some(field) => self.value(side, field, recoded),
            None => Value::Absent,
        });
        let ranges = field.map(|field| field.map(|field| field.range));
        let bytes = bytes::longer(ranges.map(|range| range.unwrap_or_default()));
        let location = self.pair.location(&named.name, ranges);
        out(self.pair.difference(Finding { location, aspect, values, bytes }));
    }

    /// Whether the field is the compressed form of a member that is compared by itself.
    fn is_hidden(&self, side: Side, field: &Field) -> bool {
        let changed = self.changed.get(side);
        let before = changed.partition_point(|range| range.0 <= field.range.0);
        let around = before.checked_sub(1).and_then(|last| changed.get(last));
        field.aspect == Aspect::Compression && around.is_some_and(|range| field.range.1 <= range.1)
    }

    fn value(&self, side: Side, field: &Field, raw: bool) -> Value {
        let bytes = field.bytes(self.pair.files.get(side));
        let of_member = field.aspect == Aspect::Compression || field.name.ends_with("crc32");
        let of_member = self.secrets.get(side).filter(|_| of_member);
        let secret = field.secret.or(of_member).or_else(|| secret::in_bytes(bytes));
        match &field.value {
            Some(value) if !raw && secret.is_none() => value.clone(),
            _ => bytes::value(bytes, secret),
        }
    }

    fn member(
        &self,
        member: Sides<Option<&Member>>,
        decoded: Sides<&Decoded>,
        costs: &mut Costs<'_, '_>,
        out: &mut Out<'_>,
    ) {
        let Some(both) = member.both() else { return self.one_sided(member, costs.limits, out) };
        let mut base = self.pair.base.clone();
        base.inside.push(both.original.name.clone());
        let mut found = false;
        let encoded = both.map(|member| Some(member.range));
        compare_contents(&base, both.map(|member| &member.content), costs, &mut |mut difference| {
            found = true;
            difference.finding.location.outer = encoded;
            out(difference);
        });
        let compressed = decoded.zip(both).map(has_compressed_field);
        let hidden = compressed.original && compressed.rebuild;
        if !found && !hidden {
            self.stored(both, out);
        }
    }

    /// A member with equal content and no field for its encoding: its bytes in the outer file may still differ.
    fn stored(&self, member: Sides<&Member>, out: &mut Out<'_>) {
        let raw = Sides::from_fn(|side| slice(self.pair.files.get(side), member.get(side).range));
        if raw.same() {
            return;
        }
        let ranges = member.map(|member| member.range);
        let values = raw.zip(self.secrets).map(|(bytes, secret)| bytes::value(bytes, secret));
        let location = self.pair.location(&String::from_utf8_lossy(&member.original.name), ranges.map(Some));
        let finding = Finding { location, aspect: Aspect::Compression, values, bytes: bytes::longer(ranges) };
        out(self.pair.difference(finding));
    }

    fn one_sided(&self, member: Sides<Option<&Member>>, limits: &Limits, out: &mut Out<'_>) {
        let ([Some(named), ..] | [None, Some(named)]) = [member.original, member.rebuild] else { return };
        let files: Sides<Option<Arc<[u8]>>> =
            member.map(|member| member?.content.bytes(limits.decoded_content_bytes).ok().flatten());
        let secret = files.as_ref().map(|file| file.as_ref().and_then(|file| secret::of(&named.name, file)));
        let secret = secret.original.or(secret.rebuild);
        let values = member.map(|member| match member {
            Some(Member { content, .. }) => Value::Content { sha256: content.sha256(), size: content.size(), secret },
            None => Value::Absent,
        });
        let mut location = self.pair.base.clone();
        location.inside.push(named.name.clone());
        location.range = member.map(|member| member.map(|member| (0, member.content.size())));
        location.outer = member.map(|member| member.map(|member| member.range));
        let bytes = named.range.1 - named.range.0;
        out(ContentDifference {
            finding: Finding { location, aspect: Aspect::Presence, values, bytes },
            files,
            decoded: Sides::new(None, None),
            secret,
        });
    }
}

/// The aspect of a field, the same when the sides are exchanged.
fn aspect(field: Sides<Option<&Field>>) -> Aspect {
    let aspects = field.map(|field| field.map(|field| field.aspect));
    aspects.original.max(aspects.rebuild).unwrap_or(Aspect::Content)
}

fn has_compressed_field((decoded, member): (&Decoded, &Member)) -> bool {
    let first = decoded.fields.partition_point(|field| field.range.0 < member.range.0);
    let inside = decoded.fields.iter().skip(first).take_while(|field| field.range.1 <= member.range.1);
    inside.into_iter().any(|field| field.aspect == Aspect::Compression)
}
