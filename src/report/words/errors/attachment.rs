//! Evidence that cannot be read or put beside an image.

use std::fmt::{self, Display, Formatter};

use crate::error::Unattached;

impl Display for Unattached {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unattached::NoUpload => f.write_str("the registry does not say where an upload goes"),
            Unattached::UploadHost => {
                f.write_str("the registry sends an upload to another host that is not reached over https")
            }
            Unattached::Unwritten(said) => f.write_str(said),
            Unattached::Unlisted(digest) => {
                write!(f, "the registry took {digest}, and does not list it beside the image")
            }
            Unattached::NoList => f.write_str("what is under the tag for its list is no image index"),
            Unattached::ListFull(most) => {
                write!(f, "there are {most} referrers, and no more are added (see --limit index-descriptors)")
            }
            Unattached::NotOfCosign(tag) => {
                write!(f, "what is under the tag {tag} is not what cosign writes there")
            }
            Unattached::CosignDigest => f.write_str("cosign's tags are for images with a SHA-256 digest"),
            Unattached::CosignFull(tag, most) => {
                write!(f, "the tag {tag} has {most} attestations, and no more are read")
            }
            Unattached::Contended(tag, times) => {
                write!(f, "others change the tag {tag} at the same time, {times} times over")
            }
            Unattached::SearchTime(seconds) => {
                write!(f, "looking for evidence took more than {seconds} s (see --limit evidence-seconds)")
            }
            Unattached::SearchCount(most) => {
                write!(f, "more than {most} things beside the image may be evidence (see --limit evidence-count)")
            }
            Unattached::SearchSize(most) => {
                write!(f, "what may be evidence has more than {most} bytes (see --limit evidence-bytes)")
            }
        }
    }
}
