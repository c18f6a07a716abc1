//! What files record of others: a time, and something else that changes with them.

/// What is recorded of a file or directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Seconds since 1970 modulo 2^32.
    pub seconds: u32,
    /// A file's size modulo 2^32, a directory's nanoseconds; absent where none is recorded.
    pub rest: Option<u32>,
}
