//! xz files: one field of compressed bytes, one member. Checks are verified; streams and padding may repeat.

use liblzma::stream::{CONCATENATED, Stream, TELL_UNSUPPORTED_CHECK};

use super::{Decoded, Field, File, Member, stream};
use crate::finding::Aspect;

const MAGIC: &[u8] = b"\xfd7zXZ\0";
/// What a decoder may hold: 64 MiB of dictionary, which `xz -9` asks for, and some more.
const MEMORY: u64 = 80 << 20;
const ENDINGS: &[(&str, &str)] = &[(".xz", ""), (".txz", ".tar")];

/// Whether a file that begins like this is taken for xz.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Takes an xz file apart; declines where any of it is damaged.
pub(crate) fn decode(file: &File<'_>) -> Option<Decoded> {
    if !opens(file.bytes) {
        return None;
    }
    let decoder = Stream::new_stream_decoder(MEMORY, CONCATENATED | TELL_UNSUPPORTED_CHECK).ok()?;
    let reader = liblzma::bufread::XzDecoder::new_stream(file.bytes, decoder);
    let content = stream::collect(reader, file)?;
    let field = Field::new("xz.streams", 0, file.bytes.len()).with_aspect(Aspect::Compression);
    let name = stream::member_name(file.name(), ENDINGS).into();
    let members = vec![Member { name, content, range: field.range }];
    Some(Decoded { format: "xz", fields: vec![field], members })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::tests::assert_partition;
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;

    fn xz(data: &[u8]) -> Vec<u8> {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8]) -> Option<Decoded> {
        decode(&File { path: b"var/log/apt/eipp.log.xz", bytes, limits: &Limits::default(), room: &Room::endless() })
    }

    #[test]
    fn streams_are_one_member() {
        let bytes = [xz(b"hello "), vec![0; 4], xz(b"world")].concat();
        let decoded = decoded(&bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        assert_eq!(&*decoded.members[0].name, b"eipp.log");
        assert_eq!(decoded.members[0].content.bytes(100).unwrap().as_deref(), Some(&b"hello world"[..]));
    }

    #[test]
    fn damage_and_trailing_bytes_make_it_bytes() {
        let bytes = xz(b"hello");
        assert!(decoded(&[&bytes[..], b"x"].concat()).is_none());
        assert!(decoded(&[&bytes[..], b"trailing garbage"].concat()).is_none());
        for end in 0..bytes.len() {
            assert!(decoded(&bytes[..end]).is_none(), "{end}");
        }
        for index in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 1;
            assert!(decoded(&damaged).is_none(), "{index}");
        }
    }
}
