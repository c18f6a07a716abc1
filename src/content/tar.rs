//! tar archives (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar) as files, read by the scanner that layers are read by.
//!
//! What a whiteout is to a layer is a file like any other here. Where readers do not see the same members, an archive is
//! bytes: global headers, sparse files, types that are not of POSIX, names that are there twice, anything but zeros behind
//! the end, and whatever makes an entry of a layer contested. So is one that a kernel could run: its headers would be code.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::File;
use super::coupled::Coupled;
use super::node::{Coding, Member, Node, Part, Shape};
use crate::codec::tar::{Entry, EntryType, InMemory, Item, RawField, Scanner, raw_fields};
use crate::finding::{Derivation, Range, Role};

mod field;

pub use field::time;

/// All header blocks of an entry, until they are divided.
const HEADERS: &str = "tar.headers";
/// Where POSIX and GNU headers have their magic.
const MAGIC: std::ops::Range<usize> = 257..262;
/// A member that signs all bytes before it, times among them (PHP, "Phar Signature format").
const SIGNATURE: &[u8] = b".phar/signature.bin";
/// The size of everything in an archive.
const BLOCK: u64 = 512;

/// Whether a file that begins like this is taken for tar.
pub(super) fn opens(head: &[u8]) -> bool {
    head.get(MAGIC) == Some(b"ustar") && !is_program(head)
}

/// Whether a kernel or shell could take the file for a program.
fn is_program(head: &[u8]) -> bool {
    let is_text = head.first().is_some_and(|byte| *byte >= b' ' && *byte != 0x7f);
    !is_text || head.starts_with(b"#!") || head.starts_with(b"MZ")
}

/// Takes a tar archive apart; declines where readers could see different members in it.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !opens(file.bytes) {
        return None;
    }
    let mut archive = Archive { file, parts: Vec::new(), members: Vec::new(), paths: Vec::new(), has_links: false };
    let mut scanner = Scanner::new(InMemory::new(file.bytes), file.limits);
    while let Some(item) = scanner.next_item().ok()? {
        let Item::Entry(entry) = item else { return None };
        archive.entry(&entry)?;
        archive.padding(&entry, &scanner.padding().ok()?)?;
    }
    let trailer = scanner.drain().ok()?;
    if trailer.rest.is_some() {
        return None;
    }
    archive.push("tar.trailer", Role::Padding, (trailer.offset, file.bytes.len() as u64))?;
    archive.end()
}

/// An archive while it is read.
struct Archive<'a> {
    file: &'a File<'a>,
    parts: Vec<Part>,
    members: Vec<Member>,
    paths: Vec<Arc<[u8]>>,
    has_links: bool,
}

impl Archive<'_> {
    /// Takes in the headers of an entry, and where its content is.
    fn entry(&mut self, entry: &Entry) -> Option<()> {
        if entry.contested || entry.sparse.is_some() || matches!(entry.entry_type, EntryType::Other(_)) {
            return None;
        }
        let member = self.members.len();
        let start = entry.offset + entry.raw.len() as u64;
        self.push(HEADERS, Role::Header, (entry.offset, start))?.member = Some(member);
        let data = (start, start + entry.size);
        self.push("tar.data", Role::Encoded, data)?.member = Some(member);
        self.file.room.take_held(1)?;
        self.members.push(Member::new(entry.name.clone(), data, Coding::Stored));
        self.paths.push(entry.path.clone());
        self.has_links |= matches!(entry.entry_type, EntryType::Hardlink | EntryType::Symlink);
        Some(())
    }

    /// Takes in what fills the last block of a content: how much that is follows from the content.
    fn padding(&mut self, entry: &Entry, padding: &[u8]) -> Option<()> {
        let start = entry.offset + entry.raw.len() as u64 + entry.size;
        let end = start + padding.len() as u64;
        let is_plain = entry.size.next_multiple_of(BLOCK) - entry.size == padding.len() as u64
            && padding.iter().all(|byte| *byte == 0);
        let role = if is_plain { Role::of_member(Derivation::Size) } else { Role::Unparsed };
        self.push("tar.padding", role, (start, end))?.member = Some(self.members.len() - 1);
        Some(())
    }

    /// Takes in a part.
    fn push(&mut self, name: &'static str, role: Role, place: Range) -> Option<&mut Part> {
        self.file.room.take_held(1)?;
        self.parts.push(Part::new(name, role, place));
        self.parts.last_mut()
    }

    fn end(mut self) -> Option<Node> {
        let names: BTreeSet<&[u8]> = self.paths.iter().map(|path| &path[..]).collect();
        if names.len() != self.paths.len() || names.contains(SIGNATURE) {
            return None;
        }
        // Which files stand beside each other is for links to say.
        let coupled = Coupled::of(names);
        let all = self.has_links && coupled.any_is_compiled();
        for (member, path) in self.members.iter_mut().zip(&self.paths) {
            member.coupled = all || coupled.has(path);
        }
        let Archive { parts, members, .. } = self;
        Some(Node { format: "tar", parts, members, shape: Shape::Archive { ordered: true }, split: Some(divide) })
    }
}

/// The fields of the headers of an entry. Their names are those of layers, with the format in front of them.
fn divide(node: &Node, headers: &Part, raw: &[u8]) -> Vec<Part> {
    if headers.name != HEADERS {
        return Vec::new();
    }
    let start = headers.range.0;
    let size = headers.member.and_then(|member| node.members.get(member)).map(|member| member.range.1 - member.range.0);
    let part = |RawField { name, range }: RawField| {
        let bytes = super::slice(raw, range);
        let (role, value) = (field::role(&name, bytes, size), field::value(&name, bytes));
        let mut part = Part::new(format!("tar.{name}"), role, (start + range.0, start + range.1));
        (part.member, part.value) = (headers.member, value);
        part
    };
    raw_fields(raw).into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_fields, assert_partition, never_panics_and_partitions};
    use super::*;
    use crate::codec::tar::fixtures::{END, Header, file, member, pax};
    use crate::finding::{Of, Value};
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use crate::spill::Content;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8], room: &Room) -> Option<Node> {
        decode(&File { path: b"a.tar", bytes, limits: &Limits::default(), room })
    }

    fn is_read(entries: &[Vec<u8>]) -> bool {
        let bytes = [&entries.concat()[..], &END].concat();
        let node = decoded(&bytes, &Room::endless());
        node.iter().for_each(|node| assert_partition(node, bytes.len()));
        node.is_some()
    }

    fn files() -> Vec<u8> {
        let directory = member(&Header::new("a/", b'5', 0), b"");
        [directory, pax(b'x', &[("mtime", b"1.5")]), file("a/one", b"one"), file("a/.wh.two", b""), END.to_vec()]
            .concat()
    }

    #[test]
    fn members_are_opened() {
        let (bytes, room) = (files(), Room::endless());
        let node = decoded(&bytes, &room).unwrap();
        assert_partition(&node, bytes.len());
        let names: Vec<&[u8]> = node.members.iter().map(|member| &member.name[..]).collect();
        assert_eq!(names, [&b"a/"[..], b"a/one", b"a/.wh.two"]);
        let content = node.open(&Content::from_bytes(&bytes), 1, &Limits::default(), &room).unwrap();
        assert_eq!(content.bytes(10).unwrap().as_deref(), Some(&b"one"[..]));
    }

    #[test]
    fn fields_have_roles_and_values() {
        let bytes = files();
        let node = decoded(&bytes, &Room::endless()).unwrap();
        let fields = all_fields(&node, &bytes);
        let part = |name: &str| {
            let part = fields.iter().find(|part| part.name == name && part.member != Some(0)).unwrap();
            (part.role, part.value.clone())
        };
        let follows = |kind| Role::Derived { of: Of::Header, kind };
        assert_eq!(part("tar.header.size"), (Role::of_member(Derivation::Size), Some(Value::number(3))));
        assert_eq!(part("tar.padding").0, Role::of_member(Derivation::Size));
        assert_eq!(part("tar.header.chksum").0, follows(Derivation::Checksum));
        assert_eq!(part("tar.pax.header.size").0, follows(Derivation::Size));
        assert_eq!(part("tar.pax.padding").0, follows(Derivation::Size));
        assert_eq!(part("tar.pax.mtime"), (Role::Header, Some(Value::text("1970-01-01T00:00:01.500Z"))));
        assert_eq!(part("tar.header.mtime"), (Role::Header, Some(Value::text("1970-01-01T00:00:00Z"))));
        assert_eq!(part("tar.header.mode"), (Role::Header, Some(Value::text("0000644"))));
        assert_eq!(part("tar.trailer").0, Role::Padding);
    }

    #[test]
    fn what_readers_disagree_about_is_bytes() {
        assert!(is_read(&[file("a", b"1"), file("b", b"2")]));
        assert!(!is_read(&[file("a", b"1"), file("./a", b"2")]), "a name twice");
        assert!(!is_read(&[file("a", b"1"), pax(b'g', &[("comment", b"x")]), file("b", b"2")]), "a global header");
        assert!(!is_read(&[file("a", b"1"), pax(b'x', &[("mtime", b"1"), ("mtime", b"2")]), file("b", b"")]));
        assert!(!is_read(&[file("a", b"1"), member(&Header::new("v", b'V', 0), b"")]), "a typeflag of GNU's own");
        assert!(!is_read(&[file("#!/bin/sh", b"1")]), "a program");
        assert!(!is_read(&[file("a", b"1"), END.to_vec(), file("b", b"2")]), "something behind the end");
    }

    #[test]
    fn bytes_that_follow_from_nothing_are_no_derived_ones() {
        let (mut bytes, room) = (files(), Room::endless());
        let place = |bytes: &[u8]| {
            decoded(bytes, &room)
                .unwrap()
                .parts
                .iter()
                .rfind(|part| part.name == "tar.padding" && part.range.0 < part.range.1)
                .unwrap()
                .clone()
        };
        let at = usize::try_from(place(&bytes).range.0).unwrap();
        bytes[at] = 1;
        assert_eq!(place(&bytes).role, Role::Unparsed);
    }

    #[test]
    fn sources_beside_what_was_compiled_from_them_are_coupled() {
        let coupled = |entries: &[Vec<u8>]| {
            let bytes = [&entries.concat()[..], &END].concat();
            decoded(&bytes, &Room::endless()).unwrap().members.iter().map(|member| member.coupled).collect::<Vec<_>>()
        };
        assert_eq!(coupled(&[file("./m.py", b""), file("m.pyc", b""), file("t", b"")]), [true, true, false]);
        let link = member(&Header::new("d", b'2', 0), b"");
        assert_eq!(coupled(&[link, file("a/m.py", b""), file("b/m.pyc", b"")]), [true; 3], "a link may join them");
    }

    #[test]
    fn parts_cost_room() {
        use crate::limits::budget::HELD;
        let (bytes, room) = (files(), Room::endless());
        assert!(decoded(&bytes, &room).is_some() && room.taken() > 12 * HELD);
        let little = Room::new(room.taken() - 1);
        assert!(decoded(&bytes, &little).is_none() && little.is_overrun());
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 0..4), end in any::<prop::sample::Index>()) {
            let mut bytes = files();
            for (index, byte) in changes {
                let index = index.index(bytes.len());
                bytes[index] = byte;
            }
            never_panics_and_partitions(b"a.tar", &bytes);
            never_panics_and_partitions(b"a.tar", &bytes[..end.index(bytes.len())]);
        }
    }
}
