//! Zstd frames (RFC 8878): the frame headers are parsed here, the blocks decoded by libzstd.

use std::io::{self, Read};
use std::sync::Arc;

use ::zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation as _, OutBuffer};

use super::input::Input;
use super::{ZstdFrame, ZstdFraming};
use crate::image::fault::Fault;
use crate::limits::Limits;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Magic number, descriptor, window, dictionary id and content size at their longest.
const HEADER_MAX: usize = 4 + 1 + 1 + 4 + 8;

/// Whether a data or skippable frame begins here.
pub(super) fn is_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || is_skippable(bytes)
}

fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

pub(super) struct Inflater {
    limits: Limits,
    decoder: Decoder<'static>,
    frame: Option<Frame>,
    ended: bool,
    uncompressed: u64,
    framing: ZstdFraming,
}

/// The data frame being decoded.
struct Frame {
    offset: u64,
    header: Arc<[u8]>,
    has_checksum: bool,
    uncompressed_offset: u64,
    consumed: u64,
    stream: blake3::Hasher,
    /// The last bytes consumed: at the end of the frame, its checksum.
    tail: [u8; 4],
}

impl Inflater {
    pub(super) fn new(limits: &Limits) -> Result<Self, Fault> {
        let mut decoder = Decoder::new().map_err(|error| Fault::unsupported(format!("no zstd decoder: {error}")))?;
        decoder
            .set_parameter(DParameter::WindowLogMax(limits.zstd_window_log.clamp(10, 31)))
            .map_err(|error| Fault::unsupported(format!("no zstd window of 2^{}: {error}", limits.zstd_window_log)))?;
        Ok(Inflater {
            limits: *limits,
            decoder,
            frame: None,
            ended: false,
            uncompressed: 0,
            framing: ZstdFraming::default(),
        })
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
        self.frame = Some(Frame {
            offset,
            header: next.get(..header.size).unwrap_or(next).into(),
            has_checksum: header.has_checksum,
            uncompressed_offset: self.uncompressed,
            consumed: 0,
            stream: blake3::Hasher::new(),
            tail: [0; 4],
        });
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
            self.framing.frames.push(frame.end(self.uncompressed));
        } else {
            self.frame = Some(frame);
        }
        Ok(produced)
    }
}

impl Frame {
    fn take_in(&mut self, bytes: &[u8]) {
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

    fn end(self, uncompressed: u64) -> ZstdFrame {
        let checksum = self.has_checksum.then(|| u32::from_le_bytes(self.tail));
        let beside = self.header.len() as u64 + if checksum.is_some() { 4 } else { 0 };
        ZstdFrame::Data {
            offset: self.offset,
            header: self.header,
            compressed_size: self.consumed.saturating_sub(beside),
            compressed_blake3: *self.stream.finalize().as_bytes(),
            size: uncompressed - self.uncompressed_offset,
            checksum,
            uncompressed_offset: self.uncompressed_offset,
        }
    }
}

/// A frame header (RFC 8878, section 3.1.1.1).
struct Header {
    size: usize,
    window: u64,
    dictionary: u32,
    has_checksum: bool,
}

impl Header {
    /// `None` where the bytes end inside it.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let descriptor = *bytes.get(4)?;
        let single_segment = descriptor & 0x20 != 0;
        let mut size = 5;
        let mut field = |length: usize| -> Option<u64> {
            let field = bytes.get(size..size + length)?;
            size += length;
            Some(field.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
        };
        let window = if single_segment { None } else { Some(window_size(field(1)?)) };
        let dictionary = field([0, 1, 2, 4][usize::from(descriptor & 3)])?;
        let content_length = match (descriptor >> 6, single_segment) {
            (0, false) => 0,
            (0, true) => 1,
            (flag, _) => 1 << flag,
        };
        let content = field(content_length)? + if content_length == 2 { 256 } else { 0 };
        Some(Header {
            size,
            window: window.unwrap_or(content),
            dictionary: u32::try_from(dictionary).ok()?,
            has_checksum: descriptor & 4 != 0,
        })
    }

    fn check(&self, offset: u64, limits: &Limits) -> Result<(), Fault> {
        if self.dictionary != 0 {
            let id = self.dictionary;
            return Err(Fault::unsupported(format!("the zstd frame at offset {offset} needs the dictionary {id}")));
        }
        let log = limits.zstd_window_log;
        if self.window > 1_u64.checked_shl(log).unwrap_or(u64::MAX) {
            let window = self.window;
            let text = format!(
                "the zstd frame at offset {offset} needs a window of {window} bytes, more than 2^{log} (see --limit zstd-window-log)"
            );
            return Err(Fault::limit(text));
        }
        Ok(())
    }
}

/// Exponent and mantissa of a window descriptor (section 3.1.1.1.2).
const fn window_size(descriptor: u64) -> u64 {
    let base = 1 << (10 + (descriptor >> 3));
    base + (base / 8) * (descriptor & 7)
}

fn truncated(offset: u64) -> io::Error {
    Fault::malformed(format!("the zstd frame at offset {offset} is truncated")).into()
}
