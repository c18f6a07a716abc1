//! What stands at the paths of a run.

/// What stands at a path of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Directory,
    Symlink,
    /// Made to the entry of this record, or to something below the run.
    Hardlink(Option<u64>),
    Whiteout,
    Other,
}

/// Where the node of a path is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) layer: u32,
    pub(super) ordinal: u64,
    pub(super) record: u64,
    pub(super) stands: Stands,
}
