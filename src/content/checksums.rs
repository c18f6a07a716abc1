//! What files write down of the contents of others: digests beside names (`SHA256SUMS`, `*.md5sums`, `RECORD`, the
//! database of apk), digests alone (`Packages`, tables in JSON, lock files of npm), names that are digests, and signatures.
//!
//! A content that differs fits such a record on one side at most, where both sides have the same record. What is taken in
//! may be too much, never too little: a name may mean several paths, and any run of hexadecimal digits may be a digest.
//! Names and digests are kept by their hashes (`image/name_hash`).

use std::hash::{DefaultHasher, Hasher as _};

use crate::image::name_hash::{hasher, name_hash};
use crate::image::path::{clean, file_name, join, parent};

mod lines;

/// Lines of text up to this length are read as a whole; of longer ones the digests count, wherever they are.
const LINE: usize = 4 << 10;
/// Bytes of what is not ended by a line break that are read again with what follows: more than any digest has.
const OVERLAP: usize = 192;
/// Hexadecimal digits of the shortest digest that anybody records (MD5, CRCs aside).
const SHORTEST: usize = 32;
/// Hexadecimal digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512.
const DIGITS: [usize; 6] = [SHORTEST, 40, 56, 64, 96, 128];
/// Names of files of detached signatures end so.
const SIGNATURES: [&[u8]; 7] = [b".asc", b".sig", b".sign", b".gpg", b".minisig", b".p7s", b".sigstore"];
/// What is remembered of one side: 64 MiB and 32 MiB.
const MOST: usize = 1 << 22;

/// What is recorded of one file: hashes of its path and of the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Of the path.
    pub path: u64,
    /// Of the digest's bytes.
    pub digest: u64,
    /// How many bytes the digest has; none where it is a signature.
    pub length: u8,
}

/// What the files of a layer record.
#[derive(Debug, Default, Clone)]
pub struct Noted {
    rows: Vec<Row>,
    /// Hashes of digests: of SHA-1, SHA-256 and SHA-512.
    digests: Vec<u64>,
    /// There is more than can be remembered: then anything may be recorded.
    too_many: bool,
}

impl Noted {
    /// Whether nothing is recorded.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.digests.is_empty() && !self.too_many
    }

    /// Adds what others record.
    pub fn extend(&mut self, other: Noted) {
        if self.is_empty() {
            *self = other;
            return;
        }
        self.rows.extend(other.rows);
        self.digests.extend(other.digests);
        self.too_many |= other.too_many;
        self.bound();
    }

    fn bound(&mut self) {
        if self.rows.len() > 2 * MOST || self.digests.len() > 2 * MOST {
            self.settle();
        }
    }

    /// Makes it ready to be looked up.
    pub fn settle(&mut self) {
        self.rows.sort_unstable();
        self.rows.dedup();
        self.digests.sort_unstable();
        self.digests.dedup();
        self.too_many |= self.rows.len() > MOST || self.digests.len() > MOST;
        if self.too_many {
            (self.rows, self.digests) = Default::default();
        }
    }

    /// What is recorded of the file at a path; `None` where it may be anything.
    pub fn rows(&self, path: &[u8]) -> Option<&[Row]> {
        let path = name_hash(path);
        let start = self.rows.partition_point(|row| row.path < path);
        let end = self.rows.partition_point(|row| row.path <= path);
        if self.too_many { None } else { self.rows.get(start..end) }
    }

    /// Whether the digest of this hash is written anywhere.
    pub fn holds(&self, digest: u64) -> bool {
        self.too_many || self.digests.binary_search(&digest).is_ok()
    }
}

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
}

/// Reads one file after the other, in pieces.
#[derive(Debug)]
pub struct Checksums {
    path: Vec<u8>,
    form: Form,
    /// The end of what was read, not taken in yet or to be taken in again with what follows.
    rest: Vec<u8>,
    /// Of a signature.
    signature: Option<DefaultHasher>,
    /// The directory of the database of apk that rows are of, and the file.
    apk: (Vec<u8>, Vec<u8>),
    noted: Noted,
}

impl Default for Checksums {
    fn default() -> Self {
        let (path, rest, apk) = Default::default();
        Checksums { path, form: Form::Any, rest, signature: None, apk, noted: Noted::default() }
    }
}

impl Checksums {
    /// Begins with the file at a path, whose name may be a digest itself; that before it has ended.
    pub fn begin(&mut self, path: &[u8]) {
        self.end();
        self.path.clear();
        self.path.extend_from_slice(&clean(path));
        self.rest.clear();
        self.apk = Default::default();
        self.form = match &self.path[..] {
            path if path.ends_with(b".dist-info/RECORD") => Form::Record,
            path if path.ends_with(b"lib/apk/db/installed") => Form::Apk,
            path if parent(path) == b"var/lib/apt/lists" => Form::Index,
            _ => Form::Any,
        };
        self.signature = SIGNATURES.iter().any(|ending| self.path.ends_with(ending)).then(hasher);
        for (start, end) in runs(path).filter(|(start, end)| end - start == 64) {
            self.noted.digests.extend(path.get(start..end).and_then(digest).map(|(digest, _)| digest));
        }
    }

    /// Takes in the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        if let Some(signature) = &mut self.signature {
            signature.write(piece);
        }
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
        std::mem::take(&mut self.noted)
    }

    fn end(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        self.text(&rest);
        self.rest = rest;
        self.rest.clear();
        if let Some(signature) = self.signature.take() {
            let signed = self.path.iter().rposition(|byte| *byte == b'.').and_then(|dot| self.path.get(..dot));
            let path = name_hash(signed.unwrap_or_default());
            self.noted.rows.push(Row { path, digest: signature.finish(), length: 0 });
        }
        self.noted.bound();
    }

    fn text(&mut self, text: &[u8]) {
        match self.form {
            Form::Any | Form::Index => self.any(text),
            Form::Record => text.split(|byte| *byte == b'\n').for_each(|line| self.record(line)),
            Form::Apk => text.split(|byte| *byte == b'\n').for_each(|line| self.apk(line)),
        }
    }

    fn any(&mut self, text: &[u8]) {
        for (start, end) in runs(text) {
            let Some((digest, length)) = text.get(start..end).and_then(digest) else { continue };
            if matches!(length, 20 | 32 | 64) {
                self.noted.digests.push(digest);
            }
            let (before, after) = lines::around(text, (start, end));
            if self.form == Form::Index && after.is_empty() {
                continue;
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
        let in_base64 = lines::integrities(text).chain(lines::padded(text));
        self.noted.digests.extend(in_base64.map(|digest| name_hash(&digest)));
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

    /// A row of `RECORD`: its path is relative to the directory that the distribution's is in.
    fn record(&mut self, line: &[u8]) {
        let Some((path, digest)) = lines::record(line) else { return };
        let site = parent(parent(&self.path));
        let path = name_hash(&clean(&join(site, &path)));
        let row = Row { path, digest: name_hash(&digest), length: lines::length(&digest) };
        self.noted.rows.push(row);
        if row.length == 32 {
            self.noted.digests.push(row.digest);
        }
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
    let is_digest = |name: &[u8]| DIGITS[1..].contains(&name.len()) && name.iter().all(u8::is_ascii_hexdigit);
    components.any(|name| matches!(name, b"by-hash" | b"content-v2")) || is_digest(file_name(path))
}

/// The runs of hexadecimal digits that are as long as a digest.
fn runs(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
    let mut at = SHORTEST - 1;
    std::iter::from_fn(move || {
        while at < text.len() {
            // Every run that is long enough has a byte here.
            if !is_digit(at) {
                at += SHORTEST;
                continue;
            }
            let start = (0..at).rev().take_while(|before| is_digit(*before)).last().unwrap_or(at);
            let end = (at..text.len()).find(|after| !is_digit(*after)).unwrap_or(text.len());
            at = end + SHORTEST;
            if DIGITS.contains(&(end - start)) {
                return Some((start, end));
            }
        }
        None
    })
}

/// The hash of a digest in hexadecimal, and how many bytes it has.
fn digest(digits: &[u8]) -> Option<(u64, u8)> {
    let bytes = hex::decode(digits).ok()?;
    Some((name_hash(&bytes), lines::length(&bytes)))
}

#[cfg(test)]
mod tests;
