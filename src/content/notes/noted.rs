//! What was found recorded, by the hashes of names and digests.

use crate::image::name_hash::name_hash;

/// What is remembered of one side: 64 MiB and 32 MiB.
const MOST: usize = 1 << 22;
/// Attributes of a file that hold a digest or a signature of its content (IMA and EVM of Linux; shatag and the like).
const ATTRIBUTES: [&str; 2] = ["security.ima", "security.evm"];
const DIGESTS_BY_USERS: [&str; 5] = ["sha", "md5", "hash", "sum", "verity"];

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
    pub(super) rows: Vec<Row>,
    /// Hashes of digests, whatever they are of.
    pub(super) digests: Vec<u64>,
    /// There is more than can be remembered: then anything may be recorded.
    pub(super) too_many: bool,
    /// Scripts that go by times of files: what they do is told by these.
    pub(super) scripts: Vec<Vec<u8>>,
}

impl Noted {
    /// Whether nothing is recorded.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.digests.is_empty() && self.scripts.is_empty() && !self.too_many
    }

    /// Adds what others record.
    pub fn extend(&mut self, other: Noted) {
        if self.is_empty() {
            *self = other;
            return;
        }
        self.rows.extend(other.rows);
        self.digests.extend(other.digests);
        self.scripts.extend(other.scripts);
        self.too_many |= other.too_many;
        self.bound();
    }

    /// Takes in an extended attribute of the file at a path: whether it says something of the content may show by its name
    /// alone, and what it says is not checked.
    pub fn attribute(&mut self, path: &[u8], name: &[u8], value: &[u8]) {
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let of_users = name.starts_with("user.") && DIGESTS_BY_USERS.iter().any(|part| name.contains(part));
        if of_users || ATTRIBUTES.contains(&&*name) {
            self.rows.push(Row { path: name_hash(path), digest: name_hash(value), length: 0 });
        }
    }

    pub(super) fn bound(&mut self) {
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

    /// What scripts alone tell.
    pub fn of_scripts(scripts: Vec<Vec<u8>>) -> Self {
        Noted { scripts, ..Noted::default() }
    }

    /// The paths of the scripts that go by times of files.
    pub fn scripts(&self) -> &[Vec<u8>] {
        &self.scripts
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
