//! Header bytes that differ although the values they encode are equal.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Comparison;
use crate::codec::tar::{RawField, raw_fields};
use crate::finding::{Aspect, Finding, Range, Sides, Value};
use crate::image::entry::Entry;

/// The raw fields of one header by name.
pub(super) type Fields = BTreeMap<Cow<'static, str>, Range>;

impl Comparison<'_> {
    /// Finds what no value accounts for. Returned are the fields of both headers.
    pub(super) fn encoding(&mut self) -> Sides<Fields> {
        let lists = self.entries.map(|entry| raw_fields(&entry.raw));
        let fields = lists.as_ref().map(|list| by_name(list));
        self.name_form(&fields);
        self.extension_header("pax", &fields);
        self.orders(lists.as_ref());
        let names: BTreeSet<&str> = fields.original.keys().chain(fields.rebuild.keys()).map(AsRef::as_ref).collect();
        for name in names {
            let ranges = fields.as_ref().map(|fields| fields.get(name));
            if self.owned.owner(name).is_some() {
                self.unused_tail(name, ranges);
            } else {
                self.raw_field(name, ranges);
            }
        }
        fields
    }

    fn raw_field(&mut self, name: &str, ranges: Sides<Option<&Range>>) {
        let bytes = Sides::new(
            ranges.original.map(|range| slice(&self.entries.original.raw, *range)),
            ranges.rebuild.map(|range| slice(&self.entries.rebuild.raw, *range)),
        );
        let blank = |bytes: Option<&[u8]>| bytes.is_none_or(|bytes| bytes.iter().all(|byte| *byte == 0));
        // Zeros that fill the last block of an extension follow from its size, which is a field of its own.
        let filler = is_filler(name) && blank(bytes.original) && blank(bytes.rebuild);
        if bytes.same() || filler {
            return;
        }
        let longer = bytes.original.map_or(0, <[u8]>::len).max(bytes.rebuild.map_or(0, <[u8]>::len)) as u64;
        let values = bytes.map(|bytes| bytes.map_or(Value::Absent, Value::from_bytes));
        let mut location = self.base.clone().with_field(name.to_owned());
        location = location.with_range(ranges.map(Option::<&Range>::copied));
        location.measured = Some(0);
        self.findings.push(Finding { location, aspect: Aspect::Encoding, values, bytes: longer });
        self.owned.names.insert(name.to_owned().into(), self.last());
    }

    /// What follows the NUL that ends a header field is no part of its value: a finding of its own.
    fn unused_tail(&mut self, name: &str, ranges: Sides<Option<&Range>>) {
        if !name.starts_with("header.") || name == "header.typeflag" {
            return;
        }
        let entries = self.entries;
        let tails =
            ranges.zip(entries).map(|(range, entry)| range.map_or(&b""[..], |range| tail(slice(&entry.raw, *range))));
        let any = |tail: &[u8]| tail.iter().any(|byte| *byte != 0);
        if !tails.same() && (any(tails.original) || any(tails.rebuild)) {
            let longer = tails.original.len().max(tails.rebuild.len()) as u64;
            self.push(Aspect::Encoding, format!("{name}.unused"), tails.map(Value::from_bytes), longer);
            self.owned.names.insert(format!("{name}.unused").into(), self.last());
        }
    }

    /// The same path, written as another name or by other means.
    fn name_form(&mut self, fields: &Sides<Fields>) {
        let names = self.entries.map(|entry| &*entry.name);
        if !names.same() {
            let longer = names.original.len().max(names.rebuild.len()) as u64;
            self.push(Aspect::Encoding, "name", names.map(Value::from_bytes), longer);
        }
        let forms = fields.as_ref().map(|fields| name_form(fields, "pax.path", "gnu.longname", "header.prefix"));
        let forms = forms
            .zip(self.entries)
            .map(|(form, entry)| if form == "prefix" && !has_prefix(entry) { "header" } else { form });
        if !forms.same() {
            self.push(Aspect::Encoding, "name.form", forms.map(Value::text), 0);
        }
        if !names.same() || !forms.same() {
            self.own("header.name", &["header.prefix", "pax.path", "gnu.longname*"]);
        }
        let forms = fields.as_ref().map(|fields| name_form(fields, "pax.linkpath", "gnu.longlink", ""));
        if !forms.same() {
            self.push(Aspect::Encoding, "linkName.form", forms.map(Value::text), 0);
            self.own("header.linkname", &["pax.linkpath", "gnu.longlink*"]);
        }
    }

    /// The records that both sides have, and the extension headers, in another sequence.
    fn orders(&mut self, lists: Sides<&Vec<RawField>>) {
        self.order("pax.records", lists, |name| name.starts_with("pax.") && !name.starts_with("pax.header."));
        self.order("extensions", lists, |name| name.ends_with(".header.name"));
    }

    fn order(&mut self, field: &'static str, lists: Sides<&Vec<RawField>>, is_of: fn(&str) -> bool) {
        let names =
            lists.map(|list| list.iter().map(|field| &*field.name).filter(|name| is_of(name)).collect::<Vec<_>>());
        let common = |one: &[&str], other: &[&str]| -> Vec<String> {
            let other: BTreeSet<&str> = other.iter().copied().collect();
            one.iter().filter(|name| other.contains(*name)).map(|name| (*name).to_owned()).collect()
        };
        let orders = Sides::new(common(&names.original, &names.rebuild), common(&names.rebuild, &names.original));
        if !orders.same() {
            let bytes = orders.original.iter().map(String::len).sum::<usize>() as u64;
            self.push(Aspect::Order, field, orders.map(|names| Value::Json(json!(names))), bytes);
        }
    }

    /// An extension header on one side only is one finding, not one for each of its fields.
    fn extension_header(&mut self, family: &str, fields: &Sides<Fields>) {
        let prefix = format!("{family}.header.");
        let present = fields.as_ref().map(|fields| fields.keys().any(|name| name.starts_with(&prefix)));
        if !present.same() {
            let values = present.map(|present| if present { Value::text("present") } else { Value::Absent });
            self.push(Aspect::Encoding, format!("{family}.header"), values, 512);
            let last = self.last();
            self.owned.prefixes.push((prefix.into(), last));
            self.owned.names.insert(format!("{family}.padding").into(), last);
        }
    }
}

fn by_name(fields: &[RawField]) -> Fields {
    fields.iter().map(|RawField { name, range }| (name.clone(), *range)).collect()
}

/// Whether a field fills the last block of an extension.
pub(super) fn is_filler(name: &str) -> bool {
    name.contains("padding") && !name.starts_with("header.")
}

pub(super) fn slice(raw: &[u8], (start, end): Range) -> &[u8] {
    let bounds = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    bounds.and_then(|(start, end)| raw.get(start..end)).unwrap_or(b"")
}

/// What follows the NUL that ends a field.
pub(super) fn tail(field: &[u8]) -> &[u8] {
    // Base-256 numbers (first bit set) fill their field and may hold NULs.
    if field.first().is_some_and(|byte| byte & 0x80 != 0) {
        return b"";
    }
    field.iter().position(|byte| *byte == 0).map_or(b"", |end| &field[end..])
}

fn has_prefix(entry: &Entry) -> bool {
    let own = entry.raw.len().saturating_sub(512);
    entry.raw.get(own + 345).is_some_and(|byte| *byte != 0)
}

fn name_form(fields: &Fields, pax: &str, gnu: &str, prefix: &str) -> &'static str {
    if fields.contains_key(pax) {
        "pax"
    } else if fields.contains_key(gnu) {
        "gnu"
    } else if fields.contains_key(prefix) {
        "prefix"
    } else {
        "header"
    }
}
