//! What keeps a place from being looked at, in a sentence that names no side.

mod archive;
mod blob;
mod compression;
mod image;
mod json;
mod tar;

use std::fmt::{self, Display, Formatter};

use crate::finding::{Detail, Object, Obstacle};

impl Display for Detail {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Detail::Of(object, detail) => write!(f, "{object}: {detail}"),
            Detail::Blob(problem) => write!(f, "{problem}"),
            Detail::Stream(problem) => write!(f, "{problem}"),
            Detail::Gzip(problem) => write!(f, "{problem}"),
            Detail::Zstd(problem) => write!(f, "{problem}"),
            Detail::Tar(problem) => write!(f, "{problem}"),
            Detail::Zip(problem) => write!(f, "{problem}"),
            Detail::Ar(problem) => write!(f, "{problem}"),
            Detail::Archive(problem) => write!(f, "{problem}"),
            Detail::Json(problem) => write!(f, "{problem}"),
            Detail::Layer(problem) => write!(f, "{problem}"),
            Detail::Document(problem) => write!(f, "{problem}"),
            Detail::Comparison(problem) => write!(f, "{problem}"),
            Detail::Explanation(problem) => write!(f, "{problem}"),
            Detail::Work(problem) => write!(f, "{problem}"),
            Detail::Entry { name, obstacle } => entry(name.as_ref(), *obstacle, f),
            Detail::NoForm { name, twice: true } => {
                write!(
                    f,
                    "no canonical digest: the entry \"{name}\" is there twice, and claims are made of one of the two"
                )
            }
            Detail::NoForm { name, twice: false } => {
                write!(f, "no canonical digest: the entry \"{name}\" does not hold what claims are made of")
            }
        }
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Object::Blob(digest) => write!(f, "blob {digest}"),
            Object::Layer(diff_id) => write!(f, "layer {diff_id}"),
            Object::UnnamedLayer => f.write_str("a layer without a digest"),
            Object::EntryAt(offset) => write!(f, "the entry at offset {offset}"),
        }
    }
}

fn entry(name: Option<&(String, bool)>, obstacle: Obstacle, f: &mut Formatter<'_>) -> fmt::Result {
    match name {
        Some((name, cut)) => {
            let more = if *cut { "…" } else { "" };
            write!(f, "the entry \"{name}{more}\" {}", of_named(obstacle))?;
        }
        None => f.write_str(of_unnamed(obstacle))?,
    }
    if let Obstacle::Type(flag, more) = obstacle {
        write!(f, " 0x{flag:02x}")?;
        if more > 0 {
            write!(f, ", as have {more} others")?;
        }
    }
    f.write_str(": not every runtime can unpack it")
}

const fn of_named(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::NotADirectory => "is below something that is no directory",
        Obstacle::Dangling => "is below a symlink to nothing",
        Obstacle::Loop => "is below a symlink that leads back to itself",
        Obstacle::TooLong => "is longer than any system takes",
        Obstacle::LinkToReplaced => "links to what it replaces",
        Obstacle::LinkToNoFile => "links to what is no file",
        Obstacle::LinkToNothing => "links to what is not there",
        Obstacle::LinkToDirectory => "links to a directory",
        Obstacle::Type(..) => "has the type",
    }
}

const fn of_unnamed(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::NotADirectory => "an entry below something that is no directory",
        Obstacle::Dangling => "an entry below a symlink to nothing",
        Obstacle::Loop => "an entry below a symlink that leads back to itself",
        Obstacle::TooLong => "a path longer than any system takes",
        Obstacle::LinkToReplaced => "a hard link to what it replaces",
        Obstacle::LinkToNoFile => "a hard link to what is no file",
        Obstacle::LinkToNothing => "a hard link to what is not there",
        Obstacle::LinkToDirectory => "a hard link to a directory",
        Obstacle::Type(..) => "an entry has the type",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{
        BadGzip, BadGzipHeader, BadJson, BadSyntax, Overdone, Uncompared, Unexplainable, Unfit, Unread,
    };

    #[test]
    fn codes_become_sentences() {
        let rows: [(Detail, &str); 13] = [
            (
                Detail::from(BadGzip::Header { offset: 7, problem: BadGzipHeader::Flags(0xe0) }),
                "the gzip header has reserved flags (0xe0) at offset 7",
            ),
            (BadJson::At { at: 7, problem: BadSyntax::Value }.into(), "at byte 7 there is no JSON value"),
            (
                Detail::from(Unfit::NoIndex).of(Object::Blob("x".to_owned())),
                "blob x: the descriptor says that it is an index, and it is not",
            ),
            (
                Detail::from(Unread::Bytes(7)).of(Object::Layer("x".to_owned())),
                "layer x: it has more than 7 uncompressed bytes (see --limit layer-bytes)",
            ),
            (
                Uncompared::Waiting(7).into(),
                "more than 7 entries have no counterpart in order (see --limit pending-entries)",
            ),
            (
                Unexplainable::Trees(Box::new(Unread::Directories.into())).into(),
                "the merged trees cannot be looked at: its entries are in more directories than are looked at",
            ),
            (
                Overdone::Files { count: 1, together: false, limit: "decoded-bytes" }.into(),
                "1 file is compared as bytes alone: looking into it costs too much (see --limit decoded-bytes)",
            ),
            (
                Overdone::Files { count: 2, together: true, limit: "decoded-bytes" }.into(),
                "2 files are compared as bytes alone: all that looking into files of these layers may cost is spent (see --limit decoded-bytes)",
            ),
            (Detail::here(Obstacle::Type(b'7', 0)), "an entry has the type 0x37: not every runtime can unpack it"),
            (
                Detail::here(Obstacle::Type(b'7', 2)),
                "an entry has the type 0x37, as have 2 others: not every runtime can unpack it",
            ),
            (Detail::here(Obstacle::TooLong), "a path longer than any system takes: not every runtime can unpack it"),
            (
                Detail::Entry { name: Some(("a".to_owned(), true)), obstacle: Obstacle::LinkToNoFile },
                "the entry \"a…\" links to what is no file: not every runtime can unpack it",
            ),
            (
                Detail::NoForm { name: "a".to_owned(), twice: false },
                "no canonical digest: the entry \"a\" does not hold what claims are made of",
            ),
        ];
        for (detail, sentence) in rows {
            assert_eq!(detail.to_string(), sentence);
        }
    }
}
