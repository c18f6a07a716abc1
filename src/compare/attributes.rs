//! Two entries of the same path to findings: every attribute by value, then every header byte that no value accounts for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value::Null;
use serde_json::json;

use crate::finding::{Aspect, Finding, Location, Sides, Value};
use crate::image::capability::{self, FileCapabilities};
use crate::image::entry::{Entry, EntryType, Time};

mod encoding;
mod measure;

/// Compares all attributes of two entries of the same path, and measures how many of the stored header bytes differ in
/// each finding; content is compared elsewhere.
pub fn compare(base: &Location, entries: Sides<&Entry>) -> Vec<Finding> {
    let mut comparison = Comparison { base, entries, findings: Vec::new(), owned: Owned::default() };
    comparison.values();
    if entries.original.raw != entries.rebuild.raw {
        let fields = comparison.encoding();
        comparison.measure(fields.as_ref());
    }
    comparison.findings
}

struct Comparison<'a> {
    base: &'a Location,
    entries: Sides<&'a Entry>,
    findings: Vec<Finding>,
    owned: Owned,
}

/// Raw fields whose differences are those of findings, by position of the finding. There may be as many as an entry has
/// xattrs.
#[derive(Default)]
struct Owned {
    names: BTreeMap<Cow<'static, str>, usize>,
    /// Of names that do not come a second time in one header.
    prefixes: Vec<(Cow<'static, str>, usize)>,
}

impl Owned {
    /// Takes in the name of a field, or a prefix with `*` behind it.
    fn add(&mut self, known: &'static str, finding: usize) {
        match known.strip_suffix('*') {
            Some(prefix) => self.prefixes.push((prefix.into(), finding)),
            None => drop(self.names.insert(known.into(), finding)),
        }
    }

    /// The finding that a field's difference is of.
    fn owner(&self, name: &str) -> Option<usize> {
        // What comes a second time in one header has no value that it could follow from.
        let begins = || self.prefixes.iter().find(|(prefix, _)| name.starts_with(&**prefix) && !name.contains('#'));
        self.names.get(name).copied().or_else(|| begins().map(|(_, finding)| *finding))
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
            self.push(aspect, field, values.map(|value| Value::Json(show(value))), bytes);
            self.own(field, also);
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
            let longer = values.original.len().max(values.rebuild.len()) as u64;
            self.push(aspect, field, values.map(Value::from_bytes), longer);
            self.own(field, also);
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
            self.push(
                aspect,
                field,
                values.map(|time| time.map_or(Value::Absent, |time| Value::Json(time_value(time)))),
                12,
            );
            self.own(field, &[also]);
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
            let bytes = values.original.map_or(0, Vec::len).max(values.rebuild.map_or(0, Vec::len)) + name.len();
            let field = format!("xattr.{text}");
            self.push(Aspect::Xattr, field, values.map(|value| xattr_value(name, value)), bytes as u64);
            self.owned.names.insert(xattr_record(&text).into(), self.last());
        }
    }

    /// The last finding has the differences of these fields.
    fn own(&mut self, field: &'static str, also: &[&'static str]) {
        let last = self.last();
        self.owned.add(field, last);
        also.iter().for_each(|name| self.owned.add(name, last));
    }

    const fn last(&self) -> usize {
        self.findings.len().saturating_sub(1)
    }

    fn push(&mut self, aspect: Aspect, field: impl Into<Cow<'static, str>>, values: Sides<Value>, bytes: u64) {
        let mut location = self.base.clone().with_field(field);
        // Where no header byte differs a value comes from elsewhere, a global header say, and counts there.
        location.measured = Some(0);
        self.findings.push(Finding { location, aspect, values, bytes });
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
