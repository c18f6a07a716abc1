//! What an entry of a layer is to a container runtime: where it goes, and what it hides.

use std::borrow::Cow;
use std::sync::Arc;

use super::path::{self, Whiteout};

pub use crate::codec::tar::{Entry, EntryType, Time};

/// The extended attribute of a directory's default access list, which what is made in it takes over (acl(5)).
pub const DEFAULT_ACCESS_LIST: &[u8] = b"system.posix_acl_default";

/// The notes by which overlayfs hides what the layers below have, or takes something else for it (Linux,
/// `Documentation/filesystems/overlayfs.rst`), behind `trusted.overlay.` or `user.overlay.`; runtimes unpack them.
const INSTRUCTIONS: [&[u8]; 6] = [b"opaque", b"redirect", b"metacopy", b"whiteout", b"whiteouts", b"xwhiteouts"];

impl Entry {
    /// Whether it tells overlayfs what to show of the layers below.
    pub fn instructs_overlayfs(&self) -> bool {
        let prefixes = [&b"trusted.overlay."[..], b"user.overlay."];
        let is_note = |note: &[u8]| INSTRUCTIONS.contains(&note);
        let mut names = self.xattrs.keys();
        names.any(|name| prefixes.iter().any(|prefix| name.strip_prefix(*prefix).is_some_and(is_note)))
    }

    /// Whether an extended attribute makes other entries something else than they are by themselves.
    pub fn acts_on_others(&self) -> bool {
        self.xattrs.contains_key(DEFAULT_ACCESS_LIST) || self.instructs_overlayfs()
    }

    /// The same entry without its raw bytes, and of its extended attributes only the first: what is kept many times.
    #[must_use]
    pub fn without_bulk(&self) -> Self {
        Entry {
            raw: Arc::from(&b""[..]),
            name: self.name.clone(),
            path: self.path.clone(),
            uname: self.uname.clone(),
            gname: self.gname.clone(),
            link_name: self.link_name.clone(),
            xattrs: self.xattrs.iter().take(1).map(|(name, value)| (name.clone(), value.clone())).collect(),
            sparse: self.sparse.clone(),
            ..*self
        }
    }

    /// Where it goes, as far as its name tells: cleaned, symlinks on the way not followed. Reports show
    /// [`Entry::path`], lookups go by this.
    pub fn place(&self) -> Arc<[u8]> {
        match path::clean(&self.path) {
            Cow::Borrowed(_) => self.path.clone(),
            Cow::Owned(path) => path.into(),
        }
    }

    /// The last component of the path.
    pub fn file_name(&self) -> &[u8] {
        path::file_name(&self.path)
    }

    /// The stored name of the directory it is in; empty for the root's children.
    pub fn parent(&self) -> &[u8] {
        path::parent(&self.path)
    }

    /// What it hides in the layers below (OCI image specification, layer.md, "Whiteouts").
    pub fn whiteout(&self) -> Option<Whiteout<'_>> {
        path::whiteout(&self.path)
    }

    /// Whether it has content of its own in the archive.
    pub const fn has_content(&self) -> bool {
        matches!(self.entry_type, EntryType::File | EntryType::Other(_))
    }
}

/// A name as reports show it: without leading `./` or `/` (repeated) and without trailing `/`, nothing else changed.
/// What it stands for is [`path::clean`]'s to say.
pub fn normalise(name: &[u8]) -> &[u8] {
    let mut rest = name;
    loop {
        rest = match rest {
            [b'/', tail @ ..] => tail,
            [b'.', b'/', tail @ ..] => tail,
            [b'.'] => &[],
            _ => break,
        };
    }
    while let [head @ .., b'/'] = rest {
        rest = head;
    }
    rest
}
#[cfg(test)]
impl Entry {
    /// An entry of root's, with nothing in it, for tests.
    pub(crate) fn empty(path: &str, entry_type: EntryType) -> Self {
        let none: Arc<[u8]> = Arc::default();
        Entry {
            ordinal: 0,
            offset: 0,
            raw: none.clone(),
            name: path.as_bytes().into(),
            path: path.as_bytes().into(),
            entry_type,
            mode: 0o644,
            uid: 0,
            gid: 0,
            uname: none.clone(),
            gname: none.clone(),
            mtime: Time::default(),
            atime: None,
            ctime: None,
            link_name: none,
            device: None,
            xattrs: std::collections::BTreeMap::new(),
            size: 0,
            sparse: None,
            contested: false,
        }
    }
}
