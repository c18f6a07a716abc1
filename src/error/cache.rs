//! Why a directory is not used as a cache.

use crate::finding::coded;

coded! {
    /// Why a directory is not used as a cache.
    pub enum Unkept {
        /// This path is a symbolic link.
        "cache-link" Link(String),
        /// This path is a symbolic link that another user made.
        "cache-link-of-another" LinkOfAnother(String),
        /// This directory belongs to another user, of that id.
        "cache-owner" Owner(String, u32),
        /// Others can write to this directory.
        "cache-writable" Writable(String),
        /// No blobs can be kept in this directory: what the system says.
        "cache-unusable" Unusable(String, String),
        /// There is no cache in this directory.
        "cache-missing" Missing(String),
    }
}

impl std::error::Error for Unkept {}
