use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;

use super::*;
use crate::finding::GapReason;

/// Reads in steps of a few bytes, to have every boundary somewhere.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(buffer.len());
        self.0.read(&mut buffer[..count])
    }
}

fn decompress_in(stored: &[u8], step: usize, limits: &Limits) -> Result<(Vec<u8>, Framing), Fault> {
    let mut decompressor = Decompressor::new(Trickle(stored, step), limits);
    let mut bytes = Vec::new();
    decompressor.read_to_end(&mut bytes).map_err(|error| Fault::from_io(&error))?;
    assert_eq!(decompressor.read(&mut [0; 8]).unwrap(), 0, "the end stays the end");
    Ok((bytes, decompressor.finish()))
}

fn decompress(stored: &[u8]) -> Result<(Vec<u8>, Framing), Fault> {
    let whole = decompress_in(stored, usize::MAX, &Limits::default());
    let trickled = decompress_in(stored, 1, &Limits::default());
    assert_eq!(whole.as_ref().map(|(bytes, _)| bytes), trickled.as_ref().map(|(bytes, _)| bytes));
    whole
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A member with every optional header field.
fn gzip_with_everything(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0b11111, 1, 2, 3, 4, 2, 3];
    bytes.extend_from_slice(b"\x06\0AB\x02\0xynam\xe9\0a comment\0");
    let crc = crc32fast::hash(&bytes) & 0xffff;
    bytes.extend_from_slice(&crc.to_le_bytes()[..2]);
    let mut encoder = DeflateEncoder::new(bytes, Compression::best());
    encoder.write_all(content).unwrap();
    let mut bytes = encoder.finish().unwrap();
    bytes.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(content.len()).unwrap().to_le_bytes());
    bytes
}

fn members(stored: &[u8]) -> (Vec<u8>, GzipFraming) {
    match decompress(stored).expect("well-formed") {
        (bytes, Framing::Gzip(framing)) => (bytes, framing),
        (_, other) => panic!("{other:?}"),
    }
}

/// Header, stream, trailer of each member and what trails are all bytes.
fn check_covered(stored: &[u8], framing: &GzipFraming) {
    let mut offset = 0;
    for member in &framing.members {
        assert_eq!(member.offset, offset);
        let header = GzipHeader::parse(&member.header).expect("a header");
        assert_eq!(header.size, member.header.len() as u64);
        let mut end = 0;
        for (_, range) in header.fields() {
            assert_eq!(range.0, end);
            end = range.1;
        }
        assert_eq!(end, header.size);
        offset += member.header.len() as u64 + member.deflate_size + 8;
    }
    offset += framing.trailing.as_ref().map_or(0, Content::size);
    assert_eq!(offset, stored.len() as u64);
}

#[test]
fn bytes_without_magic_are_plain() {
    for stored in [&b""[..], b"a", b"usr/bin/\0", b"BZh9 is a file name"] {
        let (bytes, framing) = decompress(stored).expect("plain");
        assert_eq!(bytes, stored);
        assert!(matches!(framing, Framing::Plain));
    }
}

#[test]
fn other_compressions_are_unsupported() {
    for stored in [&b"\xfd7zXZ\0\0\0"[..], b"BZh91AY&SYabc", b"\x04\x22\x4d\x18abc"] {
        assert_eq!(decompress(stored).expect_err("unsupported").reason, GapReason::Unsupported);
    }
}

#[test]
fn members_are_described_one_by_one() {
    let (one, two) = (gzip(b"hello "), gzip_with_everything(b"world"));
    let stored = [&one[..], &two].concat();
    let (bytes, framing) = members(&stored);
    assert_eq!(bytes, b"hello world");
    check_covered(&stored, &framing);
    let second = &framing.members[1];
    assert_eq!((second.offset, second.uncompressed_offset, second.size, second.isize), (one.len() as u64, 6, 5, 5));
    assert_eq!(second.crc32, crc32fast::hash(b"world"));
    let header = GzipHeader::parse(&second.header).expect("a header");
    assert_eq!((header.mtime, header.xfl, header.os, header.flags), (0x0403_0201, 2, 3, 0b11111));
    assert_eq!((header.extra, header.name), (Some((10, 18)), Some((18, 23))));
    assert_eq!((header.comment, header.header_crc), (Some((23, 33)), Some((33, 35))));
    assert!(framing.trailing.is_none());
}

#[test]
fn digests_of_streams_are_left_out_where_nobody_compares_them() {
    let stored = gzip(b"one");
    let mut decompressor = Decompressor::new(&stored[..], &Limits::default()).without_deflate_digests();
    let mut content = Vec::new();
    decompressor.read_to_end(&mut content).expect("it is sound");
    let Framing::Gzip(framing) = decompressor.finish() else { panic!("it is gzip") };
    assert_eq!((&content[..], framing.members[0].deflate_blake3), (&b"one"[..], None));
    assert!(members(&stored).1.members[0].deflate_blake3.is_some());
}

#[test]
fn what_trails_the_last_member_is_kept() {
    for trailing in [&[0; 700][..], b"garbage", b"\x1f"] {
        let stored = [&gzip(b"hello")[..], trailing].concat();
        let (bytes, framing) = members(&stored);
        assert_eq!(bytes, b"hello");
        check_covered(&stored, &framing);
        let kept = framing.trailing.expect("trailing bytes").bytes(u64::MAX).unwrap().unwrap();
        assert_eq!(&*kept, trailing);
    }
}

#[test]
fn a_gzip_file_that_ends_early_or_lies_is_malformed() {
    let stored = gzip_with_everything(b"hello hello hello");
    for end in 2..stored.len() {
        let fault = decompress(&stored[..end]).expect_err("truncated");
        assert_eq!(fault.reason, GapReason::Malformed, "{end}");
        assert!(
            fault.detail.to_string().contains("truncated at offset 0")
                || fault.detail.to_string().contains("at offset 0 is truncated")
        );
    }
    for (at, sentence) in [(8, "has the CRC"), (4, "has the size")] {
        let mut wrong = gzip(b"hello");
        let at = wrong.len() - at;
        wrong[at] ^= 0x10;
        assert!(decompress(&wrong).expect_err("wrong").detail.to_string().contains(sentence), "{sentence}");
    }
    let mut crc = stored.clone();
    crc[4] ^= 1;
    assert!(decompress(&crc).expect_err("wrong").detail.to_string().contains("CRC of the gzip header"));
    let mut reserved = stored.clone();
    reserved[3] |= 0x20;
    assert_eq!(decompress(&reserved).expect_err("reserved").reason, GapReason::Unsupported);
    let second = [&gzip(b"hello")[..], b"\x1f\x8b\x07"].concat();
    assert_eq!(decompress(&second).expect_err("no member").reason, GapReason::Malformed);
}

#[test]
fn members_and_headers_are_limited() {
    let limits = Limits { compression_members: 3, ..Limits::default() };
    assert!(decompress_in(&gzip(b"a").repeat(3), 100, &limits).is_ok());
    assert_eq!(decompress_in(&gzip(b"a").repeat(4), 100, &limits).expect_err("four").reason, GapReason::Limit);
    let endless = [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3][..], &[b'n'; 1 << 20]].concat();
    assert_eq!(decompress_in(&endless, 1 << 16, &limits).expect_err("a long name").reason, GapReason::Limit);
}

fn zstd(content: &[u8], checksum: bool) -> Vec<u8> {
    let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(checksum).unwrap();
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn skippable(content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap();
    [&[0x5a, 0x2a, 0x4d, 0x18][..], &size.to_le_bytes(), content].concat()
}

fn frames(stored: &[u8]) -> (Vec<u8>, ZstdFraming) {
    match decompress(stored).expect("well-formed") {
        (bytes, Framing::Zstd(framing)) => (bytes, framing),
        (_, other) => panic!("{other:?}"),
    }
}

#[test]
fn frames_are_described_one_by_one() {
    let long = b"0123456789".repeat(100_000);
    let parts = [skippable(b"first"), zstd(&long, true), skippable(b""), zstd(b"world", false), b"trailing".to_vec()];
    let stored = parts.concat();
    let (bytes, framing) = frames(&stored);
    assert_eq!(bytes, [&long[..], b"world"].concat());
    let mut at = 0;
    for (frame, part) in framing.frames.iter().zip(&parts) {
        let size = match frame {
            ZstdFrame::Skippable { offset, magic, content } => {
                assert_eq!((*offset, *magic), (at, 0x184d_2a5a));
                8 + content.size()
            }
            ZstdFrame::Data { offset, header, compressed_size, checksum, .. } => {
                assert_eq!(*offset, at);
                let beside = if checksum.is_some() { 4 } else { 0 };
                assert_eq!(
                    checksum.map(u32::to_le_bytes).as_ref().map(|sum| &sum[..]),
                    (beside > 0).then(|| &part[part.len() - 4..])
                );
                header.len() as u64 + compressed_size + beside
            }
        };
        assert_eq!(size, part.len() as u64);
        at += size;
    }
    let ZstdFrame::Data { size, uncompressed_offset, .. } = framing.frames[3] else { panic!("a data frame") };
    assert_eq!((size, uncompressed_offset), (5, 1_000_000));
    assert_eq!(framing.trailing.expect("trailing bytes").sha256(), Content::from_bytes(b"trailing").sha256());
}

#[test]
fn a_zstd_file_that_ends_early_or_lies_is_malformed() {
    let stored = [skippable(b"abc"), zstd(b"hello hello hello", true)].concat();
    for end in (4..11).chain(15..stored.len()) {
        let fault = decompress(&stored[..end]).expect_err("truncated");
        assert_eq!(fault.reason, GapReason::Malformed, "{end}: {fault}");
    }
    let mut wrong = stored;
    if let Some(last) = wrong.last_mut() {
        *last ^= 1;
    }
    assert!(decompress(&wrong).expect_err("wrong checksum").detail.to_string().contains("corrupt"));
}

#[test]
fn a_frame_holds_as_much_as_its_header_says() {
    // A window of 1 KiB, a content size of two bytes (stored less 256), one last raw block that is empty.
    let empty = [0x28, 0xb5, 0x2f, 0xfd, 0x40, 0x00, 0x4d, 0x04, 0x01, 0x00, 0x00];
    for stored in [empty.to_vec(), [zstd(b"one", false), empty.to_vec()].concat()] {
        let fault = decompress(&stored).unwrap_err();
        assert_eq!(fault.reason, GapReason::Malformed);
        assert!(fault.detail.to_string().contains("says that it holds 1357 bytes, and holds 0"), "{}", fault.detail);
    }
}

#[test]
fn windows_dictionaries_and_frames_are_limited() {
    // 2^30 bytes of window.
    let window = [&MAGIC_BYTES[..], &[0, 20 << 3], &[0; 20]].concat();
    assert_eq!(decompress(&window).expect_err("a window").reason, GapReason::Limit);
    let dictionary = [&MAGIC_BYTES[..], &[0x21, 7, 5], &[0; 20]].concat();
    assert_eq!(decompress(&dictionary).expect_err("a dictionary").reason, GapReason::Unsupported);
    let limits = Limits { compression_members: 3, ..Limits::default() };
    assert_eq!(decompress_in(&skippable(b"").repeat(4), 9, &limits).expect_err("four").reason, GapReason::Limit);
}

const MAGIC_BYTES: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        magic in prop::sample::select(vec![&b"\x1f\x8b\x08"[..], &MAGIC_BYTES, b"\x50\x2a\x4d\x18", b""]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        step in 1..50_usize,
    ) {
        let limits = Limits { zstd_window_log: 20, ..Limits::default() };
        let _ = decompress_in(&[magic, &bytes].concat(), step, &limits);
        let _ = GzipHeader::parse(&[magic, &bytes].concat());
    }

    #[test]
    fn any_member_split_gives_the_same_bytes(
        contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 1..5),
        step in 1..5000_usize,
    ) {
        let stored: Vec<u8> = contents.iter().flat_map(|content| gzip(content)).collect();
        let (bytes, framing) = decompress_in(&stored, step, &Limits::default()).expect("well-formed");
        prop_assert_eq!(bytes, contents.concat());
        let Framing::Gzip(framing) = framing else { panic!("gzip") };
        check_covered(&stored, &framing);
    }
}
