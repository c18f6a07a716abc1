//! The members of a zip archive, opened while its bytes come in: by their local headers, one after the other (PKWARE APPNOTE
//! 6.3.10, section 4.3.7).

use std::io;

use flate2::{Decompress, FlushDecompress, Status};

use super::given::Given;

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const LOCAL_SIZE: usize = 30;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;
/// Sizes come behind the data.
const DESCRIBED: u16 = 1 << 3;
const PIECE: usize = 32 << 10;

/// Where in an archive the next byte is.
enum State {
    /// Before the next local header; what may be its beginning was seen: so many bytes of the signature.
    Between(usize),
    /// In a local header, up to the lengths of what follows.
    Header(Vec<u8>),
    /// In name and extra fields of a header: so many bytes are left, and what comes then.
    Tail(u32, Data),
    Data(Data),
}

/// What is behind a header.
enum Data {
    /// So many bytes as they are.
    Stored(u32),
    Deflated(Box<Decompress>),
    /// What is not opened.
    Closed,
}

/// Reads one archive.
pub(super) struct Zipped(State);

impl Zipped {
    pub(super) const fn new() -> Self {
        Zipped(State::Between(0))
    }

    /// Takes in the next bytes, and hands out what the members hold, until `out` wants no more.
    ///
    /// # Errors
    /// Those of the decoder.
    pub(super) fn push(&mut self, mut piece: &[u8], out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<bool> {
        while !piece.is_empty() {
            let state = std::mem::replace(&mut self.0, State::Between(0));
            let (next, wants);
            (next, piece, wants) = match state {
                State::Between(seen) => between(seen, piece),
                State::Header(header) => in_header(header, piece),
                State::Tail(left, data) => in_tail(left, data, piece, out),
                State::Data(data) => in_data(data, piece, out)?,
            };
            self.0 = next;
            if !wants {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What comes next, the rest of the piece, and whether more is wanted.
type Step<'a> = (State, &'a [u8], bool);

/// Looks for the next local header: a descriptor may be in front of it.
fn between(mut seen: usize, mut piece: &[u8]) -> Step<'_> {
    while let Some((byte, rest)) = piece.split_first() {
        if seen == 0 {
            let Some(at) = memchr::memchr(LOCAL[0], piece) else { return (State::Between(0), &[], true) };
            (seen, piece) = (1, piece.get(at + 1..).unwrap_or_default());
        } else if LOCAL.get(seen) == Some(byte) {
            (seen, piece) = (seen + 1, rest);
        } else {
            seen = 0;
        }
        if seen == LOCAL.len() {
            return (State::Header(LOCAL.to_vec()), piece, true);
        }
    }
    (State::Between(seen), piece, true)
}

fn in_header(mut header: Vec<u8>, piece: &[u8]) -> Step<'_> {
    let (own, rest) = piece.split_at(piece.len().min(LOCAL_SIZE - header.len()));
    header.extend_from_slice(own);
    if header.len() < LOCAL_SIZE {
        return (State::Header(header), rest, true);
    }
    let number = |at: usize| header.get(at..at + 2).map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    let (flags, method) = (number(6), number(8));
    let stored = u32::from(number(18)) | u32::from(number(20)) << 16;
    let data = match method {
        _ if flags & ENCRYPTED != 0 => Data::Closed,
        DEFLATED => Data::Deflated(Box::new(Decompress::new(false))),
        // Where its size is not known it ends nowhere, and where it is that of zip64 it is too long.
        0 if flags & DESCRIBED == 0 && stored < u32::MAX => Data::Stored(stored),
        _ => Data::Closed,
    };
    (State::Tail(u32::from(number(26)) + u32::from(number(28)), data), rest, true)
}

fn in_tail<'a>(left: u32, data: Data, piece: &'a [u8], out: &mut dyn FnMut(Given<'_>) -> bool) -> Step<'a> {
    let (own, rest) = piece.split_at(piece.len().min(left as usize));
    let left = left.saturating_sub(u32::try_from(own.len()).unwrap_or(u32::MAX));
    match left {
        0 => (State::Data(data), rest, out(Given::Begins)),
        left => (State::Tail(left, data), rest, true),
    }
}

fn in_data<'a>(data: Data, piece: &'a [u8], out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<Step<'a>> {
    match data {
        Data::Closed => Ok((State::Between(0), piece, true)),
        Data::Stored(left) => {
            let (own, rest) = piece.split_at(piece.len().min(left as usize));
            let left = left.saturating_sub(u32::try_from(own.len()).unwrap_or(u32::MAX));
            let next = if left == 0 { State::Between(0) } else { State::Data(Data::Stored(left)) };
            Ok((next, rest, own.is_empty() || out(Given::Bytes(own))))
        }
        Data::Deflated(mut decoder) => {
            let mut buffer = vec![0; PIECE];
            let (read, written) = (decoder.total_in(), decoder.total_out());
            let status = decoder.decompress(piece, &mut buffer, FlushDecompress::None)?;
            let own = usize::try_from(decoder.total_in() - read).unwrap_or(usize::MAX);
            let given = usize::try_from(decoder.total_out() - written).unwrap_or(usize::MAX);
            let wants = given == 0 || out(Given::Bytes(buffer.get(..given).unwrap_or_default()));
            let rest = piece.get(own..).unwrap_or_default();
            match status {
                Status::StreamEnd => Ok((State::Between(0), rest, wants)),
                _ if own == 0 && given == 0 => Err(io::ErrorKind::InvalidData.into()),
                _ => Ok((State::Data(Data::Deflated(decoder)), rest, wants)),
            }
        }
    }
}
