//! What files say of others. Scripts go by times of files (`by_times`); others write down what files hold: digests beside
//! names (`SHA256SUMS`, `*.md5sums`, `RECORD`, the database of apk), digests alone (`Packages`, tables in JSON, lock files of
//! npm), names that are digests, and signatures.
//!
//! A content that differs fits such a record on one side at most, where both sides have the same record. What is taken in
//! may be too much, never too little: a name may mean several paths, and any run of digits may be a digest, in hexadecimal,
//! base 32 or base 64. What is packed is opened, as far as there is room. Names and digests are kept by their hashes
//! (`image/name_hash`).

use std::hash::{DefaultHasher, Hasher as _};

use super::by_times::Scripts;
use crate::image::name_hash::{hasher, name_hash};
use crate::image::path::{clean, file_name, join, parent};

use self::packing::Packing;

mod base32;
mod control;
mod git_index;
mod given;
mod lines;
mod noted;
mod packing;
mod paired;
mod raw;
mod sums;
mod tarred;
mod tokens;
mod unpacked;
mod zipped;

pub use self::noted::{Noted, Row};
pub use self::sums::Sums;

/// Lines of text up to this length are read as a whole; of longer ones the digests count, wherever they are.
const LINE: usize = 4 << 10;
/// Bytes of what is not ended by a line break that are read again with what follows: more than any digest has.
const OVERLAP: usize = 192;
/// Names of files of detached signatures end so, in letters of either case.
const SIGNATURES: [&str; 22] = [
    ".asc",
    ".sig",
    ".sign",
    ".signature",
    ".gpg",
    ".pgp",
    ".rsa",
    ".minisig",
    ".p7s",
    ".p7b",
    ".p7m",
    ".pkcs7",
    ".cms",
    ".jws",
    ".ots",
    ".tsr",
    ".sigstore",
    ".sigstore.json",
    ".bundle",
    ".cosign.bundle",
    ".intoto.json",
    ".intoto.jsonl",
];
/// Bytes of what one file holds that are looked through, however deep it is packed, and of all of a layer.
const UNPACKED: u64 = 64 << 20;
const ALL_UNPACKED: u64 = 512 << 20;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Any file: digests in hexadecimal.
    Any,
    /// `RECORD` of a Python distribution.
    Record,
    /// The database of apk, at this file of this directory.
    Apk,
    /// A list of apt: what stands alone in front of a digest is a field, not the name of a file.
    Index,
    /// A list of CRC-32s, which are too short to be told elsewhere (`.sfv`).
    Crc,
}

/// Takes notes of one file after the other, which it reads in pieces.
pub struct Notes {
    path: Vec<u8>,
    form: Form,
    /// The end of what was read, not taken in yet or to be taken in again with what follows.
    rest: Vec<u8>,
    /// Of a signature.
    signature: Option<DefaultHasher>,
    packing: Packing,
    /// Bytes of what this file holds that may still be looked through, and of all packed files.
    left: u64,
    all_left: u64,
    /// The file itself, where it is short.
    raw: raw::Raw,
    /// The same, where it is a script.
    scripts: Scripts,
    /// The directory of the database of apk that rows are of, and the file.
    apk: (Vec<u8>, Vec<u8>),
    noted: Noted,
}

impl Default for Notes {
    fn default() -> Self {
        let (path, rest, apk) = Default::default();
        Notes {
            path,
            form: Form::Any,
            rest,
            signature: None,
            packing: Packing::default(),
            left: 0,
            all_left: ALL_UNPACKED,
            raw: raw::Raw::default(),
            scripts: Scripts::default(),
            apk,
            noted: Noted::default(),
        }
    }
}

impl Notes {
    /// Begins with the file at a path, whose name may be a digest itself; that before it has ended.
    pub fn begin(&mut self, path: &[u8]) {
        self.end();
        self.path.clear();
        self.path.extend_from_slice(&clean(path));
        self.rest.clear();
        self.apk = Default::default();
        self.packing = Packing::default();
        self.left = UNPACKED.min(self.all_left);
        self.raw.begin(&self.path);
        self.scripts.begin(&self.path);
        self.form = match &self.path[..] {
            path if path.ends_with(b".dist-info/RECORD") => Form::Record,
            path if path.ends_with(b"lib/apk/db/installed") => Form::Apk,
            path if parent(path) == b"var/lib/apt/lists" => Form::Index,
            path if path.to_ascii_lowercase().ends_with(b".sfv") => Form::Crc,
            _ => Form::Any,
        };
        self.signature = signed(&self.path).map(|_| hasher());
        let in_name = tokens::hexadecimal(path).filter_map(|(start, end)| digest(path.get(start..end)?));
        self.noted.digests.extend(in_name.map(|(digest, _)| digest));
    }

    /// Takes in the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        if let Some(signature) = &mut self.signature {
            signature.write(piece);
        }
        self.raw.push(piece);
        self.scripts.push(piece);
        let packing = std::mem::take(&mut self.packing);
        self.packing = self.take_in(packing, piece, 0);
    }

    /// Takes in the next piece of what is to be read.
    fn plain(&mut self, piece: &[u8]) {
        let piece = self.go_on(piece);
        let end = memchr::memrchr(b'\n', piece).map_or(0, |line_break| line_break + 1);
        let (lines, open) = piece.split_at(end);
        self.text(lines);
        self.rest.extend_from_slice(open);
        if self.rest.len() > LINE {
            let rest = std::mem::take(&mut self.rest);
            self.text(&rest);
            self.rest.extend_from_slice(rest.get(rest.len() - OVERLAP..).unwrap_or_default());
        }
    }

    /// Takes in the lines that a piece goes on with, until one ends; what is left of the piece.
    fn go_on<'a>(&mut self, mut piece: &'a [u8]) -> &'a [u8] {
        while !self.rest.is_empty() && !piece.is_empty() {
            let near = piece.get(..LINE.saturating_sub(self.rest.len())).unwrap_or(piece);
            let end = memchr::memchr(b'\n', near).map_or(near.len(), |line_break| line_break + 1);
            let (near, after) = piece.split_at(end);
            self.rest.extend_from_slice(near);
            piece = after;
            let is_ended = self.rest.ends_with(b"\n");
            if is_ended || self.rest.len() >= LINE {
                let mut rest = std::mem::take(&mut self.rest);
                self.text(&rest);
                // In a line that is too long a digest may go on.
                rest.drain(..if is_ended { rest.len() } else { rest.len() - OVERLAP });
                self.rest = rest;
            }
        }
        piece
    }

    /// Ends the file; what it and those before it record.
    pub fn finish(&mut self) -> Noted {
        self.end();
        self.noted.scripts = self.scripts.take();
        std::mem::take(&mut self.noted)
    }

    fn end(&mut self) {
        let packing = std::mem::take(&mut self.packing);
        self.close(packing);
        self.raw.end(&mut self.noted.digests);
        self.scripts.end();
        if let Some(signature) = self.signature.take() {
            let path = name_hash(signed(&self.path).unwrap_or_default());
            self.noted.rows.push(Row { path, digest: signature.finish(), length: 0 });
        }
        self.noted.bound();
    }

    fn text(&mut self, text: &[u8]) {
        match self.form {
            Form::Any | Form::Index => self.any(text),
            Form::Record => text.split(|byte| *byte == b'\n').for_each(|line| self.record(line)),
            Form::Crc => text.split(|byte| *byte == b'\n').for_each(|line| self.crc(line)),
            Form::Apk => text.split(|byte| *byte == b'\n').for_each(|line| self.apk(line)),
        }
    }

    fn any(&mut self, text: &[u8]) {
        for (start, end) in tokens::tokens(text) {
            let Some(token) = text.get(start..end) else { continue };
            for (from, to) in tokens::hexadecimal(token) {
                self.hexadecimal(text, (start + from, start + to));
            }
            self.noted.digests.extend(tokens::in_base64(token).map(|digest| name_hash(&digest)));
            self.noted.digests.extend(base32::digests(token).map(|digest| name_hash(&digest)));
        }
        self.noted.digests.extend(paired::digests(text).map(|digest| name_hash(&digest)));
    }

    /// A digest in hexadecimal, with what stands beside it.
    fn hexadecimal(&mut self, text: &[u8], (start, end): (usize, usize)) {
        let Some((digest, length)) = text.get(start..end).and_then(digest) else { return };
        self.noted.digests.push(digest);
        let (before, after) = lines::around(text, (start, end));
        if self.form == Form::Index && after.is_empty() {
            return;
        }
        for name in lines::names(before, after) {
            self.row(name, digest, length);
        }
        if lines::is_alone(before, after) {
            let named = self.path.iter().rposition(|byte| *byte == b'.').and_then(|dot| self.path.get(..dot));
            let path = named.map(name_hash);
            self.noted.rows.extend(path.map(|path| Row { path, digest, length }));
        }
    }

    /// A digest beside a name, which is relative to the root, to the directory of the record or to the one above it.
    fn row(&mut self, name: &[u8], digest: u64, length: u8) {
        let own = parent(&self.path);
        let of_root = name.starts_with(b"/") || self.path.ends_with(b".md5sums");
        let directories: &[&[u8]] = if of_root { &[b""] } else { &[b"", own, parent(own)] };
        let mut last = None;
        for directory in directories {
            let path = name_hash(&clean(&join(directory, name)));
            if last.replace(path) != Some(path) {
                self.noted.rows.push(Row { path, digest, length });
            }
        }
    }

    /// A line of a list of CRC-32s: a name and eight digits.
    fn crc(&mut self, line: &[u8]) {
        let line = line.trim_ascii_end();
        let Some((name, digits)) = line.len().checked_sub(8).and_then(|at| line.split_at_checked(at)) else { return };
        if let Some((digest, length)) = digest(digits).filter(|_| name.ends_with(b" ")) {
            self.row(name.trim_ascii_end(), digest, length);
        }
    }

    /// A row of `RECORD`: its path is relative to the directory that the distribution's is in.
    fn record(&mut self, line: &[u8]) {
        let Some((path, digest)) = lines::record(line) else { return };
        let site = parent(parent(&self.path));
        let path = name_hash(&clean(&join(site, &path)));
        let row = Row { path, digest: name_hash(&digest), length: lines::length(&digest) };
        self.noted.rows.push(row);
        self.noted.digests.push(row.digest);
    }

    /// A line of the database of apk: `F:` names a directory, `R:` a file in it, `Z:` the digest of that.
    fn apk(&mut self, line: &[u8]) {
        match line {
            [b'F', b':', directory @ ..] => self.apk = (directory.to_vec(), Vec::new()),
            [b'R', b':', file @ ..] => self.apk.1 = file.to_vec(),
            [b'Z', b':', b'Q', _, digest @ ..] => {
                let Some(digest) = lines::base64(digest) else { return };
                let path = name_hash(&clean(&join(&self.apk.0, &self.apk.1)));
                let row = Row { path, digest: name_hash(&digest), length: lines::length(&digest) };
                self.noted.rows.push(row);
            }
            _ => {}
        }
    }
}

/// Where the path of a file says that its name follows from its content: stores of npm, and indexes of apt by their
/// digests.
pub fn is_named_by_content(path: &[u8]) -> bool {
    let mut components = parent(path).split(|byte| *byte == b'/');
    components.any(|name| matches!(name, b"by-hash" | b"content-v2"))
        || tokens::is_digest(file_name(path))
        || is_object(path)
}

/// Whether a directory and the name in it are a digest: objects of OSTree, whose digest is of their attributes too.
fn is_object(path: &[u8]) -> bool {
    let (start, name) = (file_name(parent(path)), file_name(path));
    let rest = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    start.len() == 2 && file_name(parent(parent(path))) == b"objects" && tokens::is_digest(&[start, rest].concat())
}

/// The path of the file that the one at a path is a signature of; `None` where it is none, by its name.
fn signed(path: &[u8]) -> Option<&[u8]> {
    let strip = |ending: &&str| {
        let (stem, end) = path.split_at_checked(path.len().checked_sub(ending.len())?)?;
        end.eq_ignore_ascii_case(ending.as_bytes()).then_some(stem)
    };
    // The shortest stem: `.sigstore.json` is no `.json`.
    SIGNATURES.iter().filter_map(strip).min_by_key(|stem| stem.len())
}

/// The hash of a digest in hexadecimal, and how many bytes it has.
fn digest(digits: &[u8]) -> Option<(u64, u8)> {
    let bytes = hex::decode(digits).ok()?;
    Some((name_hash(&bytes), lines::length(&bytes)))
}

#[cfg(test)]
mod tests;
