use super::*;
use crate::codec::tar::fixtures::{Header, member};
use crate::finding::{Kind, Value};
use crate::limits::budget::{Bound, PART};
use crate::limits::ledger::{Account, Ledger, Refused};
use proptest::prelude::*;
use std::io::Write;

mod archive;
mod long;
mod many;
pub(super) mod lost;

fn at(path: &str) -> Location {
    Location::new(Kind::Entry).at_path(path.as_bytes().into())
}

fn differences(path: &str, original: &[u8], rebuild: &[u8], limits: &Limits) -> Vec<ContentDifference<'static>> {
    let contents = Sides::new(original, rebuild).map(Content::from_bytes);
    let mut costs = Costs::alone(contents.as_ref(), limits);
    let mut found = Vec::new();
    compare(&at(path), contents.as_ref(), &mut costs, &mut |difference| {
        found.push(ContentDifference { places: Sides::default(), ..difference });
    });
    found
}

fn findings(path: &str, original: &[u8], rebuild: &[u8]) -> Vec<Finding> {
    differences(path, original, rebuild, &Limits::default()).into_iter().map(|found| found.finding).collect()
}

/// What is in the files that a finding is in, where they are in memory.
fn bytes_of<'f>(found: &'f ContentDifference<'_>) -> Sides<Option<&'f [u8]>> {
    found.files.as_ref().map(|file| file.as_ref().and_then(Content::in_memory))
}

/// (inside, field, aspect) of every finding.
fn summary(found: &[Finding]) -> Vec<(String, &str, Aspect)> {
    let inside = |location: &Location| String::from_utf8(location.inside.join(&b'>')).unwrap();
    found.iter().map(|found| (inside(&found.location), found.location.field_name(), found.aspect)).collect()
}

fn gzip(data: &[u8], level: u32, mtime: u32) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new().mtime(mtime).write(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn plain_files_have_one_finding_of_what_differs() {
    let found = findings("a.txt", b"hello old world", b"hello new world!");
    assert_eq!(summary(&found), [(String::new(), "", Aspect::Content)]);
    assert_eq!(found[0].location.range, Sides::new(Some((6, 15)), Some((6, 16))));
    assert_eq!(found[0].values, Sides::new(Value::text("old world"), Value::text("new world!")));
    assert_eq!(found[0].bytes, 10);
    let found = findings("a.txt", b"", &[b'x'; 100]);
    assert_eq!(found[0].values.original, Value::text(""));
    assert!(matches!(found[0].values.rebuild, Value::Content { size: 100, secret: None, .. }));
}

#[test]
fn a_compressed_file_with_equal_content_differs_in_compression() {
    let data = b"hello hello hello hello hello hello".repeat(50);
    let found = findings("a.gz", &gzip(&data, 1, 1), &gzip(&data, 9, 2));
    let fields: Vec<_> = found.iter().map(|found| (found.location.field_name(), found.aspect)).collect();
    let expected = [
        ("gzip.deflate", Aspect::Compression),
        ("gzip.header.mtime", Aspect::Content),
        ("gzip.header.xfl", Aspect::Content),
    ];
    assert_eq!(fields, expected);
    assert_eq!(found[1].values, Sides::new(Value::number(1), Value::number(2)));
    assert_eq!(found[1].location.range.original, Some((4, 8)));
}

#[test]
fn a_compressed_file_with_other_content_is_looked_into() {
    let found = findings("x/a.txt.gz", &gzip(b"hello old", 6, 1), &gzip(b"hello newer", 6, 1));
    let expected = [
        ("a.txt".to_owned(), "", Aspect::Content),
        (String::new(), "gzip.crc32", Aspect::Content),
        (String::new(), "gzip.isize", Aspect::Size),
    ];
    assert_eq!(summary(&found), expected);
    assert_eq!(found[0].values, Sides::new(Value::text("old"), Value::text("newer")));
}

#[test]
fn nesting_ends_at_the_limit() {
    let nested = |data: &[u8]| gzip(&gzip(data, 6, 1), 6, 1);
    let limits = Limits { nesting: 1, ..Limits::default() };
    let found = differences("a.gz.gz", &nested(b"one"), &nested(b"two"), &limits);
    assert!(found.iter().all(|found| found.finding.location.inside.len() <= 1));
    let found = differences("a.gz.gz", &nested(b"one"), &nested(b"two"), &Limits::default());
    let innermost = found.iter().max_by_key(|found| found.finding.location.inside.len()).unwrap();
    assert_eq!(innermost.finding.location.inside, [b"a.gz".as_slice().into(), b"a".as_slice().into()]);
    assert_eq!(bytes_of(innermost).original, Some(&b"one"[..]));
}

#[test]
fn a_pyc_header_is_fields() {
    let pyc = |header: [u8; 12]| [&3531u16.to_le_bytes()[..], b"\r\n", &header, b"\xe3code"].concat();
    let found =
        findings("a.pyc", &pyc([0, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0]), &pyc([0, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0]));
    assert_eq!(summary(&found), [(String::new(), "mtime", Aspect::Content)]);
    let found =
        findings("a.pyc", &pyc([0, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0]), &pyc([1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0]));
    let fields: Vec<_> = found.iter().map(|found| found.location.field_name()).collect();
    assert_eq!(fields, ["flags", "hash", "mtime", "sourceSize"]);
    assert_eq!(found[1].values.original, Value::Absent);
    assert_eq!(found[1].location.range, Sides::new(None, Some((8, 16))));
}

#[test]
fn rows_on_one_side_and_rows_in_other_order() {
    let path = "a.dist-info/RECORD";
    let found = findings(path, b"a,sha256=x,1\nb,,\n", b"b,,\na,sha256=y,2\nc,,\n");
    let expected = [("row.a", Aspect::Content), ("row.c", Aspect::Content), ("rows", Aspect::Order)];
    assert_eq!(found.iter().map(|found| (found.location.field_name(), found.aspect)).collect::<Vec<_>>(), expected);
    assert_eq!(found[0].values, Sides::new(Value::text("sha256=x,1"), Value::text("sha256=y,2")));
    assert_eq!(found[1].values, Sides::new(Value::Absent, Value::text(",")));
    let found = findings(path, b"a,,\n", b"\"a\",,\n");
    assert_eq!(summary(&found), [(String::new(), "row.a", Aspect::Encoding)]);
    assert_eq!(found[0].bytes, 6);
}

#[test]
fn secrets_are_never_given_as_bytes() {
    let is_hidden = |value: &Value| matches!(value, Value::Content { secret: Some(_), .. } | Value::Absent);
    let key = |body: &str| format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n").into_bytes();
    let keys = [key("QUJDREVGR0hJSktMTU5PUFFSU1Q="), key("QUJDREVGR0hJSktMTU5PUFFSU1U=")];
    for (path, original, rebuild) in [
        ("etc/machine-id", &b"0123\n"[..], &b"4567\n"[..]),
        ("k.pem", &keys[0], &keys[1]),
        ("k.pem", &keys[0], b"-----BEGIN PRIVATE KEY-----\n"),
        ("k.pem.gz", &gzip(&keys[0], 6, 1), &gzip(&keys[1], 6, 1)),
        ("k.pem.gz", &gzip(&keys[0], 1, 1), &gzip(&keys[0], 0, 1)),
    ] {
        let found = differences(path, original, rebuild, &Limits::default());
        assert!(!found.is_empty());
        for found in found {
            let Finding { location, values, .. } = found.finding;
            let harmless = location.field_name().starts_with("gzip.header") || location.field_name() == "gzip.isize";
            assert!(harmless || (is_hidden(&values.original) && is_hidden(&values.rebuild)), "{path} {values:?}");
        }
    }
}

#[test]
fn shadow_files_show_what_is_no_hash() {
    let limits = Limits::default();
    let found = differences("etc/shadow", b"u:!:19700:0:99999:7:::\n", b"u:$6$a$b:19701:0:99999:7:::\n", &limits);
    let expected = [(String::new(), "u.lastChange", Aspect::Content), (String::new(), "u.password", Aspect::Content)];
    assert!(found.iter().all(|found| found.secret == Some(Secret::PasswordHash)));
    let found: Vec<Finding> = found.into_iter().map(|found| found.finding).collect();
    assert_eq!(summary(&found), expected);
    assert_eq!(found[0].values, Sides::new(Value::text("19700"), Value::text("19701")));
    assert_eq!(found[1].values.original, Value::text("!"));
    assert!(matches!(found[1].values.rebuild, Value::Content { secret: Some(Secret::PasswordHash), .. }));
}

#[test]
fn large_contents_are_compared_in_a_stream() {
    let limits = Limits { decoded_content_bytes: 8, ..Limits::default() };
    let found = differences("a.gz", b"0123456789", b"01x345678y9", &limits);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].finding.location.range, Sides::new(Some((2, 9)), Some((2, 10))));
    assert_eq!(bytes_of(&found[0]), Sides::new(None, None));
}

/// What comparing two files costs where they may cost `share`, and what is found.
fn costs(path: &str, files: [&[u8]; 2], share: u64) -> (Account, Vec<Finding>) {
    let contents = Sides::new(files[0], files[1]).map(Content::from_bytes);
    let (ledger, limits) = (Ledger::new(share), Limits::default());
    let mut turn = ledger.announce(0);
    let mut costs = Costs::in_turn(contents.as_ref(), &limits, &mut turn);
    let mut found = Vec::new();
    compare(&at(path), contents.as_ref(), &mut costs, &mut |difference| found.push(difference.finding));
    drop(turn);
    assert!(ledger.account().spent == 0 || bound(path.as_bytes(), contents.as_ref(), &limits) > 0);
    (ledger.account(), found)
}

/// Asserts that files are compared as bytes, for what this says, and what that costs at most.
fn is_refused(path: &str, files: [&[u8]; 2], by: Bound) {
    let (account, found) = costs(path, files, 1 << 40);
    let [Finding { location, .. }] = &found[..] else { panic!("{} findings", found.len()) };
    assert!(location.field.is_none() && location.inside.is_empty());
    let mut refused = Refused::default();
    refused[by as usize] = 1;
    let spent = files.iter().map(|file| allowance(file.len() as u64, &Limits::default()).0).sum();
    assert_eq!(account, Account { spent, refused, out: false });
    assert!(spent <= 512 << 20);
    assert_eq!(costs(path, [files[1], files[0]], 1 << 40).0, account);
}

#[test]
fn one_user_repeated_is_compared_as_bytes() {
    let [one, other] = [b"u:!:20000:0:99999:7:::\n", b"u:!:20001:0:99999:7:::\n"].map(|line| line.repeat(230_000));
    is_refused("etc/shadow", [&one, &other], Bound::Nested);
    // As many accounts as nobody has are looked into.
    let [one, other] = [&one, &other].map(|file| &file[..23 * 1_000]);
    let (account, found) = costs("etc/shadow", [one, other], 1 << 40);
    assert_eq!((account.spent, found.len()), (2 * 9 * 1_000 * PART, 1_000));
}

#[test]
fn one_row_repeated_is_compared_as_bytes() {
    let [one, other] = [b"a,,1\n", b"a,,2\n"].map(|row| row.repeat(1 << 20));
    is_refused("a.dist-info/RECORD", [&one, &other], Bound::Nested);
}

#[test]
fn two_thousand_members_are_taken_apart_once() {
    let text: Vec<u8> = (0..92).map(|number| b'0' + (number * number % 71) as u8).collect();
    let [one, other] = [1, 9].map(|level| gzip(&text, level, 1).repeat(2_000));
    let (account, found) = costs("a.gz", [&one, &other], 1 << 40);
    // Of each member its data and nine fields, on both sides; however many findings there are.
    assert_eq!(account.spent, 2 * 2_000 * (92 + 9 * PART));
    assert_eq!((account.refused, account.out), (Refused::default(), false));
    assert_eq!(found.len(), 4_000);
}

#[test]
fn bombs_are_compared_as_bytes_and_leave_room_to_others() {
    let zeros = |mark: &[u8]| [gzip(mark, 9, 1), gzip(&vec![0; 1 << 20], 9, 1).repeat(250)].concat();
    let [one, other] = [zeros(b"1"), zeros(b"2")];
    is_refused("a.gz", [&one, &other], Bound::Ratio);
    // One that keeps to its own limits, where nothing else is left.
    let [one, other] = [&b"hello"[..], b"world"].map(|text| gzip(text, 9, 1));
    let (account, found) = costs("a.gz", [&one, &other], 100);
    assert_eq!((account.refused[Bound::Share as usize], account.spent, account.out), (1, 100, true));
    assert_eq!(found.len(), 1);
}

#[test]
fn what_is_nested_counts_for_the_file_around_it() {
    let [one, other] = [1, 2].map(|mtime| gzip(&gzip(&gzip(&vec![0; 15 << 20], 9, mtime), 9, mtime), 9, mtime));
    let (account, found) = costs("a.gz.gz.gz", [&one, &other], 1 << 40);
    assert_eq!(account.refused, Refused::default());
    assert!(found.iter().any(|found| found.location.inside.len() == 2), "{found:?}");
    assert!((30 << 20..31 << 20).contains(&account.spent));
    let [one, other] = [1, 2].map(|mtime| gzip(&gzip(&vec![mtime as u8; 17 << 20], 9, mtime), 9, mtime));
    let (account, found) = costs("a.gz.gz", [&one, &other], 1 << 40);
    assert_eq!(account.refused[Bound::Expansion as usize], 1);
    assert!(found.iter().all(|found| found.location.inside.len() < 2), "only the outer file is looked into");
}

/// Files of every format, by a path that has it recognized.
fn file() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let data = prop::collection::vec(0u8..3, 0..30);
    prop_oneof![
        (data.clone(), 0..3u32, prop::option::of(data.clone())).prop_map(|(data, mtime, more)| {
            let more = more.map(|more| gzip(&more, mtime * 4, mtime)).unwrap_or_default();
            (0, [gzip(&data, mtime * 3, mtime), more].concat())
        }),
        (data.clone(), data.clone()).prop_map(|(data, other)| {
            let skippable = [&[0x50, 0x2a, 0x4d, 0x18, other.len() as u8, 0, 0, 0][..], &other].concat();
            let frames = [zstd::encode_all(&data[..], 1).unwrap(), zstd::encode_all(&other[..], 1).unwrap()];
            let first = usize::from(other.first() == Some(&1));
            (1, [&frames[first][..], &skippable, &frames[1 - first]].concat())
        }),
        "((a|b|\"c\"),[xy]?,1?\r?\n){0,4}".prop_map(|text| (2, text.into_bytes())),
        "((a|b):[!x]?:[12]?::::::\n){0,3}".prop_map(|text| (3, text.into_bytes())),
        (0u8..3, prop::collection::vec(0u8..2, 12)).prop_map(|(magic, header)| {
            (4, [&[[3, 243], [158, 12], [203, 13]][usize::from(magic)][..], b"\r\n", &header[..], b"cc"].concat())
        }),
        (prop::collection::vec(("[ab]", data.clone(), 0..3u8), 1..3), 0..3usize).prop_map(|(members, blocks)| {
            let members = members.iter().map(|(name, data, mtime)| {
                let header = Header::new(name, b'0', data.len() as u64);
                member(&header.with(136..148, format!("0000000000{mtime}\0").as_bytes()), data)
            });
            (5, [members.collect::<Vec<_>>().concat(), vec![0; 512 * blocks]].concat())
        }),
        data.prop_map(|data| (5, data)),
    ]
}

const PATHS: [&str; 6] = ["a.gz", "a.zst", "a.dist-info/RECORD", "etc/shadow", "a.pyc", "a"];

/// Asserts that every position that differs is in a finding, between files of one length where nothing has moved.
fn assert_covered(files: &Sides<Vec<u8>>, found: &[ContentDifference<'_>]) {
    let outer = |side| {
        found
            .iter()
            .filter(|found| found.finding.location.inside.is_empty())
            .filter_map(move |found| *found.finding.location.range.get(side))
    };
    let nested = found.iter().any(|found| !found.finding.location.inside.is_empty());
    // What differs in length moves what follows it, which is the same elsewhere.
    let moved = found.iter().any(|found| !found.finding.location.range.same());
    if nested || moved || files.original.len() != files.rebuild.len() {
        return;
    }
    for position in (0..files.original.len()).filter(|at| files.original[*at] != files.rebuild[*at]) {
        let covers = |(start, end): (u64, u64)| (start..end).contains(&(position as u64));
        assert!(
            outer(crate::finding::Side::Original).any(covers) || outer(crate::finding::Side::Rebuild).any(covers),
            "{position} {files:?} {found:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn differences_are_found_and_mirrored(files in (file(), file()), limit in prop_oneof![Just(8u64), Just(1 << 20)]) {
        let path = PATHS[files.0.0];
        let files = Sides::new(files.0.1, files.1.1);
        let limits = Limits { decoded_content_bytes: limit, ..Limits::default() };
        let forth = differences(path, &files.original, &files.rebuild, &limits);
        prop_assert_eq!(forth.is_empty(), files.same());
        for found in &forth {
            prop_assert!(!found.finding.values.same(), "{:?}", found);
            prop_assert!(found.finding.bytes > 0);
        }
        assert_covered(&files, &forth);
        let back = differences(path, &files.rebuild, &files.original, &limits);
        prop_assert_eq!(forth.len(), back.len());
        for (forth, back) in forth.into_iter().zip(back) {
            prop_assert_eq!(forth.finding.location.range, back.finding.location.range.swapped());
            prop_assert_eq!(bytes_of(&forth), bytes_of(&back).swapped());
            prop_assert_eq!(forth.finding.values, back.finding.values.swapped());
            prop_assert_eq!(forth.finding.location.field, back.finding.location.field);
            prop_assert_eq!(forth.finding.location.inside, back.finding.location.inside);
            prop_assert_eq!((forth.finding.aspect, forth.finding.bytes), (back.finding.aspect, back.finding.bytes));
        }
    }
}
