//! The one place where an export is stored.

use std::fs::File;
use std::io::{self, Read, Write};

use crate::error::{Unexported, Unopened};
use crate::limits::Limits;
use crate::source::archive::Archive;

/// An export on its way into a temporary file without a name.
pub(crate) struct Export {
    file: File,
    left: u64,
    limits: Limits,
}

/// Bytes that are taken from a pipe at once.
const PIECE: usize = 256 * 1024;

impl Export {
    pub(crate) fn new(limits: &Limits) -> Result<Self, Unexported> {
        let file = tempfile::tempfile().map_err(|error| stored(&error))?;
        Ok(Export { file, left: limits.archive_bytes, limits: *limits })
    }

    /// Takes in more bytes, up to the limit on archives.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), Unexported> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or(Unexported::TooLarge(self.limits.archive_bytes))?;
        self.file.write_all(bytes).map_err(|error| stored(&error))
    }

    /// Takes in all that there is to read.
    pub(crate) fn read(&mut self, mut from: impl Read) -> Result<(), Unexported> {
        let mut piece = vec![0; PIECE];
        loop {
            match from.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(count) => self.push(piece.get(..count).unwrap_or_default())?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Unexported::ReadBrokeOff(error.to_string())),
            }
        }
    }

    /// Whether nothing came in.
    pub(crate) fn is_empty(&self) -> bool {
        self.left == self.limits.archive_bytes
    }

    /// Makes an index of what came in.
    pub(crate) fn finish(self) -> Result<Archive, Unopened> {
        if self.is_empty() {
            return Err(Unexported::Nothing.into());
        }
        Archive::of(self.file, &self.limits).map_err(Unopened::exported)
    }
}

fn stored(error: &io::Error) -> Unexported {
    Unexported::NoRoom(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::files::Files as _;
    use crate::source::fixture::{gzip, tar_of};

    #[test]
    fn an_export_becomes_an_archive() {
        let bytes = tar_of(&vec![("one".to_owned(), b"first".to_vec())]);
        for bytes in [bytes.clone(), gzip(&bytes)] {
            let mut export = Export::new(&Limits::default()).unwrap();
            let (start, rest) = bytes.split_at(20);
            export.push(start).unwrap();
            export.read(rest).unwrap();
            let mut text = String::new();
            export.finish().unwrap().open("one").unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "first");
        }
    }

    #[test]
    fn an_export_is_bounded() {
        let limits = Limits { archive_bytes: 10, ..Limits::default() };
        let mut export = Export::new(&limits).unwrap();
        export.push(b"0123456789").unwrap();
        assert_eq!(export.push(b"x").unwrap_err(), Unexported::TooLarge(10));
        let mut export = Export::new(&limits).unwrap();
        assert_eq!(
            export.read(io::repeat(0)).unwrap_err().to_string(),
            "the export has more than 10 bytes (see --limit archive-bytes)"
        );
    }

    #[test]
    fn what_is_no_archive_is_described() {
        assert_eq!(
            Export::new(&Limits::default()).unwrap().finish().err().unwrap().to_string(),
            "the engine sent nothing"
        );
        let mut export = Export::new(&Limits::default()).unwrap();
        export.push(b"<html>").unwrap();
        let detail = export.finish().err().unwrap().to_string();
        assert!(detail.starts_with("the engine's export: no tar archive, it starts with \"<html>\""), "{detail}");
    }
}
