//! Zstd frames (RFC 8878) in one pass, one after another: libzstd decodes their blocks.

use std::io::{self, Read};

use ::zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

use super::input::Input;
use super::zstd_ahead::Ahead;
use super::zstd_frame::{Frame, decoder};
use super::zstd_header::{HEADER_MAX, Header, is_magic, is_skippable};
use super::{ZstdFrame, ZstdFraming};
use crate::codec::fault::Fault;
use crate::finding::BadZstd;
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
            return Err(Fault::limit(BadZstd::Frames(offset, count)).into());
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
            .map_err(|error| Fault::malformed(BadZstd::Corrupt(at, error.to_string())))?;
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

fn truncated(offset: u64) -> io::Error {
    Fault::malformed(BadZstd::Truncated(offset)).into()
}
