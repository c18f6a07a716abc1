//! Two entries of the same path to findings: every attribute by value, then every header byte that no value accounts for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value::Null;
use serde_json::json;

use crate::codec::tar::{RawField, raw_fields};
use crate::finding::{Aspect, Finding, Location, Range, Sides, Value};
use crate::image::capability::{self, FileCapabilities};
use crate::image::entry::{Entry, EntryType, Time};

/// Compares all attributes of two entries of the same path; content is compared elsewhere.
pub fn compare(base: &Location, entries: Sides<&Entry>) -> Vec<Finding> {
    let mut comparison = Comparison { base, entries, findings: Vec::new(), owned: Owned::default() };
    comparison.values();
    if entries.original.raw != entries.rebuild.raw {
        comparison.encoding();
    }
    comparison.findings
}

/// The raw fields of one header by name.
type Fields = BTreeMap<Cow<'static, str>, Range>;

struct Comparison<'a> {
    base: &'a Location,
    entries: Sides<&'a Entry>,
    findings: Vec<Finding>,
    owned: Owned,
}

/// Raw fields whose difference a value's difference accounts for. There may be as many as an entry has xattrs.
#[derive(Default)]
struct Owned {
    names: BTreeSet<Cow<'static, str>>,
    /// Of names that do not come a second time in one header.
    prefixes: Vec<Cow<'static, str>>,
}

impl Owned {
    /// Takes in the name of a field, or a prefix with `*` behind it.
    fn add(&mut self, known: &'static str) {
        match known.strip_suffix('*') {
            Some(prefix) => self.prefixes.push(prefix.into()),
            None => drop(self.names.insert(known.into())),
        }
    }

    fn holds(&self, name: &str) -> bool {
        // What comes a second time in one header has no value that it could follow from.
        let begins = || self.prefixes.iter().any(|prefix| name.starts_with(&**prefix)) && !name.contains('#');
        self.names.contains(name) || begins()
    }
}

impl Comparison<'_> {
    fn values(&mut self) {
        self.value(Aspect::Type, "header.typeflag", 1, &[], |entry| entry.entry_type, |kind| json!(type_name(kind)));
        let mode = |mode| json!(format!("{mode:04o}"));
        self.value(Aspect::Mode, "header.mode", 8, &[], |entry| entry.mode & 0o7777, mode);
        self.value(Aspect::Uid, "header.uid", 8, &["pax.uid"], |entry| entry.uid, |uid| json!(uid));
        self.value(Aspect::Gid, "header.gid", 8, &["pax.gid"], |entry| entry.gid, |gid| json!(gid));
        self.bytes(Aspect::Uname, "header.uname", &["pax.uname"], |entry| &entry.uname);
        self.bytes(Aspect::Gname, "header.gname", &["pax.gname"], |entry| &entry.gname);
        self.value(Aspect::Mtime, "header.mtime", 12, &["pax.mtime"], |entry| entry.mtime, time_value);
        self.optional_time(Aspect::Atime, "header.atime", "pax.atime", |entry| entry.atime);
        self.optional_time(Aspect::Ctime, "header.ctime", "pax.ctime", |entry| entry.ctime);
        self.bytes(Aspect::LinkName, "header.linkname", &["pax.linkpath", "gnu.longlink*"], |entry| &entry.link_name);
        let device = |numbers: Option<(_, _)>| numbers.map_or(Null, |(major, minor)| json!([major, minor]));
        self.value(Aspect::Device, "header.devmajor", 16, &["header.devminor"], |entry| entry.device, device);
        // Only what says how large the file is: the other records of a sparse file are findings of their own.
        let size = ["pax.size", "pax.GNU.sparse.size", "pax.GNU.sparse.realsize", "header.realsize"];
        self.value(Aspect::Size, "header.size", 12, &size, |entry| entry.size, |size| json!(size));
        self.xattrs();
    }

    fn value<T: PartialEq>(
        &mut self,
        aspect: Aspect,
        field: &'static str,
        bytes: u64,
        also: &[&'static str],
        read: impl Fn(&Entry) -> T,
        show: impl Fn(T) -> serde_json::Value,
    ) {
        let values = self.entries.map(read);
        if !values.same() {
            self.own(field, also);
            self.push(aspect, field, values.map(|value| Value::Json(show(value))), bytes);
        }
    }

    fn bytes(
        &mut self,
        aspect: Aspect,
        field: &'static str,
        also: &[&'static str],
        read: impl for<'e> Fn(&'e Entry) -> &'e [u8],
    ) {
        let values = Sides::new(read(self.entries.original), read(self.entries.rebuild));
        if !values.same() {
            self.own(field, also);
            let longer = values.original.len().max(values.rebuild.len()) as u64;
            self.push(aspect, field, values.map(Value::from_bytes), longer);
        }
    }

    fn optional_time(
        &mut self,
        aspect: Aspect,
        field: &'static str,
        also: &'static str,
        read: impl Fn(&Entry) -> Option<Time>,
    ) {
        let values = self.entries.map(read);
        if !values.same() {
            self.own(field, &[also]);
            self.push(
                aspect,
                field,
                values.map(|time| time.map_or(Value::Absent, |time| Value::Json(time_value(time)))),
                12,
            );
        }
    }

    fn xattrs(&mut self) {
        let sides = self.entries.map(|entry| &entry.xattrs);
        let names: BTreeSet<_> = sides.original.keys().chain(sides.rebuild.keys()).collect();
        for name in names {
            let values = sides.map(|xattrs| xattrs.get(name));
            if values.same() {
                continue;
            }
            let text = String::from_utf8_lossy(name).into_owned();
            self.owned.names.insert(xattr_record(&text).into());
            let bytes = values.original.map_or(0, Vec::len).max(values.rebuild.map_or(0, Vec::len)) + name.len();
            let field = format!("xattr.{text}");
            self.push(Aspect::Xattr, field, values.map(|value| xattr_value(name, value)), bytes as u64);
        }
    }

    fn own(&mut self, field: &'static str, also: &[&'static str]) {
        self.owned.add(field);
        also.iter().for_each(|name| self.owned.add(name));
    }

    fn push(&mut self, aspect: Aspect, field: impl Into<Cow<'static, str>>, values: Sides<Value>, bytes: u64) {
        let location = self.base.clone().with_field(field);
        self.findings.push(Finding { location, aspect, values, bytes });
    }

    /// Header bytes that differ although the values they encode are equal.
    fn encoding(&mut self) {
        let lists = self.entries.map(|entry| raw_fields(&entry.raw));
        let fields = lists.as_ref().map(|list| by_name(list));
        self.name_form(&fields);
        self.extension_header("pax", &fields);
        self.record_order(lists.as_ref());
        let names: BTreeSet<&str> = fields.original.keys().chain(fields.rebuild.keys()).map(AsRef::as_ref).collect();
        for name in names {
            let ranges = fields.as_ref().map(|fields| fields.get(name));
            if self.owned.holds(name) {
                self.unused_tail(name, ranges);
            } else {
                self.raw_field(name, ranges);
            }
        }
    }

    fn raw_field(&mut self, name: &str, ranges: Sides<Option<&Range>>) {
        let bytes = Sides::new(
            ranges.original.map(|range| slice(&self.entries.original.raw, *range)),
            ranges.rebuild.map(|range| slice(&self.entries.rebuild.raw, *range)),
        );
        let blank = |bytes: Option<&[u8]>| bytes.is_none_or(|bytes| bytes.iter().all(|byte| *byte == 0));
        // Zeros that fill the last block of an extension follow from its size, which is a field of its own.
        let filler =
            name.contains("padding") && !name.starts_with("header.") && blank(bytes.original) && blank(bytes.rebuild);
        if bytes.same() || filler {
            return;
        }
        let longer = bytes.original.map_or(0, <[u8]>::len).max(bytes.rebuild.map_or(0, <[u8]>::len)) as u64;
        let values = bytes.map(|bytes| bytes.map_or(Value::Absent, Value::from_bytes));
        let location = self.base.clone().with_field(name.to_owned()).with_range(ranges.map(Option::<&Range>::copied));
        self.findings.push(Finding { location, aspect: Aspect::Encoding, values, bytes: longer });
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
            self.own_form(&["header.name", "header.prefix", "pax.path", "gnu.longname*"]);
        }
        let forms = fields.as_ref().map(|fields| name_form(fields, "pax.linkpath", "gnu.longlink", ""));
        if !forms.same() {
            self.push(Aspect::Encoding, "linkName.form", forms.map(Value::text), 0);
            self.own_form(&["header.linkname", "pax.linkpath", "gnu.longlink*"]);
        }
    }

    fn own_form(&mut self, names: &[&'static str]) {
        names.iter().for_each(|name| self.owned.add(name));
    }

    /// The records that both sides have, in another sequence.
    fn record_order(&mut self, lists: Sides<&Vec<RawField>>) {
        let names = lists.map(|list| {
            let names = list.iter().map(|field| &*field.name);
            names.filter(|name| name.starts_with("pax.") && !name.starts_with("pax.header.")).collect::<Vec<_>>()
        });
        let common = |one: &[&str], other: &[&str]| -> Vec<String> {
            let other: BTreeSet<&str> = other.iter().copied().collect();
            one.iter().filter(|name| other.contains(*name)).map(|name| (*name).to_owned()).collect()
        };
        let orders = Sides::new(common(&names.original, &names.rebuild), common(&names.rebuild, &names.original));
        if !orders.same() {
            let bytes = orders.original.iter().map(String::len).sum::<usize>() as u64;
            self.push(Aspect::Order, "pax.records", orders.map(|names| Value::Json(json!(names))), bytes);
        }
    }

    /// An extension header on one side only is one finding, not one for each of its fields.
    fn extension_header(&mut self, family: &str, fields: &Sides<Fields>) {
        let prefix = format!("{family}.header.");
        let present = fields.as_ref().map(|fields| fields.keys().any(|name| name.starts_with(&prefix)));
        if !present.same() {
            let values = present.map(|present| if present { Value::text("present") } else { Value::Absent });
            self.push(Aspect::Encoding, format!("{family}.header"), values, 512);
            self.owned.prefixes.push(prefix.into());
            self.owned.names.insert(format!("{family}.padding").into());
        }
    }
}

/// The name of an entry type as reports show it.
pub fn type_name(entry_type: EntryType) -> String {
    match entry_type {
        EntryType::File => "file".to_owned(),
        EntryType::Hardlink => "hardlink".to_owned(),
        EntryType::Symlink => "symlink".to_owned(),
        EntryType::CharacterDevice => "character device".to_owned(),
        EntryType::BlockDevice => "block device".to_owned(),
        EntryType::Directory => "directory".to_owned(),
        EntryType::Fifo => "fifo".to_owned(),
        EntryType::Other(flag) => format!("typeflag 0x{flag:02x}"),
    }
}

/// Seconds since 1970 as a JSON number, with the fraction where there is one.
pub fn time_value(time: Time) -> serde_json::Value {
    if time.nanoseconds == 0 {
        return json!(time.seconds);
    }
    // Seconds are rounded down: before 1970 the fraction counts backwards in decimal notation.
    let nanoseconds = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds);
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let (whole, fraction) = (nanoseconds.abs() / 1_000_000_000, nanoseconds.abs() % 1_000_000_000);
    let text = format!("{sign}{whole}.{fraction:09}");
    serde_json::from_str(text.trim_end_matches('0')).unwrap_or(serde_json::Value::String(text))
}

fn by_name(fields: &[RawField]) -> Fields {
    fields.iter().map(|RawField { name, range }| (name.clone(), *range)).collect()
}

fn slice(raw: &[u8], (start, end): Range) -> &[u8] {
    let bounds = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    bounds.and_then(|(start, end)| raw.get(start..end)).unwrap_or(b"")
}

fn tail(field: &[u8]) -> &[u8] {
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

/// The PAX record that holds an extended attribute of this name.
fn xattr_record(name: &str) -> String {
    let whole_key = name.starts_with("LIBARCHIVE.xattr.") || name.starts_with("SCHILY.acl.");
    if whole_key { format!("pax.{name}") } else { format!("pax.SCHILY.xattr.{name}") }
}

/// Capabilities are shown by name, beside their bytes.
fn xattr_value(name: &[u8], value: Option<&Vec<u8>>) -> Value {
    let Some(bytes) = value else { return Value::Absent };
    match FileCapabilities::decode(bytes).filter(|_| name == capability::XATTR) {
        None => Value::from_bytes(bytes),
        Some(decoded) => Value::Json(json!({
            "hex": hex::encode(bytes),
            "revision": decoded.revision,
            "effective": decoded.effective,
            "permitted": decoded.permitted,
            "inheritable": decoded.inheritable,
            "rootId": decoded.root_id,
        })),
    }
}
