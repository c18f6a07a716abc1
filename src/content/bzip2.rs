//! bzip2 files: one part of compressed bytes, one member. Streams may repeat; their checksums are verified when the member
//! is opened.

use std::io::{BufRead, Read};

use super::node::{Coding, Member, Node, Part, Shape, range};
use super::{File, stream};
use crate::finding::Role;

const MAGIC: &[u8] = b"BZh";
const ENDINGS: &[(&str, &str)] = &[(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")];

/// Whether a file that begins like this is taken for bzip2.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Takes a bzip2 file apart.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !opens(file.bytes) {
        return None;
    }
    let part = Part::new("bzip2.streams", Role::Encoded, range(0, file.bytes.len())).about(0);
    let name = stream::member_name(file.name(), ENDINGS);
    let members = vec![Member::new(name, part.range, Coding::Bzip2)];
    Some(Node { format: "bzip2", parts: vec![part], members, shape: Shape::Envelope, split: None })
}

/// Decompresses all streams.
pub(super) fn reader(bytes: impl BufRead) -> impl Read {
    bzip2::bufread::MultiBzDecoder::new(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::tests::opened;

    fn bz2(data: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        opened(b"x.tbz2", bytes)
    }

    #[test]
    fn streams_are_one_member() {
        let bytes = [bz2(b"hello "), bz2(b"world")].concat();
        assert_eq!(decoded(&bytes), Some((b"x.tar".to_vec(), b"hello world".to_vec())));
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
