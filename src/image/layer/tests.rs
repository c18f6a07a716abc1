use std::io::{self, Read, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::*;
use crate::codec::tar::fixtures::{END, file};

fn archive() -> Vec<u8> {
    let long: Vec<u8> = (0..1_000_000_u32).flat_map(|number| (number * 7).to_le_bytes()[..1].to_vec()).collect();
    [&file("a", b"hello")[..], &file("b", &long), &file("c", b""), &END].concat()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn expected(stored: &[u8], plain: &[u8]) -> Expected {
    let blob = Descriptor { media_type: String::new(), digest: Digest::of(stored), size: Some(stored.len() as u64) };
    Expected { blob: Some(blob), diff_id: Some(Digest::of(plain)), as_envelope: true }
}

fn reader(stored: &[u8], expected: Expected) -> LayerReader {
    open(BlobReader::new(io::Cursor::new(stored.to_vec())), expected, &Limits::default())
}

/// Names and sizes as read, or the error.
fn read(stored: &[u8], expected: Expected) -> Result<(Vec<(String, u64)>, LayerEnd), LayerError> {
    let mut layer = reader(stored, expected);
    let mut entries = Vec::new();
    while let Some(item) = layer.next_item()? {
        let Item::Entry(entry) = item else { continue };
        let mut size = 0;
        while let Some(piece) = layer.read_content()? {
            size += piece.len() as u64;
        }
        assert_eq!(size, entry.size);
        assert_eq!((size + layer.padding()?.len() as u64) % 512, 0);
        entries.push((String::from_utf8_lossy(&entry.path).into_owned(), size));
    }
    Ok((entries, layer.finish()?))
}

#[test]
fn a_layer_is_read_and_verified() {
    let archive = archive();
    let all = [("a".to_owned(), 5), ("b".to_owned(), 1_000_000), ("c".to_owned(), 0)];
    for stored in [gzip(&archive), archive.clone(), zstd::encode_all(&archive[..], 1).unwrap()] {
        let mut wanted = expected(&stored, &archive);
        let (entries, end) = read(&stored, wanted.clone()).expect("a good layer");
        assert_eq!(entries, all);
        assert_eq!((end.size, end.entries, end.diff_id), (archive.len() as u64, 3, Digest::of(&archive)));
        assert_eq!((end.trailer.zero_blocks, end.trailer.offset), (2, archive.len() as u64 - 1024));
        assert_eq!(matches!(end.framing, Framing::Plain), stored == archive);
        wanted.diff_id = None;
        assert_eq!(read(&stored, wanted.clone()).expect("no diff ID").1.diff_id, Digest::of(&archive));
        wanted = Expected { blob: None, diff_id: Some(Digest::of(&archive)), as_envelope: true };
        assert_eq!(read(&stored, wanted).expect("no descriptor").1.diff_id, Digest::of(&archive));
    }
}

#[test]
fn other_digest_algorithms_are_hashed_beside() {
    let archive = archive();
    let mut wanted = expected(&archive, &archive);
    let sha512 = <sha2::Sha512 as sha2::Digest>::digest(&archive).into();
    wanted.diff_id = Some(Digest::Sha512(Box::new(sha512)));
    let end = read(&archive, wanted.clone()).expect("a good layer").1;
    assert_eq!(Some(end.diff_id), wanted.diff_id);
}

#[test]
fn finishing_early_still_verifies() {
    let archive = archive();
    let stored = gzip(&archive);
    let mut layer = reader(&stored, expected(&stored, &archive));
    layer.next_item().expect("an entry");
    let end = layer.finish().expect("verified");
    assert_eq!((end.entries, end.size), (1, archive.len() as u64));
    let layer = reader(&stored, expected(&stored, b"another"));
    assert_eq!(layer.finish().expect_err("another diff ID").reason, GapReason::Integrity);
}

#[test]
fn bytes_that_were_not_promised_are_an_integrity_gap() {
    let archive = archive();
    let stored = gzip(&archive);
    let good = expected(&stored, &archive);
    for position in [0, 5, 11, stored.len() / 2, stored.len() - 1] {
        let mut wrong = stored.clone();
        wrong[position] ^= 0x40;
        let error = read(&wrong, good.clone()).expect_err("changed");
        assert_eq!(error.reason, GapReason::Integrity, "{position}: {error}");
        assert!(error.detail.to_string().contains(&Digest::of(&stored).to_string()), "{error}");
    }
    for position in [0, 160, 700, archive.len() - 1] {
        let mut wrong = archive.clone();
        wrong[position] ^= 0x40;
        let no_blob = Expected { blob: None, diff_id: Some(Digest::of(&archive)), as_envelope: true };
        for wanted in [expected(&archive, &archive), no_blob] {
            assert_eq!(read(&wrong, wanted).expect_err("changed").reason, GapReason::Integrity, "{position}");
        }
    }
    let longer = [&stored[..], b"\0"].concat();
    assert_eq!(read(&longer, good.clone()).expect_err("longer").reason, GapReason::Integrity);
    assert_eq!(read(&stored[..stored.len() - 1], good.clone()).expect_err("shorter").reason, GapReason::Integrity);
    let other = Expected { diff_id: Some(Digest::of(b"other")), ..good };
    assert!(read(&stored, other).expect_err("another diff ID").detail.to_string().contains("diff ID"));
}

#[test]
fn promised_bytes_that_are_no_layer_are_malformed() {
    let archive = archive();
    let stored = gzip(&archive);
    let cut = &stored[..stored.len() / 2];
    let error = read(cut, expected(cut, &archive)).expect_err("half a layer");
    assert_eq!(error.reason, GapReason::Malformed);
    assert!(error.detail.to_string().contains("the gzip member at offset 0 is truncated"), "{error}");
    let mut wrong = archive.clone();
    wrong[3] = b'x';
    for stored in [gzip(&wrong), wrong.clone()] {
        let error = read(&stored, expected(&stored, &wrong)).expect_err("a wrong checksum");
        assert_eq!(error.reason, GapReason::Malformed);
        assert!(error.detail.to_string().contains("the entry at offset 0: the checksum"), "{error}");
        let mut layer = reader(&stored, expected(&stored, &wrong));
        assert_eq!(layer.next_item().expect_err("failed"), error);
        assert_eq!(layer.next_item().expect_err("failed"), error);
        assert_eq!(layer.read_content().expect_err("failed"), error);
        assert_eq!(layer.finish().expect_err("failed"), error);
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let stored = gzip(&vec![0; 50 << 20]);
    let limits = Limits { layer_bytes: 1 << 20, ..Limits::default() };
    let layer = open(
        BlobReader::new(io::Cursor::new(stored)),
        Expected { blob: None, diff_id: None, as_envelope: true },
        &limits,
    );
    let error = layer.finish().expect_err("too much");
    assert_eq!((error.reason, error.detail.to_string().contains("1048576")), (GapReason::Limit, true));
}

/// Never ends, and says when it is dropped.
struct Endless(Arc<AtomicU64>, Arc<AtomicBool>);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(0);
        self.0.fetch_add(buffer.len() as u64, Ordering::SeqCst);
        Ok(buffer.len())
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.1.store(true, Ordering::SeqCst);
    }
}

#[test]
fn dropping_a_reader_ends_its_thread() {
    let (read, dropped) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let endless = Endless(read.clone(), dropped.clone());
    let mut layer =
        open(BlobReader::new(endless), Expected { blob: None, diff_id: None, as_envelope: true }, &Limits::default());
    assert!(layer.next_item().expect("a zero block").is_none());
    drop(layer);
    let start = Instant::now();
    while !dropped.load(Ordering::SeqCst) {
        assert!(start.elapsed() < Duration::from_secs(30), "the thread goes on");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(read.load(Ordering::SeqCst) < 64 << 20, "it read ahead without bound");
}

/// Fails after some bytes, as a broken connection does.
struct Broken(io::Cursor<Vec<u8>>);

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("connection reset")),
            count => Ok(count),
        }
    }
}

#[test]
fn bytes_that_do_not_come_are_missing() {
    let archive = archive();
    let broken = Broken(io::Cursor::new(archive[..5000].to_vec()));
    let layer = open(BlobReader::new(broken), expected(&archive, &archive), &Limits::default());
    let error = layer.finish().expect_err("no more bytes");
    assert_eq!(error.reason, GapReason::Missing);
    assert!(error.detail.to_string().contains("connection reset"), "{error}");
}
