//! bzip2 files: one field of compressed bytes, one member. Checksums are verified; streams may repeat.

use super::{Decoded, Field, File, Member, stream};
use crate::finding::Aspect;

const MAGIC: &[u8] = b"BZh";
const ENDINGS: &[(&str, &str)] = &[(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")];

/// Whether a file that begins like this is taken for bzip2.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Takes a bzip2 file apart; declines where any of it is damaged.
pub(crate) fn decode(file: &File<'_>) -> Option<Decoded> {
    if !opens(file.bytes) {
        return None;
    }
    let content = stream::collect(bzip2::bufread::MultiBzDecoder::new(file.bytes), file)?;
    let field = Field::new("bzip2.streams", 0, file.bytes.len()).with_aspect(Aspect::Compression);
    let name = stream::member_name(file.name(), ENDINGS).into();
    let members = vec![Member { name, content, range: field.range }];
    Some(Decoded { format: "bzip2", fields: vec![field], members })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::tests::assert_partition;
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;

    fn bz2(data: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8]) -> Option<Decoded> {
        decode(&File { path: b"x.tbz2", bytes, limits: &Limits::default(), room: &Room::endless() })
    }

    #[test]
    fn streams_are_one_member() {
        let bytes = [bz2(b"hello "), bz2(b"world")].concat();
        let decoded = decoded(&bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        assert_eq!(&*decoded.members[0].name, b"x.tar");
        assert_eq!(decoded.members[0].content.bytes(100).unwrap().as_deref(), Some(&b"hello world"[..]));
    }

    #[test]
    fn damage_and_trailing_bytes_make_it_bytes() {
        let bytes = bz2(b"hello");
        assert!(decoded(&[&bytes[..], b"x"].concat()).is_none());
        assert!(decoded(&[&bytes[..], b"trailing garbage"].concat()).is_none());
        for end in 0..bytes.len() {
            assert!(decoded(&bytes[..end]).is_none(), "{end}");
        }
    }
}
