//! The records in a Debian package (deb(5)), while its bytes come in: what its control archive holds, `md5sums` among it.

use std::io;

use super::given::Given;

const OPENS: &[u8] = b"!<arch>\ndebian-binary";
const MAGIC: u64 = 8;
const HEADER: usize = 60;

/// Whether a file that begins so is a package.
pub(super) fn opens(head: &[u8]) -> bool {
    head.starts_with(OPENS)
}

/// Reads one package.
pub(super) struct Control {
    header: Vec<u8>,
    /// Bytes that are left of what is passed over, and of the control archive.
    skipped: u64,
    left: u64,
}

impl Control {
    pub(super) const fn new() -> Self {
        Control { header: Vec::new(), skipped: MAGIC, left: 0 }
    }

    /// Takes in the next bytes, and hands out those of the control archive, until `out` wants no more.
    ///
    /// # Errors
    /// Where there is no header in the place of one.
    pub(super) fn push(&mut self, mut piece: &[u8], out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<bool> {
        while !piece.is_empty() {
            let want = if self.left > 0 {
                self.left
            } else if self.skipped > 0 {
                self.skipped
            } else {
                (HEADER - self.header.len()) as u64
            };
            let (own, rest) = piece.split_at(usize::try_from(want).unwrap_or(usize::MAX).min(piece.len()));
            let length = own.len() as u64;
            let wants = if self.left > 0 {
                self.left -= length;
                out(Given::Bytes(own))
            } else if self.skipped > 0 {
                self.skipped -= length;
                true
            } else {
                self.header.extend_from_slice(own);
                self.header.len() < HEADER || self.begin(out)?
            };
            piece = rest;
            if !wants {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn begin(&mut self, out: &mut dyn FnMut(Given<'_>) -> bool) -> io::Result<bool> {
        let header = std::mem::take(&mut self.header);
        let digits = std::str::from_utf8(header.get(48..58).unwrap_or_default()).unwrap_or_default();
        let size: u64 = digits.trim_end().parse().map_err(|_| io::ErrorKind::InvalidData)?;
        let padding = size % 2;
        if !header.starts_with(b"control.tar") {
            self.skipped = size + padding;
            return Ok(true);
        }
        (self.left, self.skipped) = (size, padding);
        Ok(out(Given::Begins))
    }
}
