//! What is in the way of reading, comparing and explaining the parts of an image.

use std::fmt::{self, Display, Formatter};

use crate::finding::{Overdone, Uncompared, Unexplainable, Unfit, Unread};

impl Display for Unread {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
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
}

impl Display for Unfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
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
            Unfit::Depth(most) => {
                write!(f, "indexes are nested more than {most} levels deep (see --limit index-depth)")
            }
            Unfit::Bytes(most) => {
                write!(f, "the JSON document has more than {most} bytes (see --limit document-bytes)")
            }
            Unfit::AttestationBytes(most) => {
                write!(f, "the attestations up to it have more than {most} bytes (see --limit attestation-bytes)")
            }
        }
    }
}

impl Display for Uncompared {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
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
}

impl Display for Unexplainable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
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
}

impl Display for Overdone {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
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
}
