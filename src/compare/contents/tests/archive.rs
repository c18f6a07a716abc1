//! An archive as no tool writes it: of each member its time, its CRC-32, and its deflated bytes.

use super::*;
use crate::content::{Check, Coding, Member, Node, Shape};
use crate::finding::{Derivation, Of, Role};
use crate::limits::ledger::Account;

/// An archive as bytes, and taken apart.
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    parts: Vec<Part>,
    members: Vec<Member>,
}

impl Archive {
    fn of(members: &[(&str, &[u8], u32)]) -> Self {
        let mut archive = Archive::default();
        for (name, data, level) in members {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(*level));
            encoder.write_all(data).unwrap();
            archive.push(name, 1, crc32fast::hash(data), &encoder.finish().unwrap());
        }
        archive
    }

    fn push(&mut self, name: &str, time: u32, crc32: u32, encoded: &[u8]) {
        let number = self.members.len();
        let parts = [
            ("time", Role::Header, &time.to_le_bytes()[..]),
            ("crc32", Role::of_member(Derivation::Checksum), &crc32.to_le_bytes()),
            ("data", Role::Encoded, encoded),
        ];
        for (name, role, bytes) in parts {
            let start = self.bytes.len() as u64;
            self.bytes.extend_from_slice(bytes);
            self.parts.push(Part::new(name, role, (start, self.bytes.len() as u64)).about(number));
        }
        let range = self.parts.last().unwrap().range;
        let check = Check { size: None, crc32: Some(crc32) };
        self.members.push(Member { check, ..Member::new(name.as_bytes(), range, Coding::Deflate) });
    }

    fn node(&self) -> Node {
        let (parts, members) = (self.parts.clone(), self.members.clone());
        Node { format: "archive", parts, members, shape: Shape::Archive { ordered: false }, split: None }
    }
}

/// What is found between two archives, with what it cost.
fn compared(archives: Sides<&Archive>, share: u64) -> (Vec<ContentDifference<'static>>, Account) {
    let (ledger, limits) = (Ledger::new(share), Limits::default());
    let mut turn = ledger.announce(0);
    let contents = archives.map(|archive| Content::from_bytes(&archive.bytes));
    let mut costs = Costs::in_turn(contents.as_ref(), &limits, &mut turn);
    let files = archives.map(|archive| Content::from_bytes(&archive.bytes));
    let nodes = archives.map(|archive| Some(archive.node()));
    let pair = Pair { base: &at("a"), files, is_long: false, nodes, secrets: Sides::default() };
    let mut found = Vec::new();
    pair.covered(&mut costs, &mut |difference| {
        found.push(ContentDifference { places: Sides::default(), ..difference });
    });
    drop(turn);
    (found, ledger.account())
}

/// (inside, field, aspect) of everything between two archives; the same the other way round.
fn places(original: &Archive, rebuild: &Archive) -> Vec<(String, String, Aspect)> {
    let [forth, back] = [Sides::new(original, rebuild), Sides::new(rebuild, original)].map(|archives| {
        let (found, _) = compared(archives, 1 << 40);
        let findings: Vec<Finding> = found.into_iter().map(|found| found.finding).collect();
        let owned = |(inside, field, aspect): (String, &str, Aspect)| (inside, field.to_owned(), aspect);
        summary(&findings).into_iter().map(owned).collect::<Vec<_>>()
    });
    assert_eq!(forth, back);
    forth
}

fn place(inside: &str, field: &str, aspect: Aspect) -> (String, String, Aspect) {
    (inside.to_owned(), field.to_owned(), aspect)
}

#[test]
fn only_the_member_that_differs_is_looked_into() {
    let one = Archive::of(&[("a", b"first", 6), ("b", b"second", 6), ("c", b"third", 6)]);
    let other = Archive::of(&[("a", b"first", 6), ("b", b"changed", 6), ("c", b"third", 6)]);
    let expected = [place("b", "", Aspect::Content), place("", "crc32[b]", Aspect::Content)];
    assert_eq!(places(&one, &other), expected);
    let (found, account) = compared(Sides::new(&one, &other), 1 << 40);
    let all = |own: u64| 5 + own + 5;
    assert_eq!(account.spent, 6 + 7 + all(6) + all(7), "that one is opened, and all are read for what they record");
    let part = found[1].finding.location.part.clone().unwrap();
    assert_eq!((&*part.name, part.role.is_derived(), part.member.as_deref()), ("crc32", true, Some(&b"b"[..])));
}

#[test]
fn members_whose_encoded_bytes_are_equal_are_not_opened() {
    let damaged = |time| {
        let mut archive = Archive::of(&[("a", b"first", 6)]);
        archive.push("b", time, 7, b"no deflate");
        archive
    };
    assert_eq!(places(&damaged(1), &damaged(2)), [place("", "time[b]", Aspect::Content)]);
}

#[test]
fn the_same_in_another_encoding_is_compression() {
    let text = b"hello hello hello hello".repeat(20);
    let [one, other] = [1, 9].map(|level| Archive::of(&[("a", b"first", 6), ("b", &text, level)]));
    let (found, account) = compared(Sides::new(&one, &other), 1 << 40);
    assert_eq!(account.spent, 2 * text.len() as u64);
    assert_eq!(places(&one, &other), [place("", "data[b]", Aspect::Compression)]);
    assert_eq!(found[0].finding.location.role(), Some(Role::Encoded));
}

#[test]
fn what_cannot_be_opened_is_no_compression_and_grounds_no_checksum() {
    let with = |crc32, encoded: &[u8]| {
        let mut archive = Archive::of(&[("a", b"first", 6)]);
        archive.push("b", 1, crc32, encoded);
        archive
    };
    let [good, also_good] = [1, 9].map(|level| Archive::of(&[("x", &[b'x'; 100], level)]));
    let data = |archive: &Archive| archive.parts[2].bytes(&archive.bytes).to_vec();
    let crc32 = crc32fast::hash(&[b'x'; 100]);
    let damaged = [&data(&good)[..], b"x"].concat();
    let content = place("", "data[b]", Aspect::Content);
    // Damaged, and with a checksum that is not that of what it holds.
    assert_eq!(places(&with(crc32, &data(&good)), &with(crc32, &damaged)), std::slice::from_ref(&content));
    let lie = place("", "crc32[b]", Aspect::Content);
    assert_eq!(places(&with(crc32, &data(&good)), &with(crc32 ^ 1, &data(&also_good))), [lie.clone(), content]);
    // Nobody would open it for its bytes, but for its checksum.
    assert_eq!(places(&with(crc32, &data(&good)), &with(crc32 ^ 1, &data(&good))), [lie]);
}

#[test]
fn members_of_one_side_and_members_elsewhere() {
    let one = Archive::of(&[("a", b"first", 6), ("b", b"second", 6)]);
    let other = Archive::of(&[("b", b"second", 6), ("a", b"first", 6), ("c", b"third", 6)]);
    let expected = [place("c", "", Aspect::Presence), place("", "members", Aspect::Order)];
    assert_eq!(places(&one, &other), expected);
    let (found, _) = compared(Sides::new(&one, &other), 1 << 40);
    let of_c: u64 = other.parts[6..].iter().map(|part| part.range.1 - part.range.0).sum();
    assert_eq!(found[0].finding.bytes, of_c);
    assert_eq!(bytes_of(&found[0]).rebuild, Some(&b"third"[..]));
}

#[test]
fn of_members_of_one_name_the_nth_are_compared_and_nothing_follows_from_the_name() {
    let one = Archive::of(&[("a", b"first", 6), ("a", b"second", 6)]);
    let other = Archive::of(&[("a", b"first", 6), ("a", b"changed", 6)]);
    assert_eq!(places(&one, &other), [place("a", "", Aspect::Content), place("", "crc32[a]", Aspect::Content)]);
    let (found, _) = compared(Sides::new(&one, &other), 1 << 40);
    assert_eq!(found[1].finding.location.part.as_ref().unwrap().member, None);
}

#[test]
fn what_is_not_opened_for_its_cost_is_compared_as_encoded() {
    let one = Archive::of(&[("a", &[1; 100], 6), ("b", &[1; 1000], 6), ("c", b"third", 6)]);
    let other = Archive::of(&[("a", &[2; 100], 6), ("b", &[2; 1000], 6), ("c", b"third", 6)]);
    let (found, account) = compared(Sides::new(&one, &other), 3500);
    assert!(account.out && account.refused[Bound::Share as usize] == 1);
    let fields: Vec<_> = found.iter().map(|found| found.finding.location.field_name()).collect();
    assert_eq!(fields, ["", "crc32[a]", "crc32[b]", "data[b]"]);
    assert_eq!(found[3].finding.aspect, Aspect::Content);
}

#[test]
fn a_member_that_others_record_is_not_looked_into() {
    let with = |body: &[u8], record: &str| Archive::of(&[("b", body, 6), ("sums", record.as_bytes(), 6)]);
    let digest = |body: &[u8]| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(body));
    let (kept, made) = (format!("{}  b\n", digest(b"second")), format!("{}  b\n", digest(b"changed")));
    let closed = [place("", "data[b]", Aspect::Content), place("", "crc32[b]", Aspect::Content)];
    let found = places(&with(b"second", &kept), &with(b"changed", &kept));
    assert!(
        found.iter().all(|found| found.0.is_empty()) && closed.iter().all(|place| found.contains(place)),
        "{found:?}"
    );
    // A record that is made anew fits its own side.
    assert!(places(&with(b"second", &kept), &with(b"changed", &made)).contains(&place("b", "", Aspect::Content)));
    let other = format!("{}  b\n", digest(b"other"));
    assert!(places(&with(b"second", &other), &with(b"changed", &other)).contains(&place("b", "", Aspect::Content)));
}

#[test]
fn digests_of_secrets_are_not_told_by_their_archive() {
    let key = |body: &str| format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n").into_bytes();
    let [key, changed] = [key("QUJDREVGR0hJSktMTU5PUFFSU1Q="), key("QUJDREVGR0hJSktMTU5PUFFSU1U=")];
    let archives = [(&key, 1), (&key, 0), (&changed, 1)].map(|(key, level)| Archive::of(&[("k.pem", key, level)]));
    for (one, other) in [(0, 1), (0, 2)] {
        let (found, _) = compared(Sides::new(&archives[one], &archives[other]), 1 << 40);
        let outer = found.iter().filter(|found| found.finding.location.inside.is_empty());
        for Finding { location, values, .. } in outer.map(|found| &found.finding) {
            let hidden = |value: &Value| matches!(value, Value::Content { secret: Some(_), .. });
            assert!(hidden(&values.original) && hidden(&values.rebuild), "{location:?} {values:?}");
        }
    }
}

#[test]
fn sizes_of_what_is_encoded_are_not_secret() {
    assert!(!Role::Derived { of: Of::Encoded, kind: Derivation::Size }.gives_away_member());
    assert!(Role::Derived { of: Of::Encoded, kind: Derivation::Digest }.gives_away_member());
}
