//! What is in the way of reading, comparing and explaining the parts of an image.

use super::Detail;
use crate::finding::coded;

coded! {
    /// Why a layer could not be read.
    pub enum Unread {
        /// The image has no layer of this number.
        "layer-missing" NotThere(u32),
        /// A temporary file could not be written or read back: what the system says.
        "layer-temporary-file" NoRoom(String),
        /// A thread could not be started: what the system says.
        "layer-thread" NoThread(String),
        /// A thread ended without a result.
        "layer-decoder" ThreadDied,
        /// More uncompressed bytes than this.
        "layer-bytes" Bytes(u64),
        /// More uncompressed bytes than this, and more than so many for each stored one.
        "layer-expansion" Expansion(u64, u64),
        /// The diff ID that the bytes have, and the one that the config gives.
        "layer-diff-id" DiffId(String, String),
        /// A whiteout by this name hides nothing.
        "layer-whiteout" HidesNothing(String),
        /// An entry by this name is the same as another one where case does not count.
        "layer-folded-name" FoldedName(String),
        /// An entry of the layer of this number is the same as one of a layer below where case does not count.
        "layer-folded-layers" FoldedLayers(u32),
        /// Entries in more directories than are looked at.
        "layer-directories" Directories,
    }
}

coded! {
    /// Why a document of an image is not understood.
    pub enum Unfit {
        /// It is neither a manifest nor an index.
        "document-unknown" Unknown,
        /// A descriptor calls it an index, and it is none.
        "document-no-index" NoIndex,
        /// It calls itself something else than its descriptor does.
        "document-media-type" MediaType,
        /// Its schema version.
        "document-schema-version" SchemaVersion(u64),
        /// The number of layers in the manifest and of diff IDs in the config.
        "document-layers" LayersAndDiffIds(usize, usize),
        /// An index of more than so many descriptors.
        "document-descriptors" Descriptors(usize),
        /// Indexes nested deeper than this.
        "document-depth" Depth(usize),
        /// More bytes than this.
        "document-bytes" Bytes(u64),
        /// The attestations up to it have more bytes than this.
        "document-attestation-bytes" AttestationBytes(u64),
    }
}

coded! {
    /// Why layers could not be compared.
    pub enum Uncompared {
        /// More than so many entries without a counterpart in order.
        "comparison-waiting" Waiting(usize),
        /// A tree of more than so many entries.
        "comparison-entries" Entries(usize),
        /// Entries in more directories than are looked at.
        "comparison-directories" Directories,
        /// More than so many hard links to what the layer does not hold before them.
        "comparison-hard-links" HardLinks(usize),
        /// An entry by this name goes elsewhere than that says.
        "comparison-elsewhere" Elsewhere(String),
        /// Entries of later layers go through the symlink at this path.
        "comparison-symlink" Symlink(String),
    }
}

coded! {
    /// Why claims could not be made.
    pub enum Unexplainable {
        /// A hard link leads into layers that could not be read together.
        "explanation-hard-link" HardLink,
        /// The merged trees cannot be looked at: why.
        "explanation-trees" Trees(Box<Detail>),
        /// More names below a directory, or in groups of hard links, than are looked at.
        "explanation-tree-names" TreeNames,
        /// More paths than this to be looked up in the merged trees.
        "explanation-tree-paths" TreePaths(usize),
    }
}

coded! {
    /// What would cost more than is allowed.
    pub enum Overdone {
        /// More findings of entries than a pair of layers may have.
        "work-findings" Findings(u64),
        /// Files were compared as bytes alone.
        "work-files" Files {
            /// How many.
            count: u64,
            /// Whether they were too much together, and not one by one.
            together: bool,
            /// The limit that says so.
            limit: &'static str,
        },
    }
}

coded! {
    /// What is in the way of an entry.
    #[derive(Copy)]
    pub enum Obstacle {
        /// Something above it is no directory.
        "entry-below-file" NotADirectory,
        /// A symlink above it leads nowhere.
        "entry-dangling" Dangling,
        /// A symlink above it leads back to itself.
        "entry-loop" Loop,
        /// Its path is longer than any system takes.
        "entry-path-length" TooLong,
        /// It is a hard link to what it replaces.
        "entry-link-to-replaced" LinkToReplaced,
        /// It is a hard link to what is no file.
        "entry-link-to-no-file" LinkToNoFile,
        /// It is a hard link to what is not there.
        "entry-link-to-nothing" LinkToNothing,
        /// It is a hard link to a directory.
        "entry-link-to-directory" LinkToDirectory,
        /// Its typeflag, and how many others of its layer have such.
        "entry-type" Type(u8, u64),
    }
}
