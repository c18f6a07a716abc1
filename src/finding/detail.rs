//! Why a place could not be looked at, as codes with arguments. What they read like is said in `report`.

/// Why a place could not be looked at: by the part of the program that gave up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Detail {
    /// What a source or the reader of a format says, in its own words.
    Said(String),
    /// Something about an object, which is named first: a blob, a layer.
    Of(String, Box<Detail>),
    /// Reading a layer.
    Layer(Unread),
    /// Reading a document.
    Document(Unfit),
    /// Comparing layers.
    Comparison(Uncompared),
    /// Explaining what was found.
    Explanation(Unexplainable),
    /// Work that is bounded as a whole.
    Work(Overdone),
    /// An entry that not every runtime can unpack.
    Entry {
        /// Its name and whether that is cut off; absent where the gap is at its path.
        name: Option<(String, bool)>,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// An entry of which no canonical form can be made.
    NoForm {
        /// Its name.
        name: String,
        /// Whether it is there twice; else it does not hold what claims are made of.
        twice: bool,
    },
}

/// Why a layer could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unread {
    /// The image has no layer of this number.
    NotThere(u32),
    /// A temporary file could not be written or read back: what the system says.
    NoRoom(String),
    /// A thread could not be started: what the system says.
    NoThread(String),
    /// A thread ended without a result.
    ThreadDied,
    /// More uncompressed bytes than this.
    Bytes(u64),
    /// More uncompressed bytes than this, and more than so many for each stored one.
    Expansion(u64, u64),
    /// The diff ID that the bytes have, and the one that the config gives.
    DiffId(String, String),
    /// A whiteout by this name hides nothing.
    HidesNothing(String),
    /// An entry by this name is the same as another one where case does not count.
    FoldedName(String),
    /// An entry of the layer of this number is the same as one of a layer below where case does not count.
    FoldedLayers(u32),
    /// Entries in more directories than are looked at.
    Directories,
}

/// Why a document of an image is not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unfit {
    /// It is neither a manifest nor an index.
    Unknown,
    /// A descriptor calls it an index, and it is none.
    NoIndex,
    /// It calls itself something else than its descriptor does.
    MediaType,
    /// Its schema version.
    SchemaVersion(u64),
    /// The number of layers in the manifest and of diff IDs in the config.
    LayersAndDiffIds(usize, usize),
    /// An index of more than so many descriptors.
    Descriptors(usize),
    /// Indexes nested deeper than this.
    Depth(usize),
    /// More bytes than this.
    Bytes(u64),
    /// The attestations up to it have more bytes than this.
    AttestationBytes(u64),
}

/// Why layers could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Uncompared {
    /// More than so many entries without a counterpart in order.
    Waiting(usize),
    /// A tree of more than so many entries.
    Entries(usize),
    /// Entries in more directories than are looked at.
    Directories,
    /// More than so many hard links to what the layer does not hold before them.
    HardLinks(usize),
    /// An entry by this name goes elsewhere than that says.
    Elsewhere(String),
    /// Entries of later layers go through the symlink at this path.
    Symlink(String),
}

/// Why claims could not be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unexplainable {
    /// A hard link leads into layers that could not be read together.
    HardLink,
    /// The merged trees cannot be looked at: why.
    Trees(Box<Detail>),
    /// More names below a directory, or in groups of hard links, than are looked at.
    TreeNames,
    /// More paths than this to be looked up in the merged trees.
    TreePaths(usize),
}

/// What would cost more than is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Overdone {
    /// More findings of entries than a pair of layers may have.
    Findings(u64),
    /// Files were compared as bytes alone.
    Files {
        /// How many.
        count: u64,
        /// Whether they were too much together, and not one by one.
        together: bool,
        /// The limit that says so.
        limit: &'static str,
    },
}

/// What is in the way of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Obstacle {
    /// Something above it is no directory.
    NotADirectory,
    /// A symlink above it leads nowhere.
    Dangling,
    /// A symlink above it leads back to itself.
    Loop,
    /// Its path is longer than any system takes.
    TooLong,
    /// It is a hard link to what it replaces.
    LinkToReplaced,
    /// It is a hard link to what is no file.
    LinkToNoFile,
    /// It is a hard link to what is not there.
    LinkToNothing,
    /// It is a hard link to a directory.
    LinkToDirectory,
    /// Its typeflag, and how many others of its layer have such.
    Type(u8, u64),
}

impl Detail {
    /// The same about an object, by its name.
    #[must_use]
    pub(crate) fn of(self, object: impl Into<String>) -> Self {
        Detail::Of(object.into(), Box::new(self))
    }

    /// What is in the way of the entry at the place of the gap.
    pub(crate) const fn here(obstacle: Obstacle) -> Self {
        Detail::Entry { name: None, obstacle }
    }
}

macro_rules! part_of_detail {
    ($($part:ty => $variant:ident),* $(,)?) => {
        $(impl From<$part> for Detail {
            fn from(part: $part) -> Self {
                Detail::$variant(part)
            }
        })*
    };
}

part_of_detail! {
    String => Said,
    Unread => Layer,
    Unfit => Document,
    Uncompared => Comparison,
    Unexplainable => Explanation,
    Overdone => Work,
}

impl From<&str> for Detail {
    fn from(said: &str) -> Self {
        Detail::Said(said.to_owned())
    }
}
