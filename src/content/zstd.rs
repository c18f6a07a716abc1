//! zstd files (RFC 8878): runs of data frames are one field each, skippable frames are fields of their own, because
//! nothing that is in them comes out of the decompressor.

use super::{Decoded, Field, File, Member, stream};
use crate::codec::compression::{Decompressor, Framing, ZstdFrame};
use crate::finding::{Aspect, Range};
use crate::spill::Spill;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const ENDINGS: &[(&str, &str)] = &[(".zst", ""), (".tzst", ".tar"), (".zstd", "")];

/// Whether a file that begins like this is taken for zstd.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(&MAGIC) || is_skippable(head)
}

/// Takes a zstd file apart; declines where any of it is damaged.
pub(crate) fn decode(file: &File<'_>) -> Option<Decoded> {
    if !opens(file.bytes) {
        return None;
    }
    let mut spill = Spill::new(file.limits.memory_content_bytes);
    let mut decompressor = Decompressor::new(file.bytes, file.limits);
    stream::append(&mut decompressor, file, &mut spill)?;
    let Framing::Zstd(framing) = decompressor.finish() else { return None };
    if framing.trailing.is_some() {
        return None;
    }
    let mut fields: Vec<Field> = Vec::new();
    for frame in &framing.frames {
        let before = fields.len();
        append(&mut fields, frame);
        file.room.take_parts(fields.len() - before)?;
    }
    let compressed = || fields.iter().filter(|field| field.aspect == Aspect::Compression);
    let range = (compressed().next()?.range.0, compressed().next_back()?.range.1);
    let name = stream::member_name(file.name(), ENDINGS).into();
    let members = vec![Member { name, content: spill.finish(), range }];
    Some(Decoded { format: "zstd", fields, members })
}

/// Frames 0x184D2A50 to 0x184D2A5F (RFC 8878, section 3.1.2).
fn is_skippable(frame: &[u8]) -> bool {
    matches!(frame, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// How many frames a run has is a choice of the encoder: neighbors are one field.
fn append(fields: &mut Vec<Field>, frame: &ZstdFrame) {
    let field = |name: &'static str, range: Range, aspect| Field {
        name: name.into(),
        range,
        value: None,
        aspect,
        secret: None,
    };
    match (frame, fields.last_mut()) {
        (ZstdFrame::Skippable { offset, content, .. }, _) => {
            fields.push(field("zstd.skippable", (*offset, offset + 8 + content.size()), Aspect::Content));
        }
        (ZstdFrame::Data { offset, header, compressed_size, checksum, .. }, last) => {
            let end = offset + header.len() as u64 + compressed_size + if checksum.is_some() { 4 } else { 0 };
            match last {
                Some(last) if last.aspect == Aspect::Compression => last.range.1 = end,
                _ => fields.push(field("zstd.frames", (*offset, end), Aspect::Compression)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_partition;
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;

    fn decoded(bytes: &[u8]) -> Option<Decoded> {
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
        let names: Vec<&str> = decoded.fields.iter().map(|field| &*field.name).collect();
        assert_eq!(names, ["zstd.frames", "zstd.skippable", "zstd.frames"]);
        assert_eq!(&*decoded.members[0].name, b"x.tar");
        assert_eq!(decoded.members[0].content.bytes(100).unwrap().as_deref(), Some(&b"hello world!"[..]));
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
