//! What a file is packed in, down to what it holds in the end: `sums.gz.gz`, `x.jar`, `x.tar.xz` with `x.gz` in it.

use super::Notes;
use super::given::Given;
use super::unpacked::Unpacker;

/// What is packed deeper than this is read as it is.
const DEEPEST: u8 = 4;
/// Bytes of a member after which it is known whether it is packed: a header of tar.
const ENOUGH: usize = 512;

/// How a file, or what a packed one holds, is packed as a whole.
pub(super) enum Packing {
    /// It is not known yet: so it begins.
    Unknown(Vec<u8>),
    Plain,
    /// Text in UTF-16, as PowerShell writes it.
    Wide,
    Packed(Box<Packed>),
    /// What follows is not looked through: there is too much.
    Closed,
}

impl Default for Packing {
    fn default() -> Self {
        Packing::Unknown(Vec::new())
    }
}

/// A decoder, and how what comes out of it is packed.
pub(super) struct Packed {
    unpacker: Unpacker,
    inner: Packing,
}

impl Notes {
    /// Takes in the next piece of what is packed so, in `depth` others.
    pub(super) fn take_in(&mut self, packing: Packing, piece: &[u8], depth: u8) -> Packing {
        match packing {
            Packing::Unknown(mut start) => {
                if start.len() + piece.len() < ENOUGH {
                    start.extend_from_slice(piece);
                    return Packing::Unknown(start);
                }
                start.extend_from_slice(if start.is_empty() { &[] } else { piece });
                self.opened(if start.is_empty() { piece } else { &start }, depth)
            }
            Packing::Plain => self.as_it_is(piece),
            Packing::Wide => self.wide(piece),
            Packing::Packed(packed) => self.unpack(packed, piece, depth),
            Packing::Closed => Packing::Closed,
        }
    }

    fn opened(&mut self, start: &[u8], depth: u8) -> Packing {
        match Unpacker::of(start).filter(|_| depth < DEEPEST) {
            Some(unpacker) => self.unpack(Box::new(Packed { unpacker, inner: Packing::default() }), start, depth),
            None if is_wide(start) => self.wide(start),
            None => self.as_it_is(start),
        }
    }

    fn as_it_is(&mut self, piece: &[u8]) -> Packing {
        self.plain(piece);
        Packing::Plain
    }

    fn unpack(&mut self, mut packed: Box<Packed>, piece: &[u8], depth: u8) -> Packing {
        // It may only begin like one, for whoever reads it: what it holds as it is counts too.
        self.text(piece);
        let Packed { unpacker, inner } = &mut *packed;
        match unpacker.push(piece, &mut |given| self.given(given, inner, depth)) {
            Ok(true) => Packing::Packed(packed),
            Ok(false) => Packing::Closed,
            // It only begins like one, or goes on as something else.
            Err(_) => {
                self.rest.clear();
                Packing::Plain
            }
        }
    }

    /// Takes in what came out of a decoder; whether more is wanted.
    fn given(&mut self, given: Given<'_>, inner: &mut Packing, depth: u8) -> bool {
        match given {
            Given::Begins => self.close(std::mem::take(inner)),
            Given::Bytes(bytes) => {
                *inner = self.take_in(std::mem::take(inner), bytes, depth + 1);
                let length = bytes.len() as u64;
                (self.left, self.all_left) = (self.left.saturating_sub(length), self.all_left.saturating_sub(length));
            }
        }
        self.left > 0
    }

    /// Ends what is packed so.
    pub(super) fn close(&mut self, packing: Packing) {
        self.close_at(packing, 0);
        let rest = std::mem::take(&mut self.rest);
        self.text(&rest);
        self.rest = rest;
        self.rest.clear();
    }

    fn close_at(&mut self, packing: Packing, depth: u8) {
        match packing {
            Packing::Packed(mut packed) => {
                let Packed { unpacker, inner } = &mut *packed;
                // Of a file that is cut off, what came before counts.
                let _ = unpacker.finish(&mut |given| self.given(given, inner, depth));
                self.close_at(std::mem::take(inner), depth + 1);
            }
            Packing::Unknown(start) if !start.is_empty() => {
                let opened = self.opened(&start, depth);
                self.close_at(opened, depth);
            }
            _ => {}
        }
    }

    /// Takes in the next piece of what is in UTF-16: digests and most names are in characters of which one byte is zero. It
    /// may be for nobody but that: what it holds as it is counts too.
    fn wide(&mut self, piece: &[u8]) -> Packing {
        self.text(piece);
        let narrow: Vec<u8> = piece.iter().copied().filter(|byte| *byte != 0).collect();
        self.plain(&narrow);
        Packing::Wide
    }
}

/// Whether a file begins as text in UTF-16 does: with a mark of the order of bytes, or with characters of which one byte is
/// zero.
fn is_wide(start: &[u8]) -> bool {
    let is_marked = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    let mut pairs = start.get(..16).unwrap_or_default().chunks_exact(2);
    is_marked || (start.len() >= 16 && pairs.all(|pair| pair.contains(&0) && pair != [0, 0]))
}
