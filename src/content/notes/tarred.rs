//! The members of a tar archive, while its bytes come in: what each of them is compressed by shows where it begins.

use std::io;

use super::given::Given;

const BLOCK: usize = 512;

/// Reads one archive.
pub(super) struct Tarred {
    /// The header that is read.
    header: Vec<u8>,
    /// Bytes of the member that are left, and of the padding behind it.
    left: u64,
    padding: u64,
}

/// Whether a file that begins so is an archive (POSIX.1-2017, "ustar Interchange Format"; GNU writes the same).
pub(super) fn opens(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

impl Tarred {
    pub(super) const fn new() -> Self {
        Tarred { header: Vec::new(), left: 0, padding: 0 }
    }

    /// Takes in the next bytes, and hands out what the members hold, until `out` wants no more.
    ///
    /// # Errors
    /// Where there is no header in the place of one.
    pub(super) fn push(&mut self, mut piece: &[u8], out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<bool> {
        while !piece.is_empty() {
            let (own, wants) = if self.left > 0 {
                let own = part(piece, self.left);
                self.left -= own.len() as u64;
                (own, out(Given::Bytes(own)))
            } else if self.padding > 0 {
                let own = part(piece, self.padding);
                self.padding -= own.len() as u64;
                (own, true)
            } else {
                let own = part(piece, (BLOCK - self.header.len()) as u64);
                self.header.extend_from_slice(own);
                (own, self.header.len() < BLOCK || self.begin(out)?)
            };
            piece = piece.get(own.len()..).unwrap_or_default();
            if !wants {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Begins the member of a header, if it is one: blocks of zeros end an archive.
    fn begin(&mut self, out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<bool> {
        let header = std::mem::take(&mut self.header);
        if header.iter().all(|byte| *byte == 0) {
            return Ok(true);
        }
        let digits = header.get(124..136).filter(|_| opens(&header)).unwrap_or_default();
        let digits = std::str::from_utf8(digits).unwrap_or_default().trim_matches([' ', '\0']);
        let size = u64::from_str_radix(digits, 8).map_err(|_| io::ErrorKind::InvalidData)?;
        (self.left, self.padding) = (size, size.wrapping_neg() % BLOCK as u64);
        Ok(out(Given::Begins))
    }
}

/// As much of a piece as is left.
fn part(piece: &[u8], left: u64) -> &[u8] {
    let length = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
    piece.get(..length).unwrap_or(piece)
}
