//! How compressed files are divided, told without decompressing them: not every reader goes on behind the first stream, or
//! knows every filter.

use std::collections::BTreeSet;

/// A stream of an xz file (The .xz File Format, section 2.1).
#[derive(Debug, PartialEq, Eq)]
pub struct XzStream {
    /// Bytes that come out of it.
    pub size: u64,
    /// Which check its blocks have.
    pub flags: [u8; 2],
    /// The chains of filters of its blocks: identifiers, and properties but for LZMA2's dictionary.
    pub filters: BTreeSet<Vec<u8>>,
    /// Zeros behind it.
    pub padding: u64,
}

/// The chain of LZMA2 alone, which is what `xz` makes unless it is told otherwise.
pub const LZMA2: [u8; 1] = [0x21];

/// Header and footer of a stream.
const ENDS: usize = 12;

/// The streams of an xz file from the last to the first; `None` where they are not all of it.
pub fn xz_streams(file: &[u8]) -> Option<Vec<XzStream>> {
    let (mut rest, mut streams) = (file, Vec::new());
    while !rest.is_empty() {
        let mut padding = 0;
        while let Some(before) = rest.strip_suffix(&[0; 4]) {
            (rest, padding) = (before, padding + 4);
        }
        let (before, footer) = rest.split_last_chunk::<ENDS>()?;
        let flags = [footer[8], footer[9]];
        let back = u32::from_le_bytes([footer[4], footer[5], footer[6], footer[7]]);
        let index_size = usize::try_from(back).ok()?.checked_add(1)?.checked_mul(4)?;
        let (before, index) = before.split_at_checked(before.len().checked_sub(index_size)?)?;
        let blocks = xz_index(index)?;
        let length = blocks
            .iter()
            .try_fold(0, |length: u64, (stored, _)| length.checked_add(stored.checked_next_multiple_of(4)?))?;
        let start = before.len().checked_sub(usize::try_from(length).ok()?)?;
        let (header, mut body) = before.split_at_checked(start)?;
        let (mut size, mut filters) = (0u64, BTreeSet::new());
        for (stored, decoded) in blocks {
            size = size.checked_add(decoded)?;
            filters.insert(xz_filters(body)?);
            body = body.get(usize::try_from(stored.checked_next_multiple_of(4)?).ok()?..)?;
        }
        let (before, header) = header.split_last_chunk::<ENDS>()?;
        let is_stream = header.starts_with(b"\xfd7zXZ\0") && header[6..8] == flags && footer.ends_with(b"YZ");
        streams.push(is_stream.then_some(XzStream { size, flags, filters, padding })?);
        rest = before;
    }
    Some(streams)
}

/// Stored and decoded sizes of the blocks.
fn xz_index(index: &[u8]) -> Option<Vec<(u64, u64)>> {
    let mut rest = index.strip_prefix(&[0])?;
    let count = number(&mut rest)?;
    let mut blocks = Vec::new();
    for _ in 0..count {
        blocks.push((number(&mut rest)?, number(&mut rest)?));
    }
    Some(blocks)
}

/// The chain of filters of the block that a file goes on with.
fn xz_filters(block: &[u8]) -> Option<Vec<u8>> {
    let [size, flags, ..] = *block else { return None };
    let mut rest = block.get(2..(usize::from(size) + 1) * 4)?;
    for bit in [0x40, 0x80] {
        if flags & bit != 0 {
            number(&mut rest)?;
        }
    }
    let mut chain = Vec::new();
    for _ in 0..=flags & 3 {
        let id = number(&mut rest)?;
        let length = usize::try_from(number(&mut rest)?).ok()?;
        let (properties, behind) = rest.split_at_checked(length)?;
        rest = behind;
        match u8::try_from(id) {
            Ok(id) if [id] == LZMA2 => chain.push(id),
            _ => {
                chain.extend(id.to_be_bytes());
                chain.extend((length as u64).to_be_bytes());
                chain.extend(properties);
            }
        }
    }
    Some(chain)
}

/// A number of 7 bits a byte, lowest first.
fn number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A data frame of a zstd file (RFC 8878, section 3.1.1).
#[derive(Debug, PartialEq, Eq)]
pub struct ZstdFrame {
    /// Bytes that come out of it, where its header says so.
    pub size: Option<u64>,
    /// Bytes that a decoder has to remember.
    pub window: u64,
    /// Whether it needs a dictionary.
    pub has_dictionary: bool,
}

/// The data frames of a zstd file; `None` where they and skippable ones are not all of it.
pub fn zstd_frames(file: &[u8]) -> Option<Vec<ZstdFrame>> {
    let (mut rest, mut frames) = (file, Vec::new());
    while let Some((magic, behind)) = rest.split_first_chunk::<4>() {
        if let [0x50..=0x5f, 0x2a, 0x4d, 0x18] = magic {
            let (size, behind) = behind.split_first_chunk::<4>()?;
            rest = behind.get(usize::try_from(u32::from_le_bytes(*size)).ok()?..)?;
            continue;
        }
        rest = behind;
        let descriptor = *(*magic == [0x28, 0xb5, 0x2f, 0xfd]).then(|| rest.split_off_first())??;
        let is_single = descriptor & 0x20 != 0;
        let window = if is_single { None } else { Some(*rest.split_off_first()?) };
        let dictionary = little_endian(&mut rest, [0, 1, 2, 4][usize::from(descriptor & 3)])?;
        let length = [usize::from(is_single), 2, 4, 8][usize::from(descriptor >> 6)];
        let size = little_endian(&mut rest, length)? + if length == 2 { 256 } else { 0 };
        let size = (length > 0).then_some(size);
        let window = window.map_or(size, |byte| {
            let base = 1u64 << (10 + (byte >> 3));
            Some(base + base / 8 * u64::from(byte & 7))
        });
        loop {
            let header = little_endian(&mut rest, 3)?;
            let length = if header >> 1 & 3 == 1 { 1 } else { header >> 3 };
            rest = rest.get(usize::try_from(length).ok()?..)?;
            if header & 1 == 1 {
                break;
            }
        }
        rest = rest.get(if descriptor & 4 == 0 { 0 } else { 4 }..)?;
        frames.push(ZstdFrame { size, window: window?, has_dictionary: dictionary != 0 });
    }
    rest.is_empty().then_some(frames)
}

fn little_endian(from: &mut &[u8], length: usize) -> Option<u64> {
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Whether nothing in a bzip2 file looks like the beginning of a second stream: only decompression would tell for certain,
/// and by chance it is there once in 2^70 bytes.
pub fn is_one_bzip2_stream(file: &[u8]) -> bool {
    let begins = |place: usize| {
        let behind = file.get(place + 4..).unwrap_or_default();
        behind.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
            || behind.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
    };
    !memchr::memmem::find_iter(file, b"BZh").any(|place| place > 0 && begins(place))
}

/// The mark of a block of bzip2, which begins at any bit.
const BLOCK: u64 = 0x3141_5926_5359;
/// Bytes that hold the mark, the checksum and the bit behind them, wherever in the first one the block begins.
const UP_TO_BIT: usize = 11;

/// Whether a block of a bzip2 file seems to be randomised: `bzip2` has written none for decades, and Go, busybox and others
/// refuse them. What looks like the beginning of a block by chance counts too.
pub fn has_randomised_block(file: &[u8]) -> bool {
    (0..8).any(|lead| {
        // Whole are the five bytes behind the one that the block begins in, `lead` bits behind its start.
        let mark = (BLOCK << (16 - lead)).to_be_bytes();
        let Some(whole) = mark.get(1..6) else { return false };
        memchr::memmem::find_iter(file, whole).any(|place| is_randomised_block(file, place, lead))
    })
}

fn is_randomised_block(file: &[u8], place: usize, lead: u32) -> bool {
    let start = place.checked_sub(1);
    let Some(bytes) = start.and_then(|start| file.get(start..start + UP_TO_BIT)) else { return false };
    let bits = bytes.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let up_to = |count: u32| bits >> (88 - lead - count);
    up_to(48) & 0xffff_ffff_ffff == u128::from(BLOCK) && up_to(81) & 1 == 1
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use liblzma::stream::{Check, Filters, LzmaOptions, Stream};
    use proptest::prelude::*;

    use super::*;

    fn xz(data: &[u8], is_for_machine: bool) -> Vec<u8> {
        let mut filters = Filters::new();
        if is_for_machine {
            filters.x86();
        }
        filters.lzma2(&LzmaOptions::new_preset(6).unwrap());
        let stream = Stream::new_stream_encoder(&filters, Check::Crc32).unwrap();
        let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn bz2(data: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn streams_of_xz_have_sizes_and_filters() {
        let file = [xz(b"hello", false), vec![0; 8], xz(b"", false), xz(b"you", true)].concat();
        let streams = xz_streams(&file).unwrap();
        let told: Vec<_> = streams.iter().map(|stream| (stream.size, stream.padding, stream.filters.len())).collect();
        assert_eq!(told, [(3, 0, 1), (0, 0, 0), (5, 8, 1)]);
        assert!(streams[2].filters.contains(&LZMA2[..]) && !streams[0].filters.contains(&LZMA2[..]));
        for end in 1..file.len() {
            let whole = [xz(b"hello", false).len(), xz(b"hello", false).len() + 4, xz(b"hello", false).len() + 8];
            let at = whole.contains(&end) || end == file.len() - xz(b"you", true).len();
            assert_eq!(xz_streams(&file[..end]).is_some(), at, "{end}");
        }
    }

    #[test]
    fn frames_of_zstd_have_sizes() {
        let one = zstd::bulk::compress(&[7; 300_000], 3).unwrap();
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        encoder.write_all(b"hello").unwrap();
        encoder.flush().unwrap();
        let streamed = encoder.finish().unwrap();
        let file = [&one[..], &[0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9], &streamed].concat();
        let frames = zstd_frames(&file).unwrap();
        let sizes: Vec<_> = frames.iter().map(|frame| (frame.size, frame.has_dictionary)).collect();
        assert_eq!(sizes, [(Some(300_000), false), (None, false)]);
        assert!(frames.iter().all(|frame| frame.window >= 1 << 10));
        assert!(zstd_frames(&file[..file.len() - 1]).is_none() && zstd_frames(b"none").is_none());
    }

    #[test]
    fn streams_of_bzip2_are_seen() {
        assert!(is_one_bzip2_stream(&bz2(b"hello BZh9")) && is_one_bzip2_stream(&bz2(b"")));
        for (one, other) in [(&b""[..], &b"a"[..]), (b"a", b""), (b"a", b"b")] {
            assert!(!is_one_bzip2_stream(&[bz2(one), bz2(other)].concat()));
        }
    }

    #[test]
    fn randomised_blocks_of_bzip2_are_seen_at_any_bit() {
        let two_blocks: Vec<u8> =
            (0..250_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        for data in [&b"hello"[..], &two_blocks] {
            let file = bz2(data);
            assert!(!has_randomised_block(&file));
            let marks: Vec<usize> = (0..file.len() * 8 - 81).filter(|at| mark(&file, *at) == BLOCK).collect();
            assert_eq!(marks.len(), 1 + data.len() / 900_000);
            for at in marks {
                let mut file = file.clone();
                file[(at + 80) / 8] ^= 0x80 >> ((at + 80) % 8);
                assert!(has_randomised_block(&file), "{at}");
            }
        }
    }

    fn mark(file: &[u8], at: usize) -> u64 {
        (at..at + 48).fold(0, |bits, at| bits << 1 | u64::from(file[at / 8] >> (7 - at % 8) & 1))
    }

    proptest! {
        #[test]
        fn nothing_panics(change in any::<(prop::sample::Index, u8)>(), is_zstd in any::<bool>(), any in any::<Vec<u8>>()) {
            let mut file = if is_zstd { zstd::encode_all(&b"hello"[..], 3).unwrap() } else { xz(b"hello", true) };
            let index = change.0.index(file.len());
            file[index] = change.1;
            for file in [file, any] {
                let _ = (xz_streams(&file), zstd_frames(&file));
                let _ = (is_one_bzip2_stream(&file), has_randomised_block(&file));
            }
        }
    }
}
