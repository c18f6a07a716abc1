//! Archives that are too long to be held give the findings of those that are held.

use super::*;
use crate::codec::zip::tests::{Entry, around};
use crate::spill::Spill;

/// The limits by which members of these tests are held, and archives are not.
fn narrow(files: Sides<&[u8]>) -> Limits {
    let longest = files.original.len().min(files.rebuild.len()) as u64 - 1;
    Limits { decoded_content_bytes: longest, memory_content_bytes: 0, ..Limits::default() }
}

/// What is found in an archive, whether it is held or not, and what that costs.
fn found(files: Sides<&[u8]>, limits: &Limits) -> (Vec<Finding>, u64) {
    let contents = files.map(|file| {
        let mut spill = Spill::new(limits.memory_content_bytes);
        spill.push(file).unwrap();
        spill.finish()
    });
    let ledger = Ledger::new(1 << 40);
    let mut turn = ledger.announce(bound(b"a.jar", contents.as_ref(), limits));
    let mut costs = Costs::in_turn(contents.as_ref(), limits, &mut turn);
    let mut found = Vec::new();
    compare(&at("a.jar"), contents.as_ref(), &mut costs, &mut |difference| {
        let held = |side| difference.files.get(side).as_ref().is_some_and(|file| file.in_memory().is_some());
        let is_outer = difference.finding.location.inside.is_empty();
        assert_eq!(held(Side::Original), !is_outer || limits.memory_content_bytes > 0);
        found.push(difference.finding);
    });
    drop(turn);
    (found, ledger.account().spent)
}

/// What is found where the archives are not held: the same as where they are.
fn long(original: &[u8], rebuild: &[u8]) -> Vec<Finding> {
    let files = Sides::new(original, rebuild);
    let held = Limits { memory_content_bytes: 1 << 20, ..Limits::default() };
    let (near, far) = (found(files, &held), found(files, &narrow(files)));
    assert_eq!(near, far);
    far.0
}

fn deflated(name: &str, data: &[u8], level: u32) -> Entry {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(data).unwrap();
    Entry {
        method: 8,
        crc32: crc32fast::hash(data),
        size: data.len() as u32,
        ..Entry::stored(name, &encoder.finish().unwrap())
    }
}

/// A member of 9,000 bytes, longer than what is read of a file at once to see a header.
fn body() -> Vec<u8> {
    b"0123456789abcdef-".iter().copied().cycle().take(9_000).collect()
}

fn jar(time: u32, level: u32, changed: &[u8]) -> Vec<u8> {
    let at = |entry: Entry| Entry { time, ..entry };
    let entries = [
        at(Entry::stored("a", &body())),
        at(deflated("b", &body(), level)),
        at(Entry::stored("c", changed).described(true)),
        at(deflated("d.gz", &gzip(changed, 6, time), 9)),
    ];
    around(&entries, b"", b"gap", b"comment")
}

#[test]
fn times_of_members_are_found_without_opening_them() {
    let found = long(&jar(0x5965_7a1c, 6, b"one"), &jar(0x5965_7b1c, 6, b"one"));
    let times = summary(&found).into_iter().filter(|(inside, ..)| inside.is_empty()).map(|(_, field, _)| field);
    let times: Vec<&str> = times.collect();
    for name in ["a", "b", "c"] {
        assert!(
            times.contains(&&*format!("local.mtime[{name}]")) && times.contains(&&*format!("central.mtime[{name}]"))
        );
    }
    assert!(found.iter().all(|finding| finding.location.inside.first().is_none_or(|name| **name == *b"d.gz")));
}

#[test]
fn one_byte_in_a_member_is_found_in_it() {
    let found = long(&jar(1 << 21, 6, b"one"), &jar(1 << 21, 6, b"ode"));
    let of_c: Vec<_> = found.iter().filter(|finding| finding.location.inside == [b"c".as_slice().into()]).collect();
    let [Finding { location, values, .. }] = of_c[..] else { panic!("{found:?}") };
    assert_eq!((location.range.original, values.original.as_str()), (Some((1, 2)), Some("n")));
}

#[test]
fn what_else_differs_is_found() {
    let one = jar(1 << 21, 6, b"one");
    // Other bytes of a member that holds the same.
    assert!(long(&one, &jar(1 << 21, 1, b"one")).iter().any(|finding| finding.aspect == Aspect::Compression));
    // Members in another order, one that is missing, and what is about none.
    let [a, b, c] = [Entry::stored("a", &body()), Entry::stored("b", b"two"), deflated("c", &body(), 6)];
    let files = |entries: &[&Entry], gap: &[u8]| {
        let entries: Vec<Entry> = entries.iter().map(|entry| Entry { ..(*entry).clone() }).collect();
        around(&entries, b"", gap, b"")
    };
    let all = files(&[&a, &b, &c], b"");
    let moved = long(&all, &files(&[&c, &a, &b], b""));
    assert!(moved.iter().any(|finding| finding.aspect == Aspect::Order));
    let missing = long(&all, &files(&[&a, &c], b""));
    assert!(missing.iter().any(|finding| finding.aspect == Aspect::Presence));
    let gap = long(&all, &files(&[&a, &b, &c], b"gap"));
    assert!(gap.iter().any(|finding| finding.location.field_name() == "gap"));
}

#[test]
fn what_is_no_archive_or_has_too_long_a_directory_is_bytes() {
    let one = jar(1 << 21, 6, b"one");
    let mut cut = one.clone();
    cut.truncate(one.len() - 1);
    let name = "n".repeat(9_000);
    let [short, other] =
        [1 << 21, 1 << 22].map(|time| around(&[Entry { time, ..Entry::stored(&name, b"") }], b"", b"", b""));
    let long_directory = Limits { decoded_content_bytes: 9_000, memory_content_bytes: 0, ..Limits::default() };
    let files = Sides::new(&one[..], &cut[..]);
    for (files, limits) in [(files, narrow(files)), (Sides::new(&short[..], &other[..]), long_directory)] {
        let contents = files.map(|file| {
            let mut spill = Spill::new(0);
            spill.push(file).unwrap();
            spill.finish()
        });
        let ledger = Ledger::new(1 << 40);
        let mut turn = ledger.announce(0);
        let (mut costs, mut found) = (Costs::in_turn(contents.as_ref(), &limits, &mut turn), Vec::new());
        compare(&at("a.jar"), contents.as_ref(), &mut costs, &mut |difference| found.push(difference.finding));
        let [Finding { location, .. }] = &found[..] else { panic!("{found:?}") };
        assert!(location.field.is_none() && location.inside.is_empty());
    }
    // What belongs to no pair of layers is not looked into: nobody spills what is found there.
    let contents = files.map(Content::from_bytes);
    let mut found = 0;
    compare(&at("a.jar"), contents.as_ref(), &mut Costs::alone(contents.as_ref(), &narrow(files)), &mut |_| found += 1);
    assert_eq!(found, 1);
}
