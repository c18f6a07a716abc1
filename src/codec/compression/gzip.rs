//! Gzip members on top of raw deflate (RFC 1952): flate2's own gzip reader hides members, header bytes and trailers.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};

use super::gzip_header::{self, GzipHeader};
use super::input::Input;
use super::{GzipFraming, GzipMember};
use crate::codec::fault::Fault;
use crate::finding::{BadGzip, BadGzipHeader};
use crate::limits::Limits;

/// FEXTRA has up to 64 KiB; as much again is left for name and comment.
const HEADER_LIMIT: usize = 128 * 1024;

pub(super) struct Inflater {
    limits: Limits,
    deflate: Decompress,
    crc: crc32fast::Hasher,
    /// Takes in the deflate stream, where its digest is asked for.
    stream: Option<blake3::Hasher>,
    state: State,
    member: GzipMember,
    uncompressed: u64,
    framing: GzipFraming,
}

#[derive(PartialEq, Eq)]
enum State {
    Header,
    Deflate,
    Ended,
}

impl Inflater {
    pub(super) fn new(limits: &Limits, deflate_digests: bool) -> Self {
        Inflater {
            limits: *limits,
            deflate: Decompress::new(false),
            crc: crc32fast::Hasher::new(),
            stream: deflate_digests.then(blake3::Hasher::new),
            state: State::Header,
            member: GzipMember {
                offset: 0,
                header: [].into(),
                deflate_size: 0,
                deflate_blake3: None,
                crc32: 0,
                isize: 0,
                size: 0,
                uncompressed_offset: 0,
            },
            uncompressed: 0,
            framing: GzipFraming::default(),
        }
    }

    pub(super) fn framing(self) -> GzipFraming {
        self.framing
    }

    pub(super) fn read<R: Read>(&mut self, input: &mut Input<R>, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                State::Header => self.begin(input)?,
                State::Ended => return Ok(0),
                State::Deflate => {
                    let count = self.inflate(input, output)?;
                    if count > 0 {
                        return Ok(count);
                    }
                }
            }
        }
    }

    /// At a member's first byte, or at the end.
    fn begin<R: Read>(&mut self, input: &mut Input<R>) -> io::Result<()> {
        let next = input.peek(2)?;
        if !self.framing.members.is_empty() && !next.starts_with(&gzip_header::MAGIC) {
            self.state = State::Ended;
            if !next.is_empty() {
                self.framing.trailing = input.take(None, &self.limits)?;
            }
            return Ok(());
        }
        let offset = input.offset();
        if self.framing.members.len() >= self.limits.compression_members {
            let count = self.limits.compression_members;
            return Err(Fault::limit(BadGzip::Members(offset, count)).into());
        }
        let header = self.header(input)?;
        self.member = GzipMember {
            offset,
            header,
            deflate_size: 0,
            deflate_blake3: None,
            crc32: 0,
            isize: 0,
            size: 0,
            uncompressed_offset: self.uncompressed,
        };
        self.deflate.reset(false);
        self.crc.reset();
        if let Some(stream) = &mut self.stream {
            stream.reset();
        }
        self.state = State::Deflate;
        Ok(())
    }

    fn header<R: Read>(&self, input: &mut Input<R>) -> io::Result<Arc<[u8]>> {
        let at = input.offset();
        loop {
            let buffered = input.buffered();
            match GzipHeader::parse(buffered.get(..HEADER_LIMIT).unwrap_or(buffered)) {
                Ok(header) => {
                    let size = usize::try_from(header.size).unwrap_or(0);
                    let bytes = buffered.get(..size).unwrap_or(&[]).into();
                    input.consume(size);
                    return Ok(bytes);
                }
                Err(BadGzipHeader::Truncated) if buffered.len() >= HEADER_LIMIT => {
                    return Err(Fault::limit(BadGzip::HeaderBytes(at, HEADER_LIMIT)).into());
                }
                Err(BadGzipHeader::Truncated) if input.grow()? => {}
                Err(problem @ (BadGzipHeader::Method(_) | BadGzipHeader::Flags(_))) => {
                    return Err(Fault::unsupported(BadGzip::Header { offset: at, problem }).into());
                }
                Err(problem) => return Err(Fault::malformed(BadGzip::Header { offset: at, problem }).into()),
            }
        }
    }

    /// Inflates one piece; 0 when the member ended or when nothing came out yet.
    fn inflate<R: Read>(&mut self, input: &mut Input<R>, output: &mut [u8]) -> io::Result<usize> {
        let at = self.member.offset;
        let buffered = input.fill()?;
        let at_end = buffered.is_empty();
        let (total_in, total_out) = (self.deflate.total_in(), self.deflate.total_out());
        let status = self
            .deflate
            .decompress(buffered, output, FlushDecompress::None)
            .map_err(|error| Fault::malformed(BadGzip::Deflate(at, error.to_string())))?;
        let consumed = self.deflate.total_in() - total_in;
        let produced = usize::try_from(self.deflate.total_out() - total_out).unwrap_or(0);
        let consumed_bytes = usize::try_from(consumed).unwrap_or(0);
        if let Some(stream) = &mut self.stream {
            stream.update(buffered.get(..consumed_bytes).unwrap_or(&[]));
        }
        input.consume(consumed_bytes);
        self.member.deflate_size += consumed;
        self.member.size += produced as u64;
        self.uncompressed += produced as u64;
        self.crc.update(output.get(..produced).unwrap_or(&[]));
        if status == Status::StreamEnd {
            self.end(input)?;
        } else if at_end && produced == 0 {
            return Err(truncated(at));
        } else if consumed == 0 && produced == 0 {
            return Err(Fault::malformed(BadGzip::Stuck(at)).into());
        }
        Ok(produced)
    }

    /// Checks the trailer of the current member.
    fn end<R: Read>(&mut self, input: &mut Input<R>) -> io::Result<()> {
        let at = self.member.offset;
        let Some(&[c0, c1, c2, c3, s0, s1, s2, s3]) = input.peek(8)?.first_chunk() else {
            return Err(truncated(at));
        };
        input.consume(8);
        self.member.crc32 = u32::from_le_bytes([c0, c1, c2, c3]);
        self.member.isize = u32::from_le_bytes([s0, s1, s2, s3]);
        let crc = self.crc.clone().finalize();
        if self.member.crc32 != crc {
            let stored = self.member.crc32;
            return Err(Fault::malformed(BadGzip::Crc(at, stored, crc)).into());
        }
        if u64::from(self.member.isize) != self.member.size & 0xffff_ffff {
            let (stored, size) = (self.member.isize, self.member.size);
            return Err(Fault::malformed(BadGzip::Size(at, stored, size)).into());
        }
        self.member.deflate_blake3 = self.stream.as_ref().map(|stream| *stream.finalize().as_bytes());
        self.framing.members.push(self.member.clone());
        self.state = State::Header;
        Ok(())
    }
}

fn truncated(offset: u64) -> io::Error {
    Fault::malformed(BadGzip::Truncated(offset)).into()
}
