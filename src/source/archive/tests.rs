use std::path::PathBuf;
use std::process::Command;

use super::super::fixture::{append, append_link, gzip, put, tar_of, zstd};
use super::*;

fn refused(path: &Path) -> String {
    Archive::open(path, &Limits::default()).err().unwrap().to_string()
}

fn text(archive: &Archive, name: &str) -> Result<String, String> {
    let mut text = String::new();
    archive
        .open(name)
        .map_err(|error| error.of_input().to_string())?
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())?;
    Ok(text)
}

#[test]
fn members_are_read_in_place_whatever_the_compression() {
    let mut builder = tar::Builder::new(Vec::new());
    append(&mut builder, "one", b"first");
    append(&mut builder, "sub/two", b"second");
    append_link(&mut builder, tar::EntryType::Symlink, "sub/link", "../one");
    append_link(&mut builder, tar::EntryType::Symlink, "loop", "loop");
    append_link(&mut builder, tar::EntryType::Symlink, "out", "/etc/passwd");
    append_link(&mut builder, tar::EntryType::Fifo, "pipe", "unused");
    append_link(&mut builder, tar::EntryType::Symlink, "blobs", "sub");
    append(&mut builder, "blobs/two", b"third");
    append(&mut builder, "twice", b"1");
    builder.append_pax_extensions([("path", &b"a/../twice"[..])]).unwrap();
    append(&mut builder, "name", b"2");
    let bytes = builder.into_inner().unwrap();
    let dir = tempfile::tempdir().unwrap();
    for packed in [bytes.clone(), gzip(&bytes), zstd(&bytes)] {
        let archive = Archive::open(&put(dir.path(), "file", &packed), &Limits::default()).unwrap();
        assert!(archive.has("one") && !archive.has("none"));
        assert_eq!(text(&archive, "one").unwrap(), "first");
        assert_eq!(text(&archive, "sub/two").unwrap(), "second");
        assert_eq!(text(&archive, "./sub//link").unwrap(), "first");
        assert_eq!(text(&archive, "none").unwrap_err(), "no such file or directory");
        assert!(text(&archive, "loop").unwrap_err().contains("a loop of links"));
        assert!(text(&archive, "out").unwrap_err().contains("leads out of the archive"));
        assert!(text(&archive, "pipe").unwrap_err().contains("a pipe"));
        assert!(text(&archive, "blobs/two").unwrap_err().contains("below a link"));
        assert!(text(&archive, "twice").unwrap_err().contains("several members of the archive have this name"));
    }
}

#[test]
fn readers_are_independent_across_threads() {
    let contents: Vec<(String, Vec<u8>)> = (0..4u8).map(|n| (format!("file{n}"), vec![n; 100_000])).collect();
    let bytes = tar_of(&contents);
    let dir = tempfile::tempdir().unwrap();
    for packed in [bytes.clone(), gzip(&bytes)] {
        let archive = Archive::open(&put(dir.path(), "file", &packed), &Limits::default()).unwrap();
        std::thread::scope(|scope| {
            for (name, expected) in &contents {
                let archive = &archive;
                scope.spawn(move || {
                    let mut bytes = Vec::new();
                    archive.open(name).unwrap().read_to_end(&mut bytes).unwrap();
                    assert!(bytes == *expected, "{name}");
                });
            }
        });
    }
}

#[test]
fn what_is_no_archive_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| put(dir.path(), name, bytes);
    assert!(refused(&at("empty", b"")).starts_with("an empty file; "));
    assert!(refused(&at("elf", b"\x7fELF\x02")).contains("starts with \"\\x7fELF\\x02\""));
    assert!(
        refused(&at("gz", &gzip(b"hello"))).contains("compressed, and inside no tar archive, it starts with \"hello\"")
    );
    assert!(refused(&at("xz", b"\xfd7zXZ\0rest")).contains("compressed with xz"));
    assert_eq!(refused(&PathBuf::from("/nonexistent")), "no such file or directory");
    assert!(refused(dir.path()).contains("a directory"));
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(refused(&pipe).contains("a pipe"));
}

#[test]
fn a_truncated_archive_is_refused() {
    let bytes = tar_of(&vec![("one".to_owned(), vec![1; 5000]), ("two".to_owned(), vec![2; 5000])]);
    let dir = tempfile::tempdir().unwrap();
    for packed in [bytes.clone(), gzip(&bytes), zstd(&bytes)] {
        let detail = refused(&put(dir.path(), "file", &packed[..packed.len() / 2]));
        assert!(detail.contains("broken tar archive") || detail.contains("no tar archive"), "{detail}");
    }
}

#[test]
fn an_archive_without_an_image_says_what_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let names = ["etc/\u{1b}x", "b", "c", "d", "e", "f"].map(|name| (name.to_owned(), Vec::new()));
    let archive = Archive::open(&put(dir.path(), "file", &tar_of(&names.to_vec())), &Limits::default()).unwrap();
    assert_eq!(archive.first_members(), ["etc/\\u{1b}x", "b", "c", "d", "e"]);
    let empty = Archive::open(&put(dir.path(), "empty", &[0; 1024]), &Limits::default()).unwrap();
    assert!(empty.first_members().is_empty());
}
