//! What a compressed file or an archive holds, opened while its bytes come in: records are compressed too (`Packages.gz`,
//! `checksums.yaml.gz`, the `mtree` of pacman).

use std::io::{self, Write};

use liblzma::stream::{CONCATENATED, Stream};

use super::control::{self, Control};
use super::given::Given;
use super::tarred::{self, Tarred};
use super::zipped::Zipped;
use crate::content::{bzip2, gzip, xz, zip, zstd};

/// Bytes that are handed to a decoder at once: what comes out of them is in memory, and 4 may stand for 128 KiB.
const STEP: usize = 256;
/// What a decoder may hold: 16 MiB of xz, whose default is 9, and the 8 MiB of zstd's.
const XZ_MEMORY: u64 = 16 << 20;
const ZSTD_WINDOW_LOG: u32 = 23;

/// A decoder.
pub(super) enum Unpacker {
    Zip(Zipped),
    Tar(Tarred),
    Package(Control),
    Gzip(flate2::write::MultiGzDecoder<Vec<u8>>),
    Zstd(::zstd::stream::write::Decoder<'static, Vec<u8>>),
    Xz(liblzma::write::XzDecoder<Vec<u8>>),
    Bzip2(::bzip2::write::BzDecoder<Vec<u8>>),
}

impl Unpacker {
    /// One for a file that begins so; `None` where it is not compressed as a whole.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            head if gzip::opens(head) => Some(Unpacker::Gzip(flate2::write::MultiGzDecoder::new(Vec::new()))),
            head if zstd::opens(head) => {
                let mut decoder = ::zstd::stream::write::Decoder::new(Vec::new()).ok()?;
                decoder.window_log_max(ZSTD_WINDOW_LOG).ok()?;
                Some(Unpacker::Zstd(decoder))
            }
            head if xz::opens(head) => {
                let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED).ok()?;
                Some(Unpacker::Xz(liblzma::write::XzDecoder::new_stream(Vec::new(), stream)))
            }
            head if zip::opens(head) => Some(Unpacker::Zip(Zipped::new())),
            head if control::opens(head) => Some(Unpacker::Package(Control::new())),
            head if tarred::opens(head) => Some(Unpacker::Tar(Tarred::new())),
            head if bzip2::opens(head) => Some(Unpacker::Bzip2(::bzip2::write::BzDecoder::new(Vec::new()))),
            _ => None,
        }
    }

    /// Takes in the next bytes, and hands out what they give, until `out` wants no more.
    ///
    /// # Errors
    /// Those of the decoder: what comes then is not known.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<bool> {
        match self {
            Unpacker::Zip(archive) => return archive.push(piece, out),
            Unpacker::Tar(archive) => return archive.push(piece, out),
            Unpacker::Package(package) => return package.push(piece, out),
            _ => {}
        }
        for step in piece.chunks(STEP) {
            let given = match self {
                Unpacker::Gzip(decoder) => write(decoder, step).map(|()| decoder.get_mut()),
                Unpacker::Zstd(decoder) => write(decoder, step).map(|()| decoder.get_mut()),
                Unpacker::Xz(decoder) => write(decoder, step).map(|()| decoder.get_mut()),
                Unpacker::Bzip2(decoder) => write(decoder, step).map(|()| decoder.get_mut()),
                Unpacker::Zip(_) | Unpacker::Tar(_) | Unpacker::Package(_) => return Ok(true),
            }?;
            if !given.is_empty() && !out(Given::Bytes(given)) {
                return Ok(false);
            }
            given.clear();
        }
        Ok(true)
    }

    /// Ends the file, and hands out what the decoder still has.
    ///
    /// # Errors
    /// Those of the decoder, also where the file is not complete.
    pub(super) fn finish(&mut self, out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<()> {
        let given = match self {
            Unpacker::Gzip(decoder) => decoder.try_finish().map(|()| decoder.get_mut()),
            Unpacker::Zstd(decoder) => decoder.flush().map(|()| decoder.get_mut()),
            Unpacker::Xz(decoder) => decoder.try_finish().map(|()| decoder.get_mut()),
            Unpacker::Bzip2(decoder) => decoder.try_finish().map(|()| decoder.get_mut()),
            Unpacker::Zip(_) | Unpacker::Tar(_) | Unpacker::Package(_) => return Ok(()),
        }?;
        out(Given::Bytes(given));
        given.clear();
        Ok(())
    }
}

/// Without the flush the last bytes would stay in the decoder.
fn write(decoder: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    decoder.write_all(bytes)?;
    decoder.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of a file that comes in pieces.
    fn unpacked(packed: &[u8], piece: usize) -> Vec<u8> {
        let (mut unpacker, mut all) = (Unpacker::of(packed).unwrap(), Vec::new());
        let mut out = |given: Given<'_>| {
            if let Given::Bytes(given) = given {
                all.extend_from_slice(given);
            }
            true
        };
        for piece in packed.chunks(piece) {
            assert!(unpacker.push(piece, &mut out).unwrap());
        }
        unpacker.finish(&mut out).unwrap();
        all
    }

    #[test]
    fn every_compression_gives_all_that_it_holds() {
        let text: Vec<u8> =
            (0..1_000_000u32).flat_map(|number| number.to_le_bytes()).chain(vec![b'x'; 3_000_000]).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&text).unwrap();
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 6);
        xz.write_all(&text).unwrap();
        let mut bzip2 = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::best());
        bzip2.write_all(&text).unwrap();
        let zstd = ::zstd::encode_all(&text[..], 19).unwrap();
        for packed in [gzip.finish().unwrap(), xz.finish().unwrap(), bzip2.finish().unwrap(), zstd] {
            for piece in [1000, 65_536] {
                assert!(unpacked(&packed, piece) == text, "{:x?}", &packed[..4]);
            }
        }
        assert!(Unpacker::of(b"SHA256SUMS").is_none());
    }

    #[test]
    fn damage_is_an_error_and_what_is_not_wanted_is_not_decoded() {
        let mut packed = ::zstd::encode_all(&[b'x'; 100_000][..], 1).unwrap();
        assert!(!Unpacker::of(&packed).unwrap().push(&packed, &mut |_| false).unwrap());
        packed.truncate(10);
        packed.extend([0xff; 600]);
        assert!(Unpacker::of(&packed).unwrap().push(&packed, &mut |_| true).is_err());
    }
}
