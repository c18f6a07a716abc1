//! What keeps a place from being looked at, in a sentence that names no side.

use std::fmt;

use crate::finding::{Detail, Obstacle, Overdone, Uncompared, Unexplainable, Unfit, Unread};

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Detail::Said(words) => f.write_str(words),
            Detail::Of(object, detail) => write!(f, "{object}: {detail}"),
            Detail::Layer(detail) => unread(detail, f),
            Detail::Document(detail) => unfit(detail, f),
            Detail::Comparison(detail) => uncompared(detail, f),
            Detail::Explanation(detail) => unexplainable(detail, f),
            Detail::Work(detail) => overdone(detail, f),
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

fn unread(detail: &Unread, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match detail {
        Unread::NotThere(index) => write!(f, "there is no layer {index}"),
        Unread::NoRoom(error) => write!(f, "no room for a temporary file that the comparison needs: {error}"),
        Unread::NoThread(error) => write!(f, "no thread to read it with: {error}"),
        Unread::ThreadDied => f.write_str("its decoder ended without a result"),
        Unread::Bytes(most) => write!(f, "it has more than {most} uncompressed bytes (see --limit layer-bytes)"),
        Unread::Expansion(bytes, ratio) => write!(
            f,
            "it has more than {bytes} uncompressed bytes (see --limit expansion-bytes), and more than {ratio} for each of the stored ones (see --limit expansion-ratio)"
        ),
        Unread::DiffId(found, told) => {
            write!(f, "its uncompressed bytes have the digest {found}, the diff ID is {told}")
        }
        Unread::HidesNothing(name) => write!(f, "the entry \"{name}\" is a whiteout that names nothing to hide"),
        Unread::FoldedName(name) => {
            write!(f, "the entry \"{name}\" is one with another of the layer where case does not count")
        }
        Unread::FoldedLayers(layer) => {
            write!(f, "a name of layer {layer} is one with another of a layer below where case does not count")
        }
        Unread::Directories => f.write_str("its entries are in more directories than are looked at"),
    }
}

fn unfit(detail: &Unfit, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match detail {
        Unfit::Unknown => f.write_str("the document is neither an image manifest nor an image index"),
        Unfit::NoIndex => f.write_str("the descriptor says that it is an index, and it is not"),
        Unfit::MediaType => f.write_str("the manifest has another media type than its descriptor"),
        Unfit::SchemaVersion(version) => write!(f, "manifests of schema version {version} are not supported"),
        Unfit::LayersAndDiffIds(layers, diff_ids) => {
            write!(f, "the manifest has {layers} layers and the config {diff_ids} diff IDs")
        }
        Unfit::Descriptors(most) => {
            write!(f, "the index has more than {most} descriptors (see --limit index-descriptors)")
        }
        Unfit::Depth(most) => write!(f, "indexes are nested more than {most} levels deep (see --limit index-depth)"),
        Unfit::Bytes(most) => write!(f, "the JSON document has more than {most} bytes (see --limit document-bytes)"),
        Unfit::AttestationBytes(most) => {
            write!(f, "the attestations up to it have more than {most} bytes (see --limit attestation-bytes)")
        }
    }
}

fn uncompared(detail: &Uncompared, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match detail {
        Uncompared::Waiting(most) => {
            write!(f, "more than {most} entries have no counterpart in order (see --limit pending-entries)")
        }
        Uncompared::Entries(most) => {
            write!(f, "the tree of these layers has more than {most} entries (see --limit pending-entries)")
        }
        Uncompared::Directories => {
            f.write_str("the entries of these layers are in more directories than are looked at")
        }
        Uncompared::HardLinks(most) => {
            write!(f, "more than {most} hard links lead to what their own layer does not hold before them")
        }
        Uncompared::Elsewhere(name) => write!(f, "the entry \"{name}\" goes elsewhere than its name says"),
        Uncompared::Symlink(path) => write!(f, "entries of later layers go through the symlink \"{path}\""),
    }
}

fn unexplainable(detail: &Unexplainable, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match detail {
        Unexplainable::HardLink => {
            f.write_str("a hard link to a file of another layer: those layers could not be read together")
        }
        Unexplainable::Trees(why) => write!(f, "the merged trees cannot be looked at: {why}"),
        Unexplainable::TreeNames => {
            f.write_str("more names are below a directory, or in groups of hard links, than are looked at")
        }
        Unexplainable::TreePaths(most) => {
            write!(f, "more than {most} paths are to be looked up in the merged trees (see --limit tree-paths)")
        }
    }
}

fn overdone(detail: &Overdone, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match detail {
        Overdone::Findings(most) => {
            write!(f, "more than the {most} findings of entries that these layers may have (see --limit findings)")
        }
        Overdone::Files { count, together, limit } => {
            let files = if *count == 1 { "1 file is".to_owned() } else { format!("{count} files are") };
            let why = if *together {
                "all that looking into files of these layers may cost is spent"
            } else {
                "looking into it costs too much"
            };
            write!(f, "{files} compared as bytes alone: {why} (see --limit {limit})")
        }
    }
}

fn entry(name: Option<&(String, bool)>, obstacle: Obstacle, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

    #[test]
    fn codes_become_sentences() {
        let rows: [(Detail, &str); 12] = [
            ("in its own words".into(), "in its own words"),
            (
                Detail::from(Unfit::NoIndex).of("blob x"),
                "blob x: the descriptor says that it is an index, and it is not",
            ),
            (
                Detail::from(Unread::Bytes(7)).of("layer x"),
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
