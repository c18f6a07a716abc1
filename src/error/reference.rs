//! What is wrong with what the user typed.

use super::names::Names;
use crate::finding::coded;
use crate::reference::Unnamed;

impl Unnamed {
    /// All codes there are, in the order of the variants.
    pub(super) const CODES: &[&str] = &["reference-empty", "reference-without-path", "reference-without-name"];

    /// What it is called by programs: the same for good, whatever the words are.
    pub const fn code(&self) -> &'static str {
        match self {
            Unnamed::Empty => Unnamed::CODES[0],
            Unnamed::NoPath => Unnamed::CODES[1],
            Unnamed::NoName => Unnamed::CODES[2],
        }
    }
}

coded! {
    /// Why a reference chooses none of the images where it leads, or several.
    pub enum Unchosen {
        /// An archive holds several; their names.
        "choice-several-in-archive" SeveralInArchive(Names),
        /// A layout holds several; what they can be chosen by.
        "choice-several-in-layout" SeveralInLayout(Names),
        /// Nothing is at the position.
        "choice-no-position" NoPosition {
            /// As typed, `@N`.
            image: String,
            /// How many images there are.
            count: usize,
            /// Whether that is what a layout names; else what an archive holds.
            layout: bool,
        },
        /// No image of an archive has the name; the names that they have.
        "choice-unknown-name" UnknownName(Names),
        /// No image of a layout has the tag; what they can be chosen by.
        "choice-unknown-tag" UnknownTag(Names),
        /// Several images of an archive have the name.
        "choice-ambiguous-name" AmbiguousName,
        /// Several images of a layout have the tag; their digests.
        "choice-ambiguous-tag" AmbiguousTag(Names),
        /// Another image has the full name of the one of this digest, too.
        "choice-shared-name" SharedName(String),
        /// A directory of the dir transport has no tags.
        "choice-tag-of-directory" TagOfDirectory,
        /// This cannot be the name of an image.
        "choice-no-name" NoName,
        /// The name begins with a dash.
        "choice-dash" Dash,
        /// It is no image in a registry, and evidence is kept nowhere else.
        "choice-no-registry" NoRegistry,
        /// A login is for one registry, and the images are in two.
        "choice-login" Login {
            /// Of the image.
            registry: String,
            /// Of the other image.
            other: String,
        },
        /// The engine has no such image.
        "choice-unknown-to-engine" UnknownToEngine {
            /// Where the engine is.
            endpoint: String,
            /// The image as it was asked for.
            image: String,
            /// What the engine says, if anything.
            said: Option<String>,
        },
    }
}
