//! References that name nothing, or not one image.

use std::fmt::{self, Display, Formatter};

use crate::error::{Names, Unchosen};
use crate::reference::{ReferenceError, Unnamed};

impl Display for ReferenceError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reference, self.problem)
    }
}

impl Display for Unnamed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unnamed::Empty => "an empty reference names no image",
            Unnamed::NoPath => "the transport is to be followed by a path",
            Unnamed::NoName => "the transport is to be followed by the name of an image",
        })
    }
}

impl Display for Unchosen {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unchosen::SeveralInArchive(names) => {
                write!(f, "several images; choose one with :NAME:TAG or :@N; their names: {names}")
            }
            Unchosen::SeveralInLayout(names) => {
                write!(f, "several images; choose one with :TAG, @N or @DIGEST; {}", tags(names))
            }
            Unchosen::NoPosition { image, count, layout } => {
                let holder = if *layout { "index.json names" } else { "the archive holds" };
                write!(f, "there is no image {image}, {holder} {count}, from @0")
            }
            Unchosen::UnknownName(names) => write!(f, "no image has this name; their names: {names}"),
            Unchosen::UnknownTag(names) => write!(f, "no image has this tag; {}", tags(names)),
            Unchosen::AmbiguousName => f.write_str("several images have this name; choose one with :@N, from @0"),
            Unchosen::AmbiguousTag(digests) => {
                write!(f, "several images have this tag; choose by @DIGEST: {digests}")
            }
            Unchosen::SharedName(digest) => {
                write!(f, "another image has the same full name; choose by @DIGEST: {digest}")
            }
            Unchosen::TagOfDirectory => f.write_str("a directory of the dir transport holds one image, without a tag"),
            Unchosen::NoName => f.write_str("this is not the name of an image"),
            Unchosen::NoRegistry => f.write_str(
                "is no image in a registry, which alone keep evidence beside an image: write docker://HOST/NAME",
            ),
            Unchosen::Dash => f.write_str("the name of an image does not start with a dash"),
            Unchosen::Login { registry, other } => write!(
                f,
                "a login with --username is for one registry, and the other image is in {other}; docker login {registry} keeps one for each"
            ),
            Unchosen::UnknownToEngine { endpoint, image, said } => {
                write!(f, "the engine at {endpoint} has no image {image}")?;
                said.as_ref().map_or(Ok(()), |said| write!(f, ": {said}"))
            }
        }
    }
}

fn tags(names: &Names) -> String {
    if names.digests { format!("none has a tag, the digests are: {names}") } else { format!("the tags are: {names}") }
}
