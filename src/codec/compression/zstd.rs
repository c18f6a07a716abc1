//! Zstd frames (RFC 8878) in one pass, one after another: libzstd decodes their blocks.

use std::io::{self, Read};
use std::sync::Arc;

use ::zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation as _, OutBuffer};

use super::input::Input;
use super::zstd_ahead::Ahead;
use super::zstd_header::{HEADER_MAX, Header, is_magic, is_skippable};
use super::{ZstdFrame, ZstdFraming};
use crate::codec::fault::Fault;
use crate::limits::Limits;

pub(super) struct Inflater {
    limits: Limits,
    decoder: Decoder<'static>,
    ahead: Ahead,
    frame: Option<Frame>,
    ended: bool,
    uncompressed: u64,
    framing: ZstdFraming,
}

/// The data frame being decoded.
pub(super) struct Frame {
    offset: u64,
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

impl Inflater {
    /// Frames are decoded ahead where there is more than one thread to use.
    pub(super) fn new(limits: &Limits, threads: usize) -> Result<Self, Fault> {
        Ok(Inflater {
            limits: *limits,
            decoder: decoder(limits)?,
            ahead: Ahead::new(limits, threads),
            frame: None,
            ended: false,
            uncompressed: 0,
            framing: ZstdFraming::default(),
        })
    }

    /// Stored bytes before what comes out.
    pub(super) fn stored<R: Read>(&self, input: &Input<R>) -> u64 {
        self.ahead.position().unwrap_or(input.offset())
    }

    #[cfg(test)]
    pub(super) fn worked_ahead(&self) -> bool {
        self.ahead.worked()
    }

    pub(super) fn framing(self) -> ZstdFraming {
        self.framing
    }

    pub(super) fn read<R: Read>(&mut self, input: &mut Input<R>, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        while !self.ended {
            let Some(frame) = self.frame.take() else {
                let count = self.ahead.read(input, output, &mut self.framing, &mut self.uncompressed);
                if count > 0 {
                    return Ok(count);
                }
                self.begin(input)?;
                continue;
            };
            let count = self.decode(frame, input, output)?;
            if count > 0 {
                return Ok(count);
            }
        }
        Ok(0)
    }

    /// At a frame's first byte, or at the end.
    fn begin<R: Read>(&mut self, input: &mut Input<R>) -> io::Result<()> {
        let offset = input.offset();
        let next = input.peek(HEADER_MAX)?;
        if !is_magic(next) {
            self.ended = true;
            if !next.is_empty() {
                self.framing.trailing = input.take(None, &self.limits)?;
            }
            return Ok(());
        }
        if self.framing.frames.len() >= self.limits.compression_members {
            let count = self.limits.compression_members;
            return Err(Fault::limit(format!(
                "more than {count} zstd frames, at offset {offset} (see --limit compression-members)"
            ))
            .into());
        }
        if is_skippable(next) {
            return self.skippable(input);
        }
        let header = Header::parse(next).ok_or_else(|| truncated(offset))?;
        header.check(offset, &self.limits)?;
        let bytes = next.get(..header.size).unwrap_or(next).into();
        self.frame = Some(Frame::new(offset, bytes, &header, self.uncompressed));
        self.decoder.reinit()
    }

    fn skippable<R: Read>(&mut self, input: &mut Input<R>) -> io::Result<()> {
        let offset = input.offset();
        let Some(&[m0, m1, m2, m3, s0, s1, s2, s3]) = input.peek(8)?.first_chunk() else {
            return Err(truncated(offset));
        };
        input.consume(8);
        let size = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
        let content = input.take(Some(size), &self.limits)?.ok_or_else(|| truncated(offset))?;
        self.framing.frames.push(ZstdFrame::Skippable { offset, magic: u32::from_le_bytes([m0, m1, m2, m3]), content });
        Ok(())
    }

    /// Decodes one piece; 0 when the frame ended or when nothing came out yet.
    fn decode<R: Read>(&mut self, mut frame: Frame, input: &mut Input<R>, output: &mut [u8]) -> io::Result<usize> {
        let at = frame.offset;
        let buffered = input.fill()?;
        let mut source = InBuffer::around(buffered);
        let mut target = OutBuffer::around(output);
        let left = self
            .decoder
            .run(&mut source, &mut target)
            .map_err(|error| Fault::malformed(format!("the zstd frame at offset {at} is corrupt: {error}")))?;
        let (consumed, produced) = (source.pos(), target.pos());
        if left != 0 && consumed == 0 && produced == 0 {
            return Err(truncated(at));
        }
        frame.take_in(buffered.get(..consumed).unwrap_or(&[]));
        input.consume(consumed);
        self.uncompressed += produced as u64;
        if left == 0 {
            self.framing.frames.push(frame.end(self.uncompressed)?);
        } else {
            self.frame = Some(frame);
        }
        Ok(produced)
    }
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
            let at = self.offset;
            let text = format!("the zstd frame at offset {at} says that it holds {declared} bytes, and holds {size}");
            return Err(Fault::malformed(text));
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
    let mut decoder = Decoder::new().map_err(|error| Fault::unsupported(format!("no zstd decoder: {error}")))?;
    decoder
        .set_parameter(DParameter::WindowLogMax(limits.zstd_window_log.clamp(10, 31)))
        .map_err(|error| Fault::unsupported(format!("no zstd window of 2^{}: {error}", limits.zstd_window_log)))?;
    Ok(decoder)
}

fn truncated(offset: u64) -> io::Error {
    Fault::malformed(format!("the zstd frame at offset {offset} is truncated")).into()
}
