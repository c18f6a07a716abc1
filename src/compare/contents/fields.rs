//! Two files that decode alike: fields against fields, members against members.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{ContentDifference, Pair, bytes, compare as compare_contents};
use crate::content::{Decoded, Field, Member, secret, slice};
use crate::finding::{Aspect, Finding, Range, Secret, Side, Sides, Value};
use crate::limits::Limits;

/// The n-th field or member of a name.
type Key<'a> = (&'a [u8], usize);

/// Emits what differs between two decoded files; nothing where the decoding cannot tell them apart.
pub(super) fn compare(
    pair: &Pair<'_>,
    decoded: Sides<&Decoded>,
    limits: &Limits,
    out: &mut dyn FnMut(ContentDifference),
) {
    let fields = decoded.map(|decoded| keyed(&decoded.fields, |field| field.name.as_bytes()));
    let members = decoded.map(|decoded| keyed(&decoded.members, |member| &member.name));
    let comparison = Comparison { pair, changed: changed(&members), secrets: member_secrets(decoded, limits) };
    for key in union(&fields) {
        comparison.field(fields.as_ref().map(|fields| fields.get(&key).copied()), out);
    }
    if !Sides::from_fn(|side| order(side, &fields, &members)).same() {
        out(pair.trimmed(Aspect::Order, Some(order_field(decoded.original.format))));
    }
    for key in union(&members) {
        comparison.member(members.as_ref().map(|members| members.get(&key).copied()), decoded, limits, out);
    }
}

/// What the order of is compared: the name of the finding's field.
fn order_field(format: &str) -> &'static str {
    match format {
        "record" => "rows",
        "shadow" => "lines",
        _ => "fields",
    }
}

fn keyed<'a, T>(items: &'a [T], name: impl Fn(&'a T) -> &'a [u8]) -> BTreeMap<Key<'a>, &'a T> {
    let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut keyed = BTreeMap::new();
    for item in items {
        let count = seen.entry(name(item)).or_default();
        keyed.insert((name(item), *count), item);
        *count += 1;
    }
    keyed
}

fn union<'a, T>(sides: &Sides<BTreeMap<Key<'a>, T>>) -> BTreeSet<Key<'a>> {
    sides.original.keys().chain(sides.rebuild.keys()).copied().collect()
}

/// The fields and members that both sides have, in the order of one side.
fn order<'a>(
    side: Side,
    fields: &Sides<BTreeMap<Key<'a>, &'a Field>>,
    members: &Sides<BTreeMap<Key<'a>, &'a Member>>,
) -> Vec<(bool, Key<'a>)> {
    let common = |key: &Key<'a>| fields.original.contains_key(key) && fields.rebuild.contains_key(key);
    let fields = fields.get(side).iter().filter(|(key, _)| common(key));
    let common = |key: &Key<'a>| members.original.contains_key(key) && members.rebuild.contains_key(key);
    let members = members.get(side).iter().filter(|(key, _)| common(key));
    let fields = fields.map(|(key, field)| (field.range, false, *key));
    let mut parts: Vec<_> = fields.chain(members.map(|(key, member)| (member.range, true, *key))).collect();
    // A member starts where its first compressed field does, however far either reaches.
    parts.sort_by_key(|(range, is_member, key)| (range.0, *is_member, range.1, *key));
    parts.into_iter().map(|(_, is_member, key)| (is_member, key)).collect()
}

/// The ranges of the members that differ or are on one side only: how they are compressed is no finding of its own.
fn changed(members: &Sides<BTreeMap<Key<'_>, &Member>>) -> Sides<Vec<Range>> {
    Sides::from_fn(|side| {
        let other = match side {
            Side::Original => &members.rebuild,
            Side::Rebuild => &members.original,
        };
        let same = |(key, member): &(&Key<'_>, &&Member)| {
            other.get(*key).is_some_and(|other| other.content.sha256() == member.content.sha256())
        };
        members.get(side).iter().filter(|member| !same(member)).map(|(_, member)| member.range).collect()
    })
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
    /// The ranges of the members that are not the same on both sides.
    changed: Sides<Vec<Range>>,
    /// The secrets in members.
    secrets: Sides<Option<Secret>>,
}

impl Comparison<'_> {
    fn field(&self, field: Sides<Option<&Field>>, out: &mut dyn FnMut(ContentDifference)) {
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
        let within = |range: &Range| range.0 <= field.range.0 && field.range.1 <= range.1;
        field.aspect == Aspect::Compression && self.changed.get(side).iter().any(within)
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
        limits: &Limits,
        out: &mut dyn FnMut(ContentDifference),
    ) {
        let Some(both) = member.both() else { return self.one_sided(member, limits, out) };
        let mut base = self.pair.base.clone();
        base.inside.push(both.original.name.clone());
        let mut found = false;
        compare_contents(&base, both.map(|member| &member.content), limits, &mut |difference| {
            found = true;
            out(difference);
        });
        let compressed = decoded.zip(both).map(has_compressed_field);
        let hidden = compressed.original && compressed.rebuild;
        if !found && !hidden {
            self.stored(both, out);
        }
    }

    /// A member with equal content and no field for its encoding: its bytes in the outer file may still differ.
    fn stored(&self, member: Sides<&Member>, out: &mut dyn FnMut(ContentDifference)) {
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

    fn one_sided(&self, member: Sides<Option<&Member>>, limits: &Limits, out: &mut dyn FnMut(ContentDifference)) {
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
        let bytes = named.range.1 - named.range.0;
        out(ContentDifference {
            finding: Finding { location, aspect: Aspect::Presence, values, bytes },
            files,
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
    let within = |field: &Field| member.range.0 <= field.range.0 && field.range.1 <= member.range.1;
    decoded.fields.iter().any(|field| field.aspect == Aspect::Compression && within(field))
}
