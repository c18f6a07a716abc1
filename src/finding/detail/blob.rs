//! Why the bytes of a blob are not to be had.

use super::file::UnreadFile;
use crate::finding::coded;

coded! {
    /// Why a blob is not read. The first argument is its digest; none where it is named before.
    pub enum BadBlob {
        /// It is not there.
        "blob-missing" Missing(String),
        /// It is not handed out: what the system says, or whoever keeps it.
        "blob-refused" Refused(String, String),
        /// Reading it failed: what the system says, or whoever sends it.
        "blob-unreadable" Unreadable(Option<String>, String),
        /// It has more bytes than are read of a document: how many those are.
        "blob-document-bytes" DocumentBytes(String, u64),
        /// The number of bytes that it has, and the one by its descriptor.
        "blob-size" Size(Option<String>, u64, u64),
        /// Its bytes have this digest.
        "blob-digest" Digest(Option<String>, String),
        ; around
        /// It is held in a form that is not read.
        Held {
            /// The blob.
            blob: String,
            /// What was found.
            problem: UnreadFile,
        },
    }
}
