//! Payload flipped on both sides changes both digests, whatever is claimed around it; claimed bytes change none.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reprove::digest::Digest;
use reprove::finding::Sides;
use serde_json::{Value, json};

use super::compare;
use crate::fixture;

/// The digests of two images of one layer with these entries; they are those of the images, wherever these stand.
fn digests(original: &Value, rebuild: &Value) -> Sides<Digest> {
    let image = |entries: &Value| json!({ "layers": [{ "entries": entries }] });
    digests_of(&image(original), &image(rebuild))
}

/// The digests of two images.
fn digests_of(original: &Value, rebuild: &Value) -> Sides<Digest> {
    let folder = tempfile::tempdir().unwrap();
    let pair = json!({ "original": original, "rebuild": rebuild }).to_string();
    let pair = fixture::build_text(&pair, Path::new("."), folder.path()).unwrap().references;
    let pair = pair.as_ref().map(String::as_str);
    let digests = |pair| compare(pair).platforms[0].canonical_digest.clone().unwrap();
    let (there, back) = (digests(pair), digests(pair.swapped()));
    assert_eq!(there, back.swapped());
    there
}

/// The one digest of both.
fn digest(original: &Value, rebuild: &Value) -> Digest {
    let digests = digests(original, rebuild);
    assert!(digests.same(), "{original} {rebuild}");
    digests.original
}

fn pyc(mtime: u32, code: &[u8]) -> Vec<u8> {
    [&b"\xa7\x0d\x0d\x0a\0\0\0\0"[..], &mtime.to_le_bytes(), &7_u32.to_le_bytes(), b"c", code].concat()
}

fn gzip(time: u32, data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new().mtime(time).write(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn file(path: &str, bytes: &[u8]) -> Value {
    json!([{ "path": path, "base64": STANDARD.encode(bytes) }])
}

/// A module in a file, with and without compression around it.
fn nested(depth: usize, mtime: u32, code: &[u8]) -> Value {
    let names = ["m.pyc", "m.pyc.gz", "m.pyc.gz.gz"];
    let bytes = (0..depth).fold(pyc(mtime, code), |bytes, _| gzip(0, &bytes));
    file(names[depth], &bytes)
}

#[test]
fn code_beside_a_claimed_time_counts_at_any_depth() {
    for depth in 0..3 {
        let pair =
            |times: (u32, u32), code: &[u8]| digest(&nested(depth, times.0, code), &nested(depth, times.1, code));
        let code = b"print('all is well')";
        let before = pair((5, 6), code);
        assert_eq!(pair((5, 7), code), before, "the time is claimed, {depth} deep");
        assert_eq!(pair((600_000, 7), code), before, "and on either side");
        for at in 0..code.len() {
            let mut other = *code;
            other[at] ^= 1;
            assert_ne!(pair((5, 6), &other), before, "byte {at} of the code, {depth} deep");
        }
    }
}

/// A zip archive of members that are stored as they are, or deflated at a level.
fn zip(members: &[(&str, &[u8])], level: Option<u32>) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in members {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let stored = level.map_or(data.to_vec(), |level| {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        });
        let method = if level.is_some() { 8_u16 } else { 0 };
        let sizes = [crc.sum(), stored.len() as u32, data.len() as u32].map(u32::to_le_bytes).concat();
        let fields = [&[20, 0, 0, 0], &method.to_le_bytes()[..], &[0, 0, 0x21, 0], &sizes].concat();
        let length = (name.len() as u16).to_le_bytes();
        let offset = (bytes.len() as u32).to_le_bytes();
        directory.extend([b"PK\x01\x02\x14\x03", &fields[..], &length, &[0; 12], &offset, name.as_bytes()].concat());
        bytes.extend([b"PK\x03\x04", &fields[..], &length, &[0; 2], name.as_bytes(), &stored].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let places = [directory.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
    [&bytes[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &places, &[0; 2]].concat()
}

#[test]
fn what_is_in_an_archive_counts_where_its_order_is_claimed() {
    let image = |mtime, is_turned: bool, code: &[u8], text: &[u8]| {
        let module = pyc(mtime, code);
        let mut members = [
            ("m.pyc", &module[..]),
            ("empty", b""),
            ("t.txt", text),
            ("u.txt", b"beside it"),
            ("a-1.0.dist-info/RECORD", b""),
        ];
        if is_turned {
            members.reverse();
        }
        file("a-1.0-py3-none-any.whl", &zip(&members, None))
    };
    let pair = |code: &[u8], text: &[u8]| digest(&image(5, false, code, text), &image(6, true, code, text));
    let (code, text) = (b"print('all is well')", b"some words, and some words");
    let before = pair(code, text);
    assert_eq!(digest(&image(5, true, code, text), &image(7, false, code, text)), before);
    for at in (0..code.len()).step_by(5) {
        let (mut other, mut word) = (*code, *text);
        (other[at], word[at]) = (other[at] ^ 1, word[at] ^ 1);
        assert_ne!(pair(&other, text), before, "byte {at} of the code");
        assert_ne!(pair(code, &word), before, "byte {at} of the text");
    }
}

/// A static library of a table of symbols and two objects of one name.
fn library(mtime: u32, objects: [&[u8]; 2]) -> Vec<u8> {
    let member = |(name, data): (&str, &[u8])| {
        let header = format!("{name:<16}{mtime:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 644, data.len());
        [header.as_bytes(), data, &b"\n"[..data.len() % 2]].concat()
    };
    let members = [("/", &b"symbols"[..]), ("a.o/", objects[0]), ("a.o/", objects[1])].map(member);
    [&b"!<arch>\n"[..], &members.concat()].concat()
}

#[test]
fn objects_beside_claimed_times_count() {
    let pair = |times: (u32, u32), objects| {
        digest(&file("a.a", &library(times.0, objects)), &file("a.a", &library(times.1, objects)))
    };
    let before = pair((5, 6), [b"one", b"two!"]);
    assert_eq!(pair((7, 5), [b"one", b"two!"]), before);
    assert_ne!(pair((5, 6), [b"onf", b"two!"]), before);
    assert_ne!(pair((5, 6), [b"one", b"two?"]), before);
}

#[test]
fn code_in_an_archive_counts_and_so_does_what_stands_beside_it() {
    let image = |mtime, level, code: &[u8], text: &[u8]| {
        let inner = zip(&[("m.pyc", &pyc(mtime, code)), ("t.txt", text)], level);
        file("a.jar", &zip(&[("lib/b.jar", &inner), ("u.txt", text)], None))
    };
    let pair = |levels: (Option<u32>, Option<u32>), code: &[u8], text: &[u8]| {
        digest(&image(5, levels.0, code, text), &image(6, levels.1, code, text))
    };
    let (code, text) = (b"print('all is well')", b"some words, and some words");
    for levels in [(None, None), (Some(1), Some(9)), (Some(6), Some(6))] {
        let before = pair(levels, code, text);
        for at in (0..code.len()).step_by(7) {
            let (mut other, mut word) = (*code, *text);
            (other[at], word[at]) = (other[at] ^ 1, word[at] ^ 1);
            assert_ne!(pair(levels, &other, text), before, "byte {at} of the code, {levels:?}");
            assert_ne!(pair(levels, code, &word), before, "byte {at} of the text, {levels:?}");
        }
    }
    assert_ne!(pair((None, None), code, text), pair((Some(6), Some(6)), code, text), "the method counts");
}

/// A tar archive of files of one time.
fn tar(members: &[(&str, &[u8])], mtime: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, data) in members {
        let mut header = [0; 512];
        let mut put = |at: usize, field: &[u8]| header[at..at + field.len()].copy_from_slice(field);
        put(0, name.as_bytes());
        put(100, b"0000644\x000000000\x000000000\0");
        put(124, format!("{:011o}\0{mtime:011o}\0        0", data.len()).as_bytes());
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend([&header[..], data].concat());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

#[test]
fn code_in_a_zip_in_a_tar_counts_and_so_does_what_stands_beside_it() {
    let image = |mtime, name: &str, code: &[u8], text: &[u8]| {
        let inner = zip(&[("m.pyc", &pyc(mtime, code)), ("t.txt", text)], None);
        file("a.tar.gz", &gzip(0, &tar(&[("lib/b.zip", &inner), (name, text)], mtime)))
    };
    let pair = |name: &str, code: &[u8], text: &[u8]| digest(&image(5, name, code, text), &image(6, name, code, text));
    let (code, text) = (b"print('all is well')", b"some words, and some words");
    let before = pair("u.txt", code, text);
    for at in (0..code.len()).step_by(7) {
        let (mut other, mut word) = (*code, *text);
        (other[at], word[at]) = (other[at] ^ 1, word[at] ^ 1);
        assert_ne!(pair("u.txt", &other, text), before, "byte {at} of the code");
        assert_ne!(pair("u.txt", code, &word), before, "byte {at} of the text");
    }
    assert_ne!(pair("v.txt", code, text), before, "the name counts");
    let of_time = |mtime| digest(&image(5, "u.txt", code, text), &image(mtime, "u.txt", code, text));
    assert_eq!(of_time(7), before, "the time does not");
}

#[test]
fn what_a_recompressed_file_holds_counts() {
    let pair = |data: &[u8]| {
        let stored = |level| {
            let mut encoder = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::new(level));
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        };
        digest(&file("data.gz", &stored(1)), &file("data.gz", &stored(9)))
    };
    let data = b"some words, and some words, and some other words, and so on".repeat(20);
    let before = pair(&data);
    for at in (0..data.len()).step_by(97) {
        let mut other = data.clone();
        other[at] ^= 1;
        assert_ne!(pair(&other), before, "byte {at}");
    }
}

#[test]
fn a_line_beside_a_claimed_date_counts_and_so_does_its_place() {
    let pair = |days: (u32, u32), before: &str, after: &str| {
        let text = |day: u32| {
            let text = format!("{before}Built on 2024-01-0{day}.\n{after}");
            json!([{ "path": "etc/build-info", "text": text, "mtime": 1_704_200_000 }])
        };
        digest(&text(days.0), &text(days.1))
    };
    let before = pair((2, 4), "name: app\n", "port: 8080\n");
    assert_eq!(pair((2, 5), "name: app\n", "port: 8080\n"), before);
    for (first, second) in [
        ("name: apq\n", "port: 8080\n"),
        ("name: app\n", "port: 8081\n"),
        ("name: app\nport: 8080\n", ""),
        ("", "name: app\nport: 8080\n"),
    ] {
        assert_ne!(pair((2, 4), first, second), before, "{first} {second}");
    }
}

#[test]
fn every_member_of_an_entry_counts_but_for_what_is_claimed() {
    let entry = |mtime: u64, member: &str, value: Value| {
        let mut entry = json!({ "path": "usr/bin/app", "text": "app\n", "mtime": mtime, "mode": "755", "uid": 1 });
        entry[member] = value;
        let other = json!({ "path": "usr/bin/other", "text": "other\n" });
        json!([entry, other])
    };
    let pair = |member: &str, value: Value| digest(&entry(5, member, value.clone()), &entry(6, member, value));
    let before = pair("uid", json!(1));
    assert_eq!(digest(&entry(5, "uid", json!(1)), &entry(9, "uid", json!(1))), before);
    for (member, value) in [
        ("uid", json!(2)),
        ("gid", json!(2)),
        ("mode", json!("4755")),
        ("text", json!("apq\n")),
        ("path", json!("usr/bin/apq")),
        ("uname", json!("somebody")),
        ("xattrs", json!({ "user.a": "62" })),
    ] {
        assert_ne!(pair(member, value.clone()), before, "{member} {value}");
    }
}

#[test]
fn what_is_not_claimed_on_one_side_does_not_change_the_other_digest() {
    let entries =
        |mtime: u64, text: &str| json!([{ "path": "a", "text": "a\n", "mtime": mtime }, { "path": "b", "text": text }]);
    let one = digests(&entries(5, "same\n"), &entries(6, "other\n"));
    let two = digests(&entries(5, "same\n"), &entries(7, "again other\n"));
    assert_eq!(one.original, two.original);
    assert_ne!(one.rebuild, two.rebuild);
    assert_ne!(one.original, one.rebuild);
}

#[test]
fn entries_that_change_places_on_both_sides_count() {
    let entry = |path: &str, mtime: u64| json!({ "path": path, "text": path, "mtime": mtime });
    let there = digest(&json!([entry("a", 1), entry("b", 1)]), &json!([entry("a", 2), entry("b", 2)]));
    let back = digest(&json!([entry("b", 1), entry("a", 1)]), &json!([entry("b", 2), entry("a", 2)]));
    assert_ne!(there, back);
    let claimed = digest(&json!([entry("a", 1), entry("b", 1)]), &json!([entry("b", 2), entry("a", 2)]));
    assert_eq!(claimed, digest(&json!([entry("b", 1), entry("a", 1)]), &json!([entry("a", 2), entry("b", 2)])));
}

#[test]
fn what_layers_of_another_split_hide_counts() {
    let image = |layers: &[&[(&str, &str)]]| {
        let entry = |(path, text): &(&str, &str)| json!({ "path": path, "text": text });
        let layer = |(number, entries): (usize, &&[(&str, &str)])| {
            let entries: Vec<_> = entries.iter().map(entry).collect();
            json!({ "entries": entries, "createdBy": format!("RUN /bin/sh -c step{number}of{} # buildkit", layers.len()) })
        };
        json!({ "layers": layers.iter().enumerate().map(layer).collect::<Vec<_>>() })
    };
    let pair = |hidden: &str, shown: &str| {
        let few = image(&[&[("one", "1\n"), ("x", hidden)], &[("x", shown), ("two", "2\n")]]);
        let many = image(&[&[("one", "1\n")], &[("x", hidden)], &[("x", shown)], &[("two", "2\n")]]);
        digests_of(&few, &many)
    };
    let before = pair("old\n", "new\n");
    assert_ne!(pair("ole\n", "new\n"), before);
    assert_ne!(pair("old\n", "nex\n"), before);
    assert!(before.same(), "the split is claimed");
}
