//! gzip files (RFC 1952): every header field, the deflate stream and the trailer of each member.
//!
//! The members' data is one file, as every reader of gzip treats it. Parts of the second and later members are named
//! `gzip.member2.…`. Bytes behind the last member that do not open another one are `unparsed`. Only an inflater finds out
//! where a member ends: the file is read in a stream into nothing, and its checksums are verified.

use std::borrow::Cow;

use super::node::{Coding, Member, Node, Part, Shape};
use super::{File, stream};
use crate::codec::compression::{Decompressor, Framing, GzipHeader, GzipMember};
use crate::finding::{Derivation, Role, Value};

const MAGIC: &[u8] = &[0x1f, 0x8b, 8];
/// How the first archive in a package of Alpine begins: it signs the bytes of the second member as they are, or has their
/// digest (apk-package(5), `datahash`).
const PACKAGES: [&[u8]; 2] = [b".SIGN.", b".PKGINFO\0"];
const LONGEST: usize = 9;
const ENDINGS: &[(&str, &str)] = &[(".gz", ""), (".tgz", ".tar"), (".svgz", ".svg")];

/// Whether a file that begins like this is taken for gzip.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Takes a gzip file apart; declines where a member is damaged or where there is too much in it.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !opens(file.bytes) {
        return None;
    }
    let mut decompressor = Decompressor::new(file.bytes, file.limits);
    let mut head = Vec::new();
    stream::each(&mut decompressor, file.room, &mut |piece| {
        let room = LONGEST - head.len();
        head.extend_from_slice(piece.get(..room).unwrap_or(piece));
        Some(())
    })?;
    let Framing::Gzip(framing) = decompressor.finish() else { return None };
    if framing.members.len() > 1 && PACKAGES.iter().any(|name| head.starts_with(name)) {
        return None;
    }
    let mut parts = Vec::new();
    let mut end = 0;
    for (number, member) in (1..).zip(&framing.members) {
        let before = parts.len();
        end = member_parts(file, number, member, &mut parts)?;
        file.room.take_parts(parts.len() - before)?;
    }
    if end < file.bytes.len() as u64 {
        parts.push(Part::new("unparsed", Role::Unparsed, (end, file.bytes.len() as u64)));
    }
    let member = Member::of(&parts, stream::member_name(file.name(), ENDINGS), Coding::Deflate)?;
    Some(Node { format: "gzip", parts, members: vec![member], shape: Shape::Envelope, split: None })
}

/// Adds the parts of a member, numbered from 1; where it ends.
fn member_parts(file: &File<'_>, number: usize, member: &GzipMember, parts: &mut Vec<Part>) -> Option<u64> {
    let named = |name: &'static str| -> Cow<'static, str> {
        match number {
            1 => name.into(),
            _ => name.replacen("gzip.", &format!("gzip.member{number}."), 1).into(),
        }
    };
    for (name, (start, end)) in GzipHeader::parse(&member.header).ok()?.fields() {
        let range = (member.offset + start, member.offset + end);
        let mut part = Part::new(named(name), Role::Header, range).about(0);
        part.value = value(name, part.bytes(file.bytes));
        parts.push(part);
    }
    let start = member.offset.checked_add(member.header.len() as u64)?;
    let end = start.checked_add(member.deflate_size)?;
    parts.push(Part::new(named("gzip.deflate"), Role::Encoded, (start, end)).about(0));
    let [checksum, size] = [Derivation::Checksum, Derivation::Size].map(Role::of_member);
    let crc32 = Part::new(named("gzip.crc32"), checksum, (end, end + 4)).about(0);
    parts.push(crc32.with_value(Value::number(member.crc32)));
    let isize = Part::new(named("gzip.isize"), size, (end + 4, end + 8)).about(0);
    parts.push(isize.with_value(Value::number(member.isize)));
    Some(end + 8)
}

/// What the bytes of a header field mean: numbers are little endian, texts end in NUL.
fn value(name: &str, bytes: &[u8]) -> Option<Value> {
    match name {
        "gzip.header.magic" | "gzip.header.extra" => None,
        "gzip.header.name" | "gzip.header.comment" => bytes.strip_suffix(b"\0").map(Value::from_bytes),
        _ => Some(Value::number(bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte)))),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use super::super::tests::{assert_partition, opened};
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use proptest::prelude::*;

    /// A gzip member with a fixed time, and a name where one is given.
    pub(crate) fn gzip(data: &[u8], name: Option<&str>) -> Vec<u8> {
        let mut builder = flate2::GzBuilder::new().mtime(0x0102_0304);
        if let Some(name) = name {
            builder = builder.filename(name);
        }
        let mut encoder = builder.write(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8]) -> Option<Node> {
        decode(&File { path: b"a/x.gz", bytes, limits: &Limits::default(), room: &Room::endless() })
    }

    fn names(decoded: &Node) -> Vec<&str> {
        decoded.parts.iter().map(|part| &*part.name).collect()
    }

    #[test]
    fn all_header_fields_are_found() {
        let bytes = gzip(b"hello hello", Some("x"));
        let decoded = decoded(&bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        let expected = "magic method flags mtime xfl os name";
        let expected: Vec<String> = expected.split(' ').map(|name| format!("gzip.header.{name}")).collect();
        assert_eq!(names(&decoded)[..7], expected);
        assert_eq!(names(&decoded)[7..], ["gzip.deflate", "gzip.crc32", "gzip.isize"]);
        assert_eq!(decoded.parts[3].value, Some(Value::number(0x0102_0304)));
        assert_eq!(decoded.parts[3].range, (4, 8));
        assert_eq!(decoded.parts[6].value, Some(Value::text("x")));
        assert_eq!(opened(b"a/x.gz", &bytes), Some((b"x".to_vec(), b"hello hello".to_vec())));
    }

    #[test]
    fn extra_comment_and_header_crc() {
        let builder = flate2::GzBuilder::new().extra(&b"ab"[..]).comment("note");
        let mut bytes = builder.write(Vec::new(), flate2::Compression::fast()).finish().unwrap();
        // Add a header CRC: the flag, and two bytes in front of the deflate stream (12 + 2 + 2 + 5 bytes of header).
        bytes[3] |= 2;
        let header = 10 + 4 + 5;
        let crc = (crc32fast::hash(&bytes[..header]) & 0xffff) as u16;
        bytes.splice(header..header, crc.to_le_bytes());
        let good = decoded(&bytes).unwrap();
        assert_partition(&good, bytes.len());
        assert_eq!(names(&good)[6..9], ["gzip.header.extra", "gzip.header.comment", "gzip.header.crc"]);
        bytes[header] ^= 1;
        assert!(decoded(&bytes).is_none());
    }

    #[test]
    fn members_are_concatenated_and_trailing_bytes_named() {
        let bytes = [gzip(b"one ", None), gzip(b"two", None), b"\0\0rest".to_vec()].concat();
        let decoded = decoded(&bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        assert!(names(&decoded).contains(&"gzip.member2.header.mtime"));
        assert_eq!(names(&decoded).last(), Some(&"unparsed"));
        assert_eq!(opened(b"a/x.gz", &bytes), Some((b"x".to_vec(), b"one two".to_vec())));
    }

    #[test]
    fn damage_makes_it_bytes() {
        let bytes = gzip(b"hello hello", None);
        for (index, bit) in [(3, 0x20), (bytes.len() - 1, 1), (bytes.len() - 5, 1)] {
            let mut damaged = bytes.clone();
            damaged[index] ^= bit;
            assert!(decoded(&damaged).is_none(), "{index}");
        }
        for end in 0..bytes.len() {
            assert!(decoded(&bytes[..end]).is_none(), "{end}");
        }
    }

    #[test]
    fn what_inflates_too_far_is_bytes() {
        let bytes = gzip(&[0; 100_000], None);
        let decode = |room: &Room| decode(&File { path: b"x.gz", bytes: &bytes, limits: &Limits::default(), room });
        let room = Room::endless();
        assert!(decode(&room).is_some());
        assert!(room.taken() > 100_000);
        let enough = Room::new(room.taken());
        assert!(decode(&enough).is_some() && !enough.is_overrun());
        let little = Room::new(99_999);
        assert!(decode(&little).is_none() && little.is_overrun());
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(data in any::<Vec<u8>>(), change in any::<(prop::sample::Index, u8)>(), tail in any::<Vec<u8>>()) {
            let mut bytes = [gzip(&data, Some("n")), tail].concat();
            let index = change.0.index(bytes.len());
            bytes[index] ^= change.1;
            if let Some(decoded) = decoded(&bytes) {
                assert_partition(&decoded, bytes.len());
            }
        }
    }
}
