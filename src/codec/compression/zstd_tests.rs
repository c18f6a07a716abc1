//! Decoding frames ahead gives what decoding them one after another gives.

use std::io::Write as _;

use proptest::prelude::*;
use rayon::prelude::*;

use super::zstd_header::Extent;
use super::*;
use crate::finding::{BadArchive, GapReason};

/// One frame: with a content size unless it is `open`.
fn frame(content: &[u8], level: i32, checksum: bool, open: bool) -> Vec<u8> {
    let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), level).unwrap();
    encoder.include_checksum(checksum).unwrap();
    if !open {
        encoder.set_pledged_src_size(Some(content.len() as u64)).unwrap();
    }
    for piece in content.chunks(1000) {
        encoder.write_all(piece).unwrap();
    }
    encoder.finish().unwrap()
}

fn skippable(content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap();
    [&[0x5a, 0x2a, 0x4d, 0x18][..], &size.to_le_bytes(), content].concat()
}

/// Content that compresses somewhat, and differs for every seed.
fn content(seed: u64, size: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    };
    (0..size).map(|at| if at % 3 == 0 { next() } else { b'a' + next() % 4 }).collect()
}

/// What came out, and how it ended: the envelope as text, and the sentence of the fault.
#[derive(Debug, PartialEq)]
struct Outcome {
    bytes: Vec<u8>,
    end: Result<String, (GapReason, String)>,
    worked_ahead: bool,
}

/// Reads as the decoder of layers does: blocks are filled, then sizes are checked.
fn read(reader: impl Read, threads: usize, block: usize, limits: &Limits) -> Outcome {
    let mut decompressor = Decompressor::new(reader, limits).with_threads(threads);
    let mut bytes = Vec::new();
    let end = loop {
        let start = bytes.len();
        bytes.resize(start + block, 0);
        let mut length = start;
        let result = loop {
            match decompressor.read(&mut bytes[length..]) {
                Ok(0) => break Ok(length < start + block),
                Ok(count) => length += count,
                Err(error) => break Err(Fault::from_io(&error)),
            }
        };
        bytes.truncate(length);
        let allowed = limits.expansion_bytes.max(decompressor.stored() * limits.expansion_ratio);
        match result {
            _ if length as u64 > allowed => break Err(Fault::limit(BadArchive::Bytes)),
            Err(fault) => break Err(fault),
            Ok(true) => break Ok(()),
            Ok(false) => {}
        }
    };
    let worked_ahead = matches!(&decompressor.codec, Codec::Zstd(inflater) if inflater.worked_ahead());
    let end = end.map(|()| describe(decompressor.finish())).map_err(|fault| (fault.reason, fault.detail.to_string()));
    Outcome { bytes, end, worked_ahead }
}

fn describe(framing: Framing) -> String {
    let Framing::Zstd(framing) = framing else { return format!("{framing:?}") };
    let content = |content: &Content| (content.size(), content.sha256());
    let frames = framing.frames.iter().map(|frame| match frame {
        ZstdFrame::Skippable { offset, magic, content: held } => format!("{offset} {magic} {:?}", content(held)),
        data @ ZstdFrame::Data { .. } => format!("{data:?}"),
    });
    format!("{:?} {:?}", frames.collect::<Vec<_>>(), framing.trailing.as_ref().map(content))
}

/// Both ways, on pieces that come whole: everything is the same, up to the byte before the fault.
fn check(stored: &[u8], threads: usize, block: usize, limits: &Limits) -> Outcome {
    let (sequential, parallel) = (read(stored, 1, block, limits), read(stored, threads, block, limits));
    assert_eq!(parallel.end, sequential.end);
    assert!(parallel.bytes == sequential.bytes, "{} bytes, not {}", parallel.bytes.len(), sequential.bytes.len());
    parallel
}

#[test]
fn small_frames_are_decoded_ahead() {
    let stored: Vec<u8> = (0..300).flat_map(|at| frame(&content(at, 40_000), 3, at % 2 == 0, at % 5 == 0)).collect();
    assert!(stored.len() > 4 << 20, "more than is buffered");
    let outcome = check(&stored, 4, 256 * 1024, &Limits::default());
    assert!(outcome.worked_ahead && outcome.end.is_ok());
    assert_eq!(outcome.bytes.len(), 300 * 40_000);
    let mixed = [&stored[..], &skippable(b"between"), &stored, &frame(&[], 3, true, false).repeat(9), &stored].concat();
    assert!(check(&mixed, 3, 1 << 20, &Limits::default()).worked_ahead);
}

#[test]
fn nothing_is_started_for_one_frame_or_large_ones() {
    let one = frame(&content(1, 100_000), 3, true, false);
    let large = frame(&content(2, 3 << 20), 1, false, true);
    for stored in [one.clone(), large.repeat(3), [one.clone(), skippable(b"x"), one].concat()] {
        assert!(!check(&stored, 4, 256 * 1024, &Limits::default()).worked_ahead);
    }
}

#[test]
fn a_fault_is_that_of_the_sequential_decoder() {
    let good: Vec<Vec<u8>> = (0..40).map(|at| frame(&content(at, 20_000), 3, true, false)).collect();
    let all = good.concat();
    for at in (0..all.len()).step_by(4_999) {
        let mut wrong = all.clone();
        wrong[at] ^= 0x41;
        check(&wrong, 3, 100_000, &Limits::default());
        check(&all[..at], 3, 100_000, &Limits::default());
    }
    let mut sum = good;
    *sum[30].last_mut().unwrap() ^= 1;
    let outcome = check(&sum.concat(), 3, 256 * 1024, &Limits::default());
    assert!(outcome.end.unwrap_err().1.contains("corrupt") && outcome.bytes.len() >= 30 * 20_000);
}

#[test]
fn limits_are_met_at_the_same_place() {
    let many: Vec<u8> = (0..50).flat_map(|at| frame(&content(at, 5_000), 3, true, false)).collect();
    for compression_members in [1, 2, 7, 49, 50] {
        let limits = Limits { compression_members, ..Limits::default() };
        assert_eq!(check(&many, 3, 10_000, &limits).end.is_ok(), compression_members == 50);
    }
    let bomb = frame(&vec![0; 1 << 20], 3, false, false).repeat(40);
    // Each frame has 53 bytes, of which each stands for 19,784.
    for (expansion_bytes, expansion_ratio) in [(10 << 20, 5), (1 << 20, 15_000), (0, 1 << 40)] {
        let limits = Limits { expansion_bytes, expansion_ratio, ..Limits::default() };
        let outcome = check(&bomb, 3, 256 * 1024, &limits);
        assert_eq!(outcome.end.is_ok(), expansion_ratio == 1 << 40);
        assert!(expansion_ratio > 5 || outcome.bytes.len() <= (10 << 20) + (256 << 10));
    }
    for zstd_window_log in [10, 14, 17, 21] {
        let limits = Limits { zstd_window_log, ..Limits::default() };
        check(&many, 3, 10_000, &limits);
    }
}

/// Fails once, then seems to have ended, as a connection may.
struct Failing<'a>(&'a [u8], bool);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() && !std::mem::replace(&mut self.1, true) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        self.0.read(buffer)
    }
}

#[test]
fn an_error_of_the_reader_comes_after_what_was_read_before_it() {
    let mut stored: Vec<u8> = (0..20).flat_map(|at| frame(&content(at, 20_000), 3, true, false)).collect();
    for end in [stored.len(), stored.len() - 1, stored.len() / 2] {
        let [sequential, parallel] =
            [1, 3].map(|threads| read(Failing(&stored[..end], false), threads, 9_999, &Limits::default()));
        assert_eq!((&parallel.bytes, &parallel.end), (&sequential.bytes, &sequential.end));
        assert!(parallel.end.is_err());
    }
    // A fault before it does not make it forgotten: the bytes are not the promised ones.
    stored[3] ^= 1;
    stored.splice(0..0, frame(b"first", 3, true, false));
    stored.splice(0..0, frame(b"second", 3, true, false));
    let mut decompressor = Decompressor::new(Failing(&stored[..1000], false), &Limits::default()).with_threads(3);
    let mut bytes = [0; 6];
    decompressor.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"second");
    assert_eq!(decompressor.into_parts().0.err().map(|error| error.kind()), Some(io::ErrorKind::ConnectionReset));
}

#[test]
fn a_busy_pool_is_not_waited_for() {
    let stored: Vec<u8> = (0..200).flat_map(|at| frame(&content(at, 10_000), 3, true, false)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let sizes: Vec<usize> = pool.install(|| {
        (0..16_usize).into_par_iter().map(|_| read(&stored[..], 3, 100_000, &Limits::default()).bytes.len()).collect()
    });
    assert_eq!(sizes, [2_000_000; 16]);
}

fn find(stored: &[u8]) -> Option<Extent> {
    Extent::find(stored, &Limits::default(), 8 << 20, 2 << 20)
}

#[test]
fn the_end_of_a_frame_is_found_without_decoding() {
    let noise: Vec<u8> = (0..200_000_u64).map(|at| content(at * 977, 1)[0]).collect();
    for plain in [&b""[..], b"a", &[0; 300_000], &content(1, 300_000), &noise] {
        for (checksum, open) in [(false, false), (false, true), (true, false), (true, true)] {
            let stored = frame(plain, 3, checksum, open);
            let followed = [&stored[..], b"more"].concat();
            let extent = find(&followed).expect("a frame");
            assert_eq!(extent.size, ::zstd::zstd_safe::find_frame_compressed_size(&followed).unwrap());
            assert_eq!(extent.size, stored.len());
            assert!(extent.most >= plain.len() && (open || extent.most == plain.len()));
            assert!((0..stored.len()).step_by(37).all(|end| find(&stored[..end]).is_none()));
            assert!(find(&stored[..stored.len() - 1]).is_none());
        }
    }
    assert!(find(&frame(&[1; 3 << 20], 3, false, false)).is_none(), "too large");
    assert!(find(&frame(&[1; 3 << 20], 3, false, true)).is_none(), "too large, which only its blocks tell");
    assert!(find(&skippable(b"abc")).is_none());
    // Descriptor 0, a window of 1 KiB, then a block of the reserved type.
    assert!(find(b"\x28\xb5\x2f\xfd\0\0\x07\0\0").is_none());
    assert!(find(b"\x28\xb5\x2f\xfd\0\0\x01\0\0").is_some());
}

fn part() -> impl Strategy<Value = Vec<u8>> {
    let data = (any::<u64>(), 0..60_000_usize, 1..5_i32, any::<bool>(), any::<bool>())
        .prop_map(|(seed, size, level, checksum, open)| frame(&content(seed, size), level, checksum, open));
    prop_oneof![
        8 => data,
        1 => (0..2_000_000_usize).prop_map(|size| frame(&vec![7; size], 3, true, false)),
        1 => prop::collection::vec(any::<u8>(), 0..50).prop_map(|bytes| skippable(&bytes)),
        // A frame of one RLE block, whatever its header says of the content.
        1 => (any::<u8>(), 0..200_u8).prop_map(|(byte, size)| vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, 100, 3 | size << 3, size >> 5, 0, byte]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_mix_comes_out_the_same(
        parts in prop::collection::vec(part(), 1..20),
        trailing in prop::sample::select(vec![&b""[..], b"trailing", b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfd\x27"]),
        end in prop::option::of(any::<prop::sample::Index>()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 0..3),
        (threads, block) in (2..5_usize, 1..300_000_usize),
        (members, window, bytes) in (1..25_usize, 10..28_u32, prop::sample::select(vec![0, 100_000, 1 << 30])),
    ) {
        let mut stored = [&parts.concat()[..], trailing].concat();
        if let Some(end) = end {
            stored.truncate(end.index(stored.len()));
        }
        for (at, bit) in flips {
            if let Some(byte) = stored.len().checked_sub(1).map(|last| at.index(last + 1)).and_then(|at| stored.get_mut(at)) {
                *byte ^= 1 << bit;
            }
        }
        check(&stored, threads, block, &Limits::default());
        let limits = Limits {
            compression_members: members,
            zstd_window_log: window,
            expansion_bytes: bytes,
            expansion_ratio: 10,
            ..Limits::default()
        };
        check(&stored, threads, block, &limits);
    }
}
