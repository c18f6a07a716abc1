//! One zstd data frame (RFC 8878, section 3.1.1) while it is decoded.

use std::sync::Arc;

use ::zstd::stream::raw::{DParameter, Decoder};

use super::ZstdFrame;
use super::zstd_header::Header;
use crate::codec::fault::Fault;
use crate::finding::BadZstd;
use crate::limits::Limits;

/// The data frame being decoded.
pub(super) struct Frame {
    pub(super) offset: u64,
    header: Arc<[u8]>,
    has_checksum: bool,
    /// Content_Size of the header, where it is told.
    declared: Option<u64>,
    uncompressed_offset: u64,
    consumed: u64,
    stream: blake3::Hasher,
    /// The last bytes consumed: at the end of the frame, its checksum.
    tail: [u8; 4],
}

impl Frame {
    /// `bytes` are those of the header.
    pub(super) fn new(offset: u64, bytes: Arc<[u8]>, header: &Header, uncompressed_offset: u64) -> Self {
        Frame {
            offset,
            header: bytes,
            has_checksum: header.has_checksum,
            declared: header.content,
            uncompressed_offset,
            consumed: 0,
            stream: blake3::Hasher::new(),
            tail: [0; 4],
        }
    }

    pub(super) fn take_in(&mut self, bytes: &[u8]) {
        self.consumed += bytes.len() as u64;
        self.stream.update(bytes);
        if let Some(tail) = bytes.last_chunk() {
            self.tail = *tail;
        } else {
            self.tail.rotate_left(bytes.len());
            let start = self.tail.len() - bytes.len();
            self.tail[start..].copy_from_slice(bytes);
        }
    }

    /// The frame, of which all came out; a [`Fault`] where that is not as much as its header says: libzstd lets that pass
    /// where the last block is empty.
    pub(super) fn end(self, uncompressed: u64) -> Result<ZstdFrame, Fault> {
        let size = uncompressed - self.uncompressed_offset;
        if let Some(declared) = self.declared.filter(|declared| *declared != size) {
            return Err(Fault::malformed(BadZstd::Size(self.offset, declared, size)));
        }
        let checksum = self.has_checksum.then(|| u32::from_le_bytes(self.tail));
        let beside = self.header.len() as u64 + if checksum.is_some() { 4 } else { 0 };
        Ok(ZstdFrame::Data {
            offset: self.offset,
            header: self.header,
            compressed_size: self.consumed.saturating_sub(beside),
            compressed_blake3: *self.stream.finalize().as_bytes(),
            size,
            checksum,
            uncompressed_offset: self.uncompressed_offset,
        })
    }
}

/// A decoder for frames within the limits.
pub(super) fn decoder(limits: &Limits) -> Result<Decoder<'static>, Fault> {
    let mut decoder = Decoder::new().map_err(|error| Fault::unsupported(BadZstd::NoDecoder(error.to_string())))?;
    decoder
        .set_parameter(DParameter::WindowLogMax(limits.zstd_window_log.clamp(10, 31)))
        .map_err(|error| Fault::unsupported(BadZstd::NoWindow(limits.zstd_window_log, error.to_string())))?;
    Ok(decoder)
}
