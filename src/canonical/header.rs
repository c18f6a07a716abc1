//! The headers of an entry: what they say, and how (`docs/canonical-form.md`, "Headers").

use std::borrow::Cow;

use crate::compare::attributes::type_name;
use crate::finding::{Aspect, Range};
use crate::image::entry::{Entry, Time};
use crate::image::layer::raw_fields;

use super::claims::Mark;
use super::form::{Form, Node, list};

/// The form of an entry's headers, without what claims are about.
pub(super) fn of(entry: &Entry, marks: &[Mark]) -> Form {
    let marks = Marks::new(marks);
    let mut items = values(entry, &marks);
    let fields = raw_fields(&entry.raw);
    let mut order = Node::new("records");
    for field in &fields {
        let bytes = slice(&entry.raw, field.range);
        let (name, tail) = match marks.hides(&field.name) {
            Hidden::Not if is_filler(&field.name, bytes) => continue,
            Hidden::Not => {
                if field.name.starts_with("pax.") && !field.name.starts_with("pax.header.") {
                    order.add(field.name.as_bytes());
                }
                (format!("raw.{}", field.name), bytes)
            }
            Hidden::ButTail => (format!("tail.{}", field.name), tail(bytes)),
            Hidden::All => continue,
        };
        if name.starts_with("raw.") || tail.iter().any(|byte| *byte != 0) {
            items.push((name.into_bytes(), tail.to_vec()));
        }
    }
    items.sort_unstable();
    let items = list("fields", items.iter().flat_map(|(name, value)| [&name[..], &value[..]]));
    let order = if marks.has(Aspect::Order, "pax.records") { Vec::new() } else { order.end().to_vec() };
    Node::new("header").item(&items).item(&order).end()
}

/// Zeros that fill the last block of an extension follow from its size.
fn is_filler(name: &str, bytes: &[u8]) -> bool {
    name.contains("padding") && !name.starts_with("header.") && bytes.iter().all(|byte| *byte == 0)
}

/// What the headers say, by name.
fn values(entry: &Entry, marks: &Marks<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let number = |number: u64| number.to_be_bytes().to_vec();
    let device = entry.device.map(|(major, minor)| [major.to_be_bytes(), minor.to_be_bytes()].concat());
    let all = [
        (Aspect::Type, "type", Some(type_name(entry.entry_type).into_bytes())),
        (Aspect::Mode, "mode", Some(number(u64::from(entry.mode & 0o7777)))),
        (Aspect::Uid, "uid", Some(number(entry.uid))),
        (Aspect::Gid, "gid", Some(number(entry.gid))),
        (Aspect::Uname, "uname", Some(entry.uname.to_vec())),
        (Aspect::Gname, "gname", Some(entry.gname.to_vec())),
        (Aspect::Mtime, "mtime", Some(time(entry.mtime))),
        (Aspect::Atime, "atime", entry.atime.map(time)),
        (Aspect::Ctime, "ctime", entry.ctime.map(time)),
        (Aspect::LinkName, "linkName", Some(entry.link_name.to_vec())),
        (Aspect::Device, "device", device),
        (Aspect::Size, "size", Some(number(entry.size))),
    ];
    let plain = all.into_iter().filter(|(aspect, ..)| !marks.is_claimed(*aspect));
    let plain = plain.filter_map(|(_, name, value)| Some((format!("value.{name}").into_bytes(), value?)));
    let xattrs = entry.xattrs.iter().filter(|(name, _)| {
        let field = format!("xattr.{}", String::from_utf8_lossy(name));
        !marks.has(Aspect::Xattr, &field)
    });
    let xattrs = xattrs.map(|(name, value)| ([&b"value.xattr."[..], name].concat(), value.clone()));
    plain.chain(xattrs).collect()
}

/// Seconds since 1970, rounded down, as a 64-bit two's complement, and nanoseconds.
fn time(time: Time) -> Vec<u8> {
    [&time.seconds.to_be_bytes()[..], &u64::from(time.nanoseconds).to_be_bytes()].concat()
}

/// How far a claim reaches over a field of the raw header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Not,
    /// What follows the NUL that ends it is no part of its value.
    ButTail,
    All,
}

/// The claims about headers, with the raw fields that each of them covers.
struct Marks<'m> {
    all: Vec<&'m Mark>,
    owned: Vec<Cow<'static, str>>,
    prefixes: Vec<&'static str>,
    /// Whether a claim is about the content: the size follows from that, and may be the same by chance.
    of_content: bool,
}

/// What the size of an entry is written in.
const SIZE: &[&str] = &["header.size", "pax.size", "pax.GNU.sparse.size", "pax.GNU.sparse.realsize", "header.realsize"];

impl<'m> Marks<'m> {
    fn new(marks: &'m [Mark]) -> Self {
        let all: Vec<&Mark> = marks.iter().filter(|mark| mark.is_of_header()).collect();
        let of_content = all.len() < marks.len();
        let mut made = Marks { all, owned: Vec::new(), prefixes: Vec::new(), of_content };
        if of_content {
            made.owned.extend(SIZE.iter().map(|name| Cow::Borrowed(*name)));
        }
        for mark in made.all.clone() {
            made.own(mark);
        }
        made
    }

    fn own(&mut self, mark: &Mark) {
        let (names, prefixes): (&[&'static str], &[&'static str]) = match (mark.aspect, &*mark.field) {
            (Aspect::Type, _) => (&["header.typeflag"], &[]),
            (Aspect::Mode, _) => (&["header.mode"], &[]),
            (Aspect::Uid, _) => (&["header.uid", "pax.uid"], &[]),
            (Aspect::Gid, _) => (&["header.gid", "pax.gid"], &[]),
            (Aspect::Uname, _) => (&["header.uname", "pax.uname"], &[]),
            (Aspect::Gname, _) => (&["header.gname", "pax.gname"], &[]),
            (Aspect::Mtime, _) => (&["header.mtime", "pax.mtime"], &[]),
            (Aspect::Atime, _) => (&["header.atime", "pax.atime"], &[]),
            (Aspect::Ctime, _) => (&["header.ctime", "pax.ctime"], &[]),
            (Aspect::LinkName, _) | (Aspect::Encoding, "linkName.form") => {
                (&["header.linkname", "pax.linkpath"], &["gnu.longlink"])
            }
            (Aspect::Device, _) => (&["header.devmajor", "header.devminor"], &[]),
            (Aspect::Size, _) => (SIZE, &[]),
            (Aspect::Encoding, "name" | "name.form") => {
                (&["header.name", "header.prefix", "pax.path"], &["gnu.longname"])
            }
            (Aspect::Encoding, "pax.header") => (&["pax.padding"], &["pax.header."]),
            (Aspect::Xattr, field) => {
                self.owned.extend(field.strip_prefix("xattr.").map(|name| record(name).into()));
                (&[], &[])
            }
            _ => (&[], &[]),
        };
        self.owned.extend(names.iter().map(|name| Cow::Borrowed(*name)));
        self.prefixes.extend(prefixes);
    }

    fn hides(&self, name: &str) -> Hidden {
        // What comes a second time in one header has no value that it could follow from.
        let begins = || !name.contains('#') && self.prefixes.iter().any(|prefix| name.starts_with(prefix));
        if self.owned.iter().any(|owned| owned == name) || begins() {
            let has_tail = name.starts_with("header.") && name != "header.typeflag";
            let claimed = || self.has(Aspect::Encoding, &format!("{name}.unused"));
            return if has_tail && !claimed() { Hidden::ButTail } else { Hidden::All };
        }
        // A checksum follows from the rest, and may be the same by chance; every reader checks it.
        let follows = name.ends_with("header.chksum") && (self.of_content || !self.all.is_empty());
        if follows || self.has(Aspect::Encoding, name) { Hidden::All } else { Hidden::Not }
    }

    fn has(&self, aspect: Aspect, field: &str) -> bool {
        self.all.iter().any(|mark| mark.aspect == aspect && mark.field == field)
    }

    fn is_claimed(&self, aspect: Aspect) -> bool {
        (aspect == Aspect::Size && self.of_content) || self.all.iter().any(|mark| mark.aspect == aspect)
    }
}

/// The PAX record that holds an extended attribute of this name.
fn record(name: &str) -> String {
    let whole_key = name.starts_with("LIBARCHIVE.xattr.") || name.starts_with("SCHILY.acl.");
    if whole_key { format!("pax.{name}") } else { format!("pax.SCHILY.xattr.{name}") }
}

fn slice(raw: &[u8], (start, end): Range) -> &[u8] {
    let bounds = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    bounds.and_then(|(start, end)| raw.get(start..end)).unwrap_or_default()
}

/// What follows the NUL that ends a field; base-256 numbers (first bit set) fill theirs.
fn tail(field: &[u8]) -> &[u8] {
    if field.first().is_some_and(|byte| byte & 0x80 != 0) {
        return b"";
    }
    field.iter().position(|byte| *byte == 0).and_then(|end| field.get(end..)).unwrap_or_default()
}
