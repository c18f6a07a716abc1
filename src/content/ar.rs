//! Archives of `ar`: static libraries, Debian packages, and thin archives, of which the files are elsewhere.
//!
//! A table of symbols and one of long names are members like others. Several may have one name: the n-th is compared with
//! the n-th. A header is one part until it is divided.

use super::File;
use super::node::{Coding, Member, Node, Part, Shape, range};
use crate::codec::ar::{self, MAGIC, THIN};
use crate::codec::fault::Fault;
use crate::finding::{Derivation, GapReason, Role, Value};
use crate::limits::budget::HELD;

pub mod field;

/// A member and its parts: header, data, padding.
const LEAST: u64 = 4;
/// How the names of members begin that sign the bytes of all others as they are (debsigs(1): `_gpgorigin`, `_gpgmaint`;
/// dpkg-sig(1): `_gpgbuilder`).
const SIGNATURE: &[u8] = b"_gpg";
/// A header with all of its fields.
const HEADER: &str = "ar.header";

/// Whether a file that begins like this is taken for an archive of `ar`.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(MAGIC) || head.starts_with(THIN)
}

/// Takes an archive apart; declines where readers could see different members in it.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !opens(file.bytes) {
        return None;
    }
    let most = file.room.left() / (LEAST * HELD);
    let found = match ar::members(file.bytes, usize::try_from(most).unwrap_or(usize::MAX)) {
        Ok(members) => members,
        Err(Fault { reason: GapReason::Limit, .. }) => {
            file.room.take((most + 1) * LEAST * HELD)?;
            return None;
        }
        Err(_) => return None,
    };
    file.room.take(LEAST * HELD * found.len() as u64)?;
    if found.iter().any(|member| member.name.starts_with(SIGNATURE)) {
        return None;
    }
    let mut parts = vec![Part::new("ar.magic", Role::Header, range(0, MAGIC.len()))];
    for (number, member) in found.iter().enumerate() {
        let padding = file.bytes.get(member.padding.clone()).unwrap_or_default();
        let follows = if padding == b"\n" { Role::of_member(Derivation::Size) } else { Role::Unparsed };
        parts.push(Part::new(HEADER, Role::Header, range(member.header.start, member.header.end)).about(number));
        parts.push(Part::new("ar.data", Role::Encoded, range(member.data.start, member.data.end)).about(number));
        if !padding.is_empty() {
            parts.push(Part::new("ar.padding", follows, range(member.padding.start, member.padding.end)).about(number));
        }
    }
    let members = found.into_iter().map(|found| {
        let data = range(found.data.start, found.data.end);
        Member::new(found.name, data, Coding::Stored)
    });
    let (members, shape) = (members.collect(), Shape::Archive { ordered: true });
    Some(Node { format: "ar", parts, members, shape, split: Some(divide) })
}

/// The fields of a header.
fn divide(node: &Node, header: &Part, raw: &[u8]) -> Vec<Part> {
    if header.name != HEADER {
        return Vec::new();
    }
    let [start, end] = [header.range.0, header.range.1].map(|place| usize::try_from(place).unwrap_or(usize::MAX));
    let data =
        header.member.and_then(|member| node.members.get(member)).map_or(0, |member| member.range.1 - member.range.0);
    let part = |(name, place): (&str, std::ops::Range<usize>)| {
        let bytes = raw.get(place.start - start..place.end - start).unwrap_or_default();
        // In front of a name behind the header, or in a thin archive, it is the size of something else.
        let follows = name == "size" && bytes == format!("{data:<10}").as_bytes();
        let role = if follows { Role::of_member(Derivation::Size) } else { Role::Header };
        let mut part = Part::new(format!("ar.{name}"), role, range(place.start, place.end));
        (part.member, part.value) = (header.member, field::text(name, bytes).map(Value::text));
        part
    };
    ar::fields(&(start..end)).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_fields, assert_partition, never_panics_and_partitions};
    use super::*;
    use crate::codec::ar::tests::written;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use crate::spill::Content;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8], room: &Room) -> Option<Node> {
        decode(&File { path: b"liba.a", bytes, limits: &Limits::default(), room })
    }

    fn library() -> Vec<u8> {
        let members = [
            written("/", 1, b"symbols"),
            written("//", 0, b"a_long_name_of_an_object.o/\n"),
            written("a.o/", 1_700_000_000, b"one"),
            written("/0", 1, b"two!"),
            written("#1/8", 1, b"bsd.o\0\0\0data"),
        ];
        [MAGIC, &members.concat()].concat()
    }

    #[test]
    fn members_are_opened_by_their_names() {
        let (bytes, room) = (library(), Room::endless());
        let node = decoded(&bytes, &room).unwrap();
        assert_partition(&node, bytes.len());
        let names: Vec<&[u8]> = node.members.iter().map(|member| &member.name[..]).collect();
        assert_eq!(names, [&b"/"[..], b"//", b"a.o", b"a_long_name_of_an_object.o", b"bsd.o"]);
        let content = |member| {
            let content = node.open(&Content::from_bytes(&bytes), member, &Limits::default(), &room).unwrap();
            content.bytes(10).unwrap().unwrap().to_vec()
        };
        assert_eq!([content(2), content(3), content(4)], [b"one".to_vec(), b"two!".to_vec(), b"data".to_vec()]);
    }

    #[test]
    fn fields_have_roles_and_values() {
        let bytes = library();
        let node = decoded(&bytes, &Room::endless()).unwrap();
        let fields = all_fields(&node, &bytes);
        let part = |name: &str, member| {
            let part = fields.iter().find(|part| part.name == name && part.member == Some(member)).unwrap();
            (part.role, part.value.clone().and_then(|value| value.as_str().map(str::to_owned)))
        };
        let size = Role::of_member(Derivation::Size);
        assert_eq!(part("ar.mtime", 2), (Role::Header, Some("2023-11-14T22:13:20Z".to_owned())));
        assert_eq!(part("ar.mode", 2), (Role::Header, Some("100644".to_owned())));
        assert_eq!(part("ar.size", 2), (size, Some("3".to_owned())));
        assert_eq!((part("ar.padding", 2).0, part("ar.long_name", 4).0), (size, Role::Header));
        assert_eq!(part("ar.size", 4).0, Role::Header, "with the name that is behind the header");
    }

    #[test]
    fn parts_cost_room() {
        let (bytes, room) = (library(), Room::endless());
        assert!(decoded(&bytes, &room).is_some() && decoded(&bytes, &Room::new(room.taken())).is_some());
        for little in [0, 5 * LEAST * HELD - 1] {
            let little = Room::new(little);
            assert!(decoded(&bytes, &little).is_none() && little.is_overrun());
        }
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 0..4), thin in any::<bool>()) {
            let mut bytes = library();
            if thin {
                bytes[..THIN.len()].copy_from_slice(THIN);
            }
            for (index, byte) in changes {
                let index = index.index(bytes.len());
                bytes[index] = byte;
            }
            never_panics_and_partitions(b"liba.a", &bytes);
        }
    }
}
