//! What keeps evidence from being read or put beside an image in its registry.

use crate::finding::coded;

coded! {
    /// Why what belongs beside an image of a registry could not be read or put there.
    pub enum Unattached {
        /// The registry does not say where an upload goes.
        "attachment-upload" NoUpload,
        /// It sends an upload to another host that is not reached over https.
        "attachment-upload-host" UploadHost,
        /// A manifest or the list of those cannot be written: why.
        "attachment-unwritten" Unwritten(String),
        /// The registry took the artifact of this digest, and does not list it.
        "attachment-unlisted" Unlisted(String),
        /// The list under its tag is no image index.
        "attachment-list" NoList,
        /// The list has so many referrers already.
        "attachment-list-full" ListFull(usize),
        /// What is under this tag of cosign is not what cosign writes there.
        "attachment-cosign" NotOfCosign(String),
        /// The image has no digest for which cosign has a tag.
        "attachment-cosign-digest" CosignDigest,
        /// This tag of cosign has so many attestations already.
        "attachment-cosign-full" CosignFull(String, usize),
        /// Others changed this tag at the same time, so many times over.
        "attachment-contended" Contended(String, u32),
        /// Looking for evidence took more than so many seconds.
        "attachment-late" SearchTime(u64),
        /// More than so many things may be evidence.
        "attachment-number" SearchCount(usize),
        /// What may be evidence has more than so many bytes.
        "attachment-size" SearchSize(u64),
    }
}
