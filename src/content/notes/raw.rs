//! Digests that are written down as the bytes that they are, in short files: all of it (`openssl dgst -binary`), or with
//! something before or behind it; and in the index of a working copy of git.

use super::git_index;
use crate::image::name_hash::name_hash;
use crate::image::path::file_name;

/// Bytes of a file that may hold one, and of one whose name says that it does.
const SHORT: usize = 128;
const NAMED_SHORT: usize = 4 << 10;
/// What the names of such files hold.
const NAMES: [&[u8]; 6] = [b"sha", b"md5", b"digest", b"hash", b"sum", b"blake"];
/// Bytes of an index of git that are read.
const MOST_INDEX: usize = 16 << 20;
const LENGTHS: [usize; 6] = [16, 20, 28, 32, 48, 64];
/// Places in all files of a layer that are looked at.
const MOST: usize = 1 << 20;

/// The file that is read, as far as it is short.
pub(super) struct Raw {
    bytes: Vec<u8>,
    /// Bytes that it may have.
    most: usize,
    left: usize,
}

impl Default for Raw {
    fn default() -> Self {
        Raw { bytes: Vec::new(), most: SHORT, left: MOST }
    }
}

impl Raw {
    pub(super) fn begin(&mut self, path: &[u8]) {
        let name = file_name(path).to_ascii_lowercase();
        let is_named = |part: &&[u8]| name.windows(part.len()).any(|window| window == *part);
        self.most = if path.ends_with(b".git/index") {
            MOST_INDEX
        } else if NAMES.iter().any(is_named) {
            NAMED_SHORT
        } else {
            SHORT
        };
        self.bytes.clear();
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        // One byte more shows that it is too long.
        let room = (self.most + 1).saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }

    /// Ends the file: hashes of what may be a digest in it. No digest is text.
    pub(super) fn end(&mut self, digests: &mut Vec<u64>) {
        let bytes = std::mem::take(&mut self.bytes);
        if let Some(index) = git_index::digests(&bytes) {
            digests.extend(index.iter().map(|digest| name_hash(digest)));
        } else if bytes.len() <= self.most.min(NAMED_SHORT) && !bytes.is_ascii() {
            for window in LENGTHS.iter().flat_map(|length| bytes.windows(*length)) {
                let Some(left) = self.left.checked_sub(1) else { break };
                self.left = left;
                digests.push(name_hash(window));
            }
        }
        self.bytes = bytes;
        self.bytes.clear();
    }
}
