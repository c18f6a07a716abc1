//! zip archives (PKWARE APPNOTE 6.3.10): jars, wheels, documents. Headers are parts about their member, wherever they are.
//!
//! A block of fields is one part until it is divided.
//!
//! Only archives of which all readers see the same members are taken apart (`codec::zip`), and only such as begin with a
//! local header: what stands in front of one is code. Of the methods, stored and deflated members can be opened.

use std::borrow::Cow;

use super::File;
use super::coupled::Coupled;
use super::node::{Check, Coding, Member, Node, Part, Shape, range};
use crate::codec::fault::Fault;
use crate::codec::zip::{self, MAGIC, Zip};
use crate::finding::{Derivation, GapReason, Of, Role, Value};
use crate::limits::Limits;
use crate::limits::budget::HELD;
use crate::limits::ledger::Room;
use crate::spill::{Content, Window};

pub mod time;

/// A member and its parts: the local header, its data, the header in the directory.
const LEAST: u64 = 4;
/// Sizes and checksum come behind the data (section 4.4.4, bit 3).
const DESCRIBED: u8 = 1 << 3;

/// Whether a file that begins like this is taken for zip.
pub(super) fn opens(head: &[u8]) -> bool {
    MAGIC.iter().any(|magic| head.starts_with(*magic))
}

/// Takes a zip archive apart; declines where readers could see different members in it.
pub(super) fn decode(file: &File<'_>) -> Option<Node> {
    let window = Window::of(file.bytes);
    is_magic(&window).then(|| take_apart(&window, u64::MAX, file.room))?
}

/// The same where the archive is too long to be held: only what is around the members is read.
pub(super) fn decode_far(file: &Content, limits: &Limits, room: &Room) -> Option<Node> {
    let window = Window::over(file);
    // Of a directory nearly all is names, and these are held.
    let is_held = is_magic(&window) && Zip::directory_size(&window).ok()? <= limits.decoded_content_bytes;
    is_held.then(|| take_apart(&window, limits.nested_bytes, room))?
}

fn is_magic(file: &Window<'_>) -> bool {
    MAGIC.iter().any(|magic| file.has(0, *magic))
}

/// Takes it apart where there are no more members than there is room for, and than `held` bytes would hold.
fn take_apart(file: &Window<'_>, held: u64, room: &Room) -> Option<Node> {
    let most = room.left().min(held) / (LEAST * HELD);
    let zip = match Zip::read(file, usize::try_from(most).unwrap_or(usize::MAX)) {
        Ok(zip) => zip,
        Err(Fault { reason: GapReason::Limit, .. }) => {
            room.take(u64::MAX)?;
            return None;
        }
        Err(_) => return None,
    };
    room.take_held(zip.members.len())?;
    let parts = zip.blocks(file).map(|block| room.take_held(1).map(|()| whole(file, block)));
    let parts: Vec<Part> = parts.collect::<Option<_>>()?;
    if parts.first().is_none_or(|first| first.name == "prefix") || is_signed_as_a_whole(&parts, file) {
        return None;
    }
    let names: Vec<Cow<'_, [u8]>> = zip.members.iter().map(|member| member.name(file)).collect();
    if names.iter().any(|name| SIGNATURES.contains(&&**name)) {
        return None;
    }
    let coupled = Coupled::of(names.iter().map(|name| &**name).collect());
    let members = zip.members.iter().zip(&names).map(|(found, name)| member(found, name, &coupled)).collect();
    Some(Node { format: "zip", parts, members, shape: Shape::Archive { ordered: true }, split: Some(divide) })
}

/// Members that sign all other bytes of the archive, times among them (NuGet, "Signed Packages"; PHP, "Phar Signature
/// format").
const SIGNATURES: [&[u8]; 2] = [b".signature.p7s", b".phar/signature.bin"];

/// Whether what stands before the directory signs all bytes of the archive, times and encoders' choices among them (Android,
/// "APK Signature Scheme v2").
fn is_signed_as_a_whole(parts: &[Part], file: &Window<'_>) -> bool {
    const END: &[u8] = b"APK Sig Block 42";
    let ends = |part: &Part| usize::try_from(part.range.1).ok()?.checked_sub(END.len());
    let is_signature = |part: &Part| part.name == "gap" && ends(part).is_some_and(|at| file.has(at, END));
    parts.iter().any(is_signature)
}

fn member(found: &zip::Member, name: &[u8], coupled: &Coupled<'_>) -> Member {
    let coding = match found.method {
        0 => Coding::Stored,
        8 => Coding::Deflate,
        method => Coding::Unknown(method),
    };
    Member {
        check: Check { size: Some(found.size), crc32: Some(found.crc32) },
        coupled: coupled.has(name),
        ..Member::new(name, range(found.data.start, found.data.end), coding)
    }
}

/// The fields of a block.
fn divide(_: &Node, block: &Part, bytes: &[u8]) -> Vec<Part> {
    let [start, end] = [block.range.0, block.range.1].map(|place| usize::try_from(place).unwrap_or(usize::MAX));
    let fields = zip::fields(bytes, &zip::Part { name: block.name.clone(), member: block.member, range: start..end });
    let field = |found: &zip::Part| bytes.get(found.range.start - start..found.range.end - start).unwrap_or_default();
    let flags = fields.iter().find(|found| found.name == "local.flags").and_then(|found| field(found).first().copied());
    let is_described = flags.is_some_and(|flags| flags & DESCRIBED != 0);
    let part = |found: zip::Part| {
        let bytes = field(&found);
        let is_blank = is_described && is_told_later(&found) && bytes.iter().all(|byte| *byte == 0);
        let role = if is_blank { Role::Header } else { role(&found.name) };
        let mut part = Part::new(found.name, role, range(found.range.start, found.range.end));
        part.member = found.member;
        part.value = value(&part.name, bytes);
        part
    };
    fields.into_iter().map(part).collect()
}

/// A block, or a field that is about no member.
fn whole(file: &Window<'_>, found: zip::Part) -> Part {
    let role = role(&found.name);
    let bytes = found.member.is_none().then(|| file.get(found.range.clone())).flatten();
    let value = bytes.and_then(|bytes| value(&found.name, &bytes));
    let mut part = Part::new(found.name, role, range(found.range.start, found.range.end));
    (part.member, part.value) = (found.member, value);
    part
}

/// Whether it is a field that says nothing where a descriptor does.
fn is_told_later(part: &zip::Part) -> bool {
    matches!(&*part.name, "local.crc32" | "local.compressed_size" | "local.size")
}

/// What follows from other bytes was held against them when the directory was read, or is when the member is opened.
fn role(name: &str) -> Role {
    match name.rsplit_once('.').unwrap_or(("", name)) {
        ("", "data") => Role::Encoded,
        ("", "gap" | "prefix") | (_, "unparsed") => Role::Unparsed,
        (_, "crc32") => Role::of_member(Derivation::Checksum),
        (_, "size") => Role::of_member(Derivation::Size),
        (_, "compressed_size") => Role::Derived { of: Of::Encoded, kind: Derivation::Size },
        (_, "lengths" | "comment_length") => Role::Derived { of: Of::Header, kind: Derivation::Size },
        (_, "offset" | "directory_offset") => Role::of_file(Derivation::Offset),
        ("end" | "end64", "entries" | "directory_size") => Role::of_file(Derivation::Size),
        _ => Role::Header,
    }
}

/// What the bytes of a field mean, where that is easier to read.
fn value(name: &str, bytes: &[u8]) -> Option<Value> {
    match name {
        "local.mtime" | "central.mtime" => time::text(bytes.try_into().ok()?).map(Value::text),
        _ => {
            let (_, field) = name.rsplit_once('.')?;
            let is_number = matches!(field, "method" | "size" | "compressed_size" | "offset" | "directory_offset");
            is_number
                .then(|| Value::number(bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_fields, assert_partition, never_panics_and_partitions};
    use super::*;
    use crate::codec::zip::tests::{Entry, archive, around};
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8], room: &Room) -> Option<Node> {
        decode(&File { path: b"a.jar", bytes, limits: &Limits::default(), room })
    }

    fn files() -> Vec<u8> {
        archive(&[Entry::stored("a/one.txt", b"one"), Entry::stored("two", b"").described(true)])
    }

    #[test]
    fn members_are_opened_and_held_against_their_checksum() {
        let bytes = files();
        let room = Room::endless();
        let node = decoded(&bytes, &room).unwrap();
        assert_partition(&node, bytes.len());
        let opened: Vec<_> =
            (0..2).map(|member| node.open(&Content::from_bytes(&bytes), member, &Limits::default(), &room)).collect();
        assert_eq!(opened[0].as_ref().unwrap().bytes(10).unwrap().as_deref(), Some(&b"one"[..]));
        assert_eq!(opened[1].as_ref().unwrap().size(), 0);
        let lie = Entry { crc32: 7, ..Entry::stored("a", b"one") };
        let bytes = archive(&[lie]);
        assert!(
            decoded(&bytes, &room).unwrap().open(&Content::from_bytes(&bytes), 0, &Limits::default(), &room).is_none()
        );
        let unknown = Entry { method: 14, ..Entry::stored("a", b"one") };
        let bytes = archive(&[unknown]);
        assert!(
            decoded(&bytes, &room).unwrap().open(&Content::from_bytes(&bytes), 0, &Limits::default(), &room).is_none()
        );
    }

    #[test]
    fn fields_have_roles_and_values() {
        let bytes = files();
        let node = decoded(&bytes, &Room::endless()).unwrap();
        let fields = all_fields(&node, &bytes);
        let part = |name: &str| {
            let part = fields.iter().find(|part| part.name == name).unwrap();
            (part.role, part.value.clone().and_then(|value| value.as_str().map(str::to_owned)))
        };
        assert_eq!(part("local.mtime"), (Role::Header, Some("2024-11-05 15:28:52".to_owned())));
        assert_eq!(part("local.crc32").0, Role::of_member(Derivation::Checksum));
        assert_eq!(part("end.directory_offset").0, Role::of_file(Derivation::Offset));
        assert_eq!(part("data").0, Role::Encoded);
        let blank = fields.iter().find(|part| part.name == "local.crc32" && part.member == Some(1)).unwrap();
        assert_eq!(blank.role, Role::Header);
    }

    #[test]
    fn what_stands_in_front_of_an_archive_makes_it_bytes() {
        let room = Room::endless();
        assert!(decoded(&around(&[Entry::stored("a", b"")], b"#!/bin/sh\n", b"", b""), &room).is_none());
        assert!(decoded(&around(&[Entry::stored("a", b"")], b"PK\x03\x04", b"", b""), &room).is_none());
        assert!(decoded(&around(&[Entry::stored("a", b"")], b"", b"gap", b"comment"), &room).is_some());
    }

    #[test]
    fn many_members_cost_room() {
        let entries: Vec<Entry> = (0..100).map(|number| Entry::stored(&number.to_string(), b"")).collect();
        let bytes = archive(&entries);
        let room = Room::endless();
        assert!(decoded(&bytes, &room).is_some());
        assert!(decoded(&bytes, &Room::new(room.taken())).is_some());
        for little in [0, 1 << 10, room.taken() - 1] {
            let room = Room::new(little);
            assert!(decoded(&bytes, &room).is_none() && room.is_overrun());
        }
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 0..4)) {
            let mut bytes = files();
            for (index, byte) in changes {
                let index = index.index(bytes.len());
                bytes[index] = byte;
            }
            never_panics_and_partitions(b"a.zip", &bytes);
        }
    }
}
