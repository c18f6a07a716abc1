//! Directories that are not used as a cache.

use std::fmt::{self, Display, Formatter};

use crate::error::Unkept;

impl Display for Unkept {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unkept::Link(path) => write!(f, "{path}: is a symbolic link")?,
            Unkept::LinkOfAnother(path) => write!(f, "{path}: is a symbolic link of another user")?,
            Unkept::Owner(path, uid) => write!(f, "{path}: belongs to another user (uid {uid})")?,
            Unkept::Writable(path) => write!(f, "{path}: others can write to it (chmod go-w changes that)")?,
            Unkept::Unusable(path, error) => return write!(f, "{path}: no blobs can be kept there: {error}"),
            Unkept::Missing(path) => return write!(f, "{path}: there is no cache"),
        }
        f.write_str(", so it is not used as a cache; --cache-dir names another, --no-cache does without")
    }
}
