//! xz files: one part of compressed bytes, one member. Streams and padding may repeat; their checks are verified when the
//! member is opened.

use std::io::{BufRead, Read};

use liblzma::stream::{CONCATENATED, Stream, TELL_UNSUPPORTED_CHECK};

use super::node::{Coding, Member, Node, Part, Shape, range};
use super::{File, stream};
use crate::finding::Role;

const MAGIC: &[u8] = b"\xfd7zXZ\0";
/// What a decoder may hold: 64 MiB of dictionary, which `xz -9` asks for, and some more.
const MEMORY: u64 = 80 << 20;
const ENDINGS: &[(&str, &str)] = &[(".xz", ""), (".txz", ".tar")];

/// Whether a file that begins like this is taken for xz.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Takes an xz file apart.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !opens(file.bytes) {
        return None;
    }
    let part = Part::new("xz.streams", Role::Encoded, range(0, file.bytes.len())).about(0);
    let name = stream::member_name(file.name(), ENDINGS);
    let members = vec![Member::new(name, part.range, Coding::Xz)];
    Some(Node { format: "xz", parts: vec![part], members, shape: Shape::Envelope, split: None })
}

/// Decompresses all streams.
pub(super) fn reader(bytes: impl BufRead) -> Option<impl Read> {
    let decoder = Stream::new_stream_decoder(MEMORY, CONCATENATED | TELL_UNSUPPORTED_CHECK).ok()?;
    Some(liblzma::bufread::XzDecoder::new_stream(bytes, decoder))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::tests::opened;

    fn xz(data: &[u8]) -> Vec<u8> {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        opened(b"var/log/apt/eipp.log.xz", bytes)
    }

    #[test]
    fn streams_are_one_member() {
        let bytes = [xz(b"hello "), vec![0; 4], xz(b"world")].concat();
        assert_eq!(decoded(&bytes), Some((b"eipp.log".to_vec(), b"hello world".to_vec())));
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
