//! zstd files (RFC 8878): runs of data frames are one part each, skippable frames are parts of their own, because nothing
//! that is in them comes out of the decompressor. It is read in a stream into nothing to find out where frames end.

use super::node::{Coding, Member, Node, Part, Shape};
use super::{File, stream};
use crate::codec::compression::{Decompressor, Framing, ZstdFrame};
use crate::finding::{Aspect, Role};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const ENDINGS: &[(&str, &str)] = &[(".zst", ""), (".tzst", ".tar"), (".zstd", "")];

/// Whether a file that begins like this is taken for zstd.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(&MAGIC) || is_skippable(head)
}

/// Takes a zstd file apart; declines where any of it is damaged.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !opens(file.bytes) {
        return None;
    }
    let mut decompressor = Decompressor::new(file.bytes, file.limits);
    stream::each(&mut decompressor, file.room, &mut |_| Some(()))?;
    let Framing::Zstd(framing) = decompressor.finish() else { return None };
    if framing.trailing.is_some() {
        return None;
    }
    let mut parts: Vec<Part> = Vec::new();
    for frame in &framing.frames {
        let before = parts.len();
        append(&mut parts, frame);
        file.room.take_parts(parts.len() - before)?;
    }
    let member = Member::of(&parts, stream::member_name(file.name(), ENDINGS), Coding::Zstd)?;
    Some(Node { format: "zstd", parts, members: vec![member], shape: Shape::Envelope, split: None })
}

/// Frames 0x184D2A50 to 0x184D2A5F (RFC 8878, section 3.1.2).
fn is_skippable(frame: &[u8]) -> bool {
    matches!(frame, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// How many frames a run has is a choice of the encoder: neighbors are one part.
fn append(parts: &mut Vec<Part>, frame: &ZstdFrame) {
    match (frame, parts.last_mut()) {
        (ZstdFrame::Skippable { offset, content, .. }, _) => {
            parts.push(Part::new("zstd.skippable", Role::Unparsed, (*offset, offset + 8 + content.size())));
        }
        (ZstdFrame::Data { offset, header, compressed_size, checksum, .. }, last) => {
            let end = offset + header.len() as u64 + compressed_size + if checksum.is_some() { 4 } else { 0 };
            match last {
                Some(last) if last.aspect == Aspect::Compression => last.range.1 = end,
                _ => parts.push(Part::new("zstd.frames", Role::Encoded, (*offset, end)).about(0)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_partition, opened};
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;

    fn decoded(bytes: &[u8]) -> Option<Node> {
        decode(&File { path: b"x.tar.zst", bytes, limits: &Limits::default(), room: &Room::endless() })
    }

    fn zst(data: &[u8]) -> Vec<u8> {
        zstd::encode_all(data, 3).unwrap()
    }

    #[test]
    fn frames_are_one_member_and_skippable_frames_stay_visible() {
        let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let bytes = [zst(b"hello "), zst(b"world"), skippable, zst(b"!")].concat();
        let decoded = decoded(&bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        let names: Vec<&str> = decoded.parts.iter().map(|part| &*part.name).collect();
        assert_eq!(names, ["zstd.frames", "zstd.skippable", "zstd.frames"]);
        assert_eq!(opened(b"x.tar.zst", &bytes), Some((b"x.tar".to_vec(), b"hello world!".to_vec())));
    }

    #[test]
    fn damage_and_trailing_bytes_make_it_bytes() {
        let bytes = zst(b"hello");
        assert!(decoded(&[&bytes[..], b"x"].concat()).is_none());
        for end in 0..bytes.len() {
            assert!(decoded(&bytes[..end]).is_none(), "{end}");
        }
    }
}
