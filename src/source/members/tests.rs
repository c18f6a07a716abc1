use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::super::fixture::{append, append_link, put, tar_of, zstd};
use super::super::input::Input;
use super::{Member, Members, WalkError, resolve, walk};
use crate::codec::compression::{Packing, recognize};
use crate::error::FileKind;
use crate::limits::Limits;

fn walked(bytes: &[u8], limits: &Limits) -> Result<Members, WalkError> {
    let dir = tempfile::tempdir().unwrap();
    let file = Arc::new(std::fs::File::open(put(dir.path(), "file", bytes)).unwrap());
    walk(Input::open(&file, bytes.len() as u64, recognize(bytes).unwrap(), 1 << 30, limits), limits)
}

fn broken(bytes: &[u8], limits: &Limits) -> String {
    match walked(bytes, limits) {
        Err(WalkError::Broken(detail)) => detail.to_string(),
        other => panic!("not broken: {other:?}"),
    }
}

fn file(members: &Members, name: &str) -> (u64, u64) {
    match members.by_name.get(name.as_bytes()) {
        Some(Member::File { offset, size }) => (*offset, *size),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn offsets_point_at_the_bytes() {
    let long = "d/".repeat(100) + "file";
    let files = vec![
        ("one".to_owned(), b"first".to_vec()),
        (long.clone(), vec![b'x'; 600]),
        ("./two".to_owned(), b"second!".to_vec()),
        ("empty".to_owned(), Vec::new()),
    ];
    let bytes = tar_of(&files);
    let members = walked(&bytes, &Limits::default()).unwrap();
    assert_eq!(members.by_name.len(), 4);
    let at = |name: &str| {
        let (offset, size) = file(&members, name);
        &bytes[offset as usize..(offset + size) as usize]
    };
    assert_eq!(at("one"), b"first");
    assert_eq!(at("two"), b"second!");
    assert_eq!(at(&long), &[b'x'; 600]);
    assert_eq!(at("empty"), b"");
    assert_eq!(walked(&zstd(&bytes), &Limits::default()).unwrap().by_name, members.by_name);
}

/// skopeo 1.9.3 reads the first of them, `docker load`, which unpacks, the last.
#[test]
fn a_name_that_occurs_twice_is_none() {
    let mut builder = tar::Builder::new(Vec::new());
    append_link(&mut builder, tar::EntryType::Directory, "dir", "unused");
    append_link(&mut builder, tar::EntryType::Directory, "./dir/", "unused");
    for name in ["manifest.json", "./manifest.json", "c.json", "x/../c.json", "other.json"] {
        builder.append_pax_extensions([("path", name.as_bytes())]).unwrap();
        append(&mut builder, "name", name.as_bytes());
    }
    append_link(&mut builder, tar::EntryType::Symlink, "other.json", "c.json");
    let members = walked(&builder.into_inner().unwrap(), &Limits::default()).unwrap().by_name;
    assert_eq!(members.get(&b"dir"[..]), Some(&Member::Other(FileKind::Directory)));
    for name in ["manifest.json", "c.json", "other.json"] {
        assert_eq!(members.get(name.as_bytes()), Some(&Member::Repeated), "{name}");
    }
}

#[test]
fn links_are_resolved_inside_the_archive() {
    let mut builder = tar::Builder::new(Vec::new());
    append_link(&mut builder, tar::EntryType::Symlink, "a/layer.tar", "../b/layer.tar");
    append_link(&mut builder, tar::EntryType::Link, "c/layer.tar", "./b/layer.tar");
    append_link(&mut builder, tar::EntryType::Symlink, "out", "../../etc/passwd");
    append_link(&mut builder, tar::EntryType::Symlink, "absolute", "/etc/passwd");
    append_link(&mut builder, tar::EntryType::Directory, "dir", "unused");
    let members = walked(&builder.into_inner().unwrap(), &Limits::default()).unwrap().by_name;
    let get = |name: &str| members.get(name.as_bytes()).cloned().unwrap();
    assert_eq!(get("a/layer.tar"), Member::Link(Some(b"b/layer.tar".to_vec())));
    assert_eq!(get("c/layer.tar"), Member::Link(Some(b"b/layer.tar".to_vec())));
    assert_eq!(get("out"), Member::Link(None));
    assert_eq!(get("absolute"), Member::Link(None));
    assert_eq!(get("dir"), Member::Other(FileKind::Directory));
}

#[test]
fn pax_records_rule_over_the_header() {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("path", &b"renamed"[..]), ("size", b"3")]).unwrap();
    append(&mut builder, "name", b"abc");
    let map = [("GNU.sparse.size", &b"3"[..]), ("GNU.sparse.numblocks", b"1"), ("GNU.sparse.map", b"0,3")];
    builder.append_pax_extensions(map).unwrap();
    append(&mut builder, "holes", b"abc");
    append(&mut builder, "after", b"abc");
    let members = walked(&builder.into_inner().unwrap(), &Limits::default()).unwrap();
    assert_eq!(file(&members, "renamed").1, 3);
    assert_eq!(members.by_name.get(&b"holes"[..]), Some(&Member::Other(FileKind::SparseFile)));
    assert_eq!(file(&members, "after").1, 3);
    assert_eq!(members.by_name.len(), 3);
}

#[test]
fn a_pax_size_is_the_one_that_counts() {
    // A header that says 0 and a record that says 5: what follows the data is found only by the record.
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("size", &b"5"[..])]).unwrap();
    append(&mut builder, "big", b"");
    let mut bytes = builder.into_inner().unwrap();
    bytes.truncate(bytes.len() - 1024);
    bytes.extend_from_slice(b"hello");
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes.extend(tar_of(&vec![("next".to_owned(), b"x".to_vec())]));
    let members = walked(&bytes, &Limits::default()).unwrap();
    assert_eq!(file(&members, "big").1, 5);
    assert_eq!(file(&members, "next").1, 1);
}

#[test]
fn what_is_cut_off_is_broken() {
    let bytes = tar_of(&vec![("one".to_owned(), vec![1; 2000]), ("two".to_owned(), vec![2; 2000])]);
    for length in [600, 1000, 2048, 2600, 3500] {
        let detail = broken(&bytes[..length], &Limits::default());
        assert!(detail.contains("is truncated") || detail.contains("the checksum of the header"), "{length}: {detail}");
    }
    assert!(matches!(walked(&bytes[..100], &Limits::default()), Err(WalkError::NotTar(start)) if start.len() == 100));
    assert!(matches!(walked(&[7; 2048], &Limits::default()), Err(WalkError::NotTar(_))));
}

#[test]
fn limits_end_the_walk() {
    let bytes = tar_of(&vec![("one".to_owned(), vec![1]), ("n".repeat(300), vec![2])]);
    let limits = Limits::default();
    assert!(broken(&bytes, &Limits { archive_members: 1, ..limits }).contains("more than 1 members"));
    assert!(broken(&bytes, &Limits { archive_name_bytes: 300, ..limits }).contains("300 bytes of member names"));
    assert!(
        broken(&bytes, &Limits { extension_bytes: 200, ..limits })
            .contains("its extension headers have more than 200 bytes")
    );
}

#[test]
fn a_size_beyond_all_files_is_broken_not_an_overflow() {
    for kind in [b'0', b'S', b'x', b'g', b'V'] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::new(kind));
        header.set_path("huge").unwrap();
        header.set_size(u64::MAX - 600);
        if let Some(gnu) = header.as_gnu_mut().filter(|_| kind == b'S') {
            gnu.isextended[0] = 1;
        }
        header.set_cksum();
        let mut bytes = header.as_bytes().to_vec();
        bytes.extend_from_slice(&[0; 1024]);
        assert!(!broken(&bytes, &Limits::default()).is_empty());
    }
}

/// GNU tar takes the five bytes for the link's content, Go for the next header.
#[test]
fn a_link_with_content_is_refused() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Link);
    header.set_path("manifest.json").unwrap();
    header.set_link_name("other.json").unwrap();
    header.set_size(5);
    header.set_cksum();
    let bytes = [header.as_bytes(), &[b'x'; 512][..], &[0; 1024]].concat();
    assert!(broken(&bytes, &Limits::default()).contains("on which implementations disagree"));
}

#[test]
fn names_are_resolved_without_leaving() {
    for (directory, name, resolved) in [
        ("", "./a//b/.", Some("a/b")),
        ("", "/a", Some("a")),
        ("a/b", "../c", Some("a/c")),
        ("a", "../../c", None),
        ("", "..", None),
    ] {
        assert_eq!(resolve(directory.as_bytes(), name.as_bytes()), resolved.map(|text| text.as_bytes().to_vec()));
    }
}

proptest! {
    #[test]
    fn damaged_archives_do_not_panic_and_members_stay_inside(
        damage in proptest::collection::vec((0usize..4096, any::<u8>()), 0..12),
        fix in any::<bool>(),
        length in 0usize..5000,
    ) {
        let mut bytes = tar_of(&vec![("one".to_owned(), vec![1; 700]), ("n".repeat(200), vec![2; 100])]);
        for (at, value) in damage {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        if fix && let Some(block) = bytes.first_chunk_mut::<512>() {
            // With a good checksum the damage gets past the first check.
            let mut header = tar::Header::from_byte_slice(block).clone();
            header.set_cksum();
            block.copy_from_slice(header.as_bytes());
        }
        bytes.truncate(length.max(1));
        let plain = recognize(&bytes) == Ok(Packing::Plain);
        if plain && let Ok(members) = walked(&bytes, &Limits::default()) {
            for member in members.by_name.values() {
                if let Member::File { offset, size } = member {
                    prop_assert!(offset + size <= bytes.len() as u64);
                }
            }
        }
    }

    #[test]
    fn the_tar_crate_sees_the_same_members(
        files in proptest::collection::btree_map(
            "[a-z]{1,8}(/[a-z]{1,60}){0,3}", proptest::collection::vec(any::<u8>(), 0..1200),
            1..6,
        )
    ) {
        let bytes = tar_of(&files.into_iter().collect::<Vec<_>>());
        let members = walked(&bytes, &Limits::default()).unwrap().by_name;
        let mut expected = BTreeMap::new();
        for entry in tar::Archive::new(&bytes[..]).entries().unwrap() {
            let entry = entry.unwrap();
            let member = Member::File { offset: entry.raw_file_position(), size: entry.size() };
            expected.insert(entry.path_bytes().into_owned(), member);
        }
        prop_assert_eq!(members, expected);
    }
}
