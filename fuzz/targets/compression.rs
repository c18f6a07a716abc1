//! gzip members and zstd frames: what they unpack to, and that the description of them is all their bytes.
#![no_main]

use std::io::{Read, Write};

use libfuzzer_sys::fuzz_target;
use reprove::codec::compression::{Decompressor, Framing, ZstdFrame};

const MOST: u64 = 4 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((content, framing)) = unpack(data, usize::MAX) else {
        assert!(unpack(data, 1).is_none(), "byte by byte it can be read");
        return;
    };
    let size = data.len() as u64;
    match framing {
        Framing::Plain => assert!(content == data),
        Framing::Gzip(gzip) => {
            let mut end = 0;
            for member in &gzip.members {
                assert_eq!(member.offset, end);
                end += member.header.len() as u64 + member.deflate_size + 8;
            }
            assert_eq!(end + gzip.trailing.as_ref().map_or(0, |trailing| trailing.size()), size);
            assert_eq!(gzip.members.iter().map(|member| member.size).sum::<u64>(), content.len() as u64);
            let all: Vec<u8> = data[..usize::try_from(end).unwrap()].to_vec();
            let mut other = Vec::new();
            flate2::read::MultiGzDecoder::new(&all[..]).read_to_end(&mut other).expect("another decoder reads it");
            assert!(other == content, "another decoder reads other bytes");
        }
        Framing::Zstd(zstd) => {
            let mut end = 0;
            for frame in &zstd.frames {
                end += match frame {
                    ZstdFrame::Data { offset, header, compressed_size, checksum, .. } => {
                        assert_eq!(*offset, end);
                        header.len() as u64 + compressed_size + if checksum.is_some() { 4 } else { 0 }
                    }
                    ZstdFrame::Skippable { offset, content, .. } => {
                        assert_eq!(*offset, end);
                        8 + content.size()
                    }
                };
            }
            assert_eq!(end + zstd.trailing.as_ref().map_or(0, |trailing| trailing.size()), size);
            let mut other = Vec::new();
            let all = &data[..usize::try_from(end).unwrap()];
            other.write_all(&zstd::stream::decode_all(all).expect("another decoder reads it")).unwrap();
            assert!(other == content, "another decoder reads other bytes");
        }
    }
});

/// All that is in there, read in pieces; `None` where it is malformed or too long.
fn unpack(data: &[u8], piece: usize) -> Option<(Vec<u8>, Framing)> {
    let mut decompressor = Decompressor::new(Trickle(data, piece), &reprove_fuzz::limits());
    let mut content = Vec::new();
    (&mut decompressor).take(MOST + 1).read_to_end(&mut content).ok()?;
    (content.len() as u64 <= MOST).then(|| (content, decompressor.finish()))
}

/// A reader that hands out a few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}
