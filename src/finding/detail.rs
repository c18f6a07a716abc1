//! Why a place could not be looked at, as codes with arguments. What they read like is said in `report`.

mod archive;
mod blob;
mod compression;
mod file;
mod image;
mod json;
mod tar;

pub use archive::{BadAr, BadArchive, BadZip};
pub use blob::BadBlob;
pub use compression::{BadGzip, BadGzipHeader, BadStream, BadZstd};
pub use file::{FileKind, UnreadFile};
pub use image::{Obstacle, Overdone, Uncompared, Unexplainable, Unfit, Unread};
pub use json::{BadJson, BadSyntax, BadValue, Listed};
pub use tar::{BadRecord, BadTar, TarPart};

/// Why a place could not be looked at: by the part of the program that gave up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Detail {
    /// Something about an object, which is named first.
    Of(Object, Box<Detail>),
    /// Getting the bytes of a blob.
    Blob(BadBlob),
    /// Decompressing, whatever the format.
    Stream(BadStream),
    /// Decompressing gzip members.
    Gzip(BadGzip),
    /// Decompressing zstd frames.
    Zstd(BadZstd),
    /// Reading a tar archive.
    Tar(BadTar),
    /// Reading a zip archive.
    Zip(BadZip),
    /// Reading an archive of `ar`.
    Ar(BadAr),
    /// Looking for what an archive of images holds.
    Archive(BadArchive),
    /// Reading JSON.
    Json(BadJson),
    /// Reading a layer.
    Layer(Unread),
    /// Reading a document.
    Document(Unfit),
    /// Comparing layers.
    Comparison(Uncompared),
    /// Explaining what was found.
    Explanation(Unexplainable),
    /// Work that is bounded as a whole.
    Work(Overdone),
    /// An entry that not every runtime can unpack.
    Entry {
        /// Its name and whether that is cut off; absent where the gap is at its path.
        name: Option<(String, bool)>,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// An entry of which no canonical form can be made.
    NoForm {
        /// Its name.
        name: String,
        /// Whether it is there twice; else it does not hold what claims are made of.
        twice: bool,
    },
}

/// What something is said about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Object {
    /// The blob of this digest.
    Blob(String),
    /// The layer of this diff ID.
    Layer(String),
    /// A layer of which no digest is known.
    UnnamedLayer,
    /// The entry whose headers begin at this offset of an archive.
    EntryAt(u64),
}

/// The code of [`Detail::NoForm`] for what is there twice.
const FORM_TWICE: &str = "form-entry-repeated";
/// The code of [`Detail::NoForm`] for what holds something else.
const FORM_OTHER: &str = "form-entry";

impl Detail {
    /// What it is called by programs: the same for good, whatever the words are.
    pub fn code(&self) -> &'static str {
        match self {
            Detail::Of(_, detail) => detail.code(),
            Detail::Blob(problem) => problem.code(),
            Detail::Stream(problem) => problem.code(),
            Detail::Gzip(problem) => problem.code(),
            Detail::Zstd(problem) => problem.code(),
            Detail::Tar(problem) => problem.code(),
            Detail::Zip(problem) => problem.code(),
            Detail::Ar(problem) => problem.code(),
            Detail::Archive(problem) => problem.code(),
            Detail::Json(problem) => problem.code(),
            Detail::Layer(problem) => problem.code(),
            Detail::Document(problem) => problem.code(),
            Detail::Comparison(problem) => problem.code(),
            Detail::Explanation(problem) => problem.code(),
            Detail::Work(problem) => problem.code(),
            Detail::Entry { obstacle, .. } => obstacle.code(),
            Detail::NoForm { twice: true, .. } => FORM_TWICE,
            Detail::NoForm { twice: false, .. } => FORM_OTHER,
        }
    }

    /// All codes that gaps can have, in the order in which they are declared; those of files that are not read are codes
    /// of errors too, and not among them.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        let all = [
            BadBlob::CODES,
            BadStream::CODES,
            BadGzip::CODES,
            BadGzipHeader::CODES,
            BadZstd::CODES,
            BadTar::CODES,
            BadZip::CODES,
            BadAr::CODES,
            BadArchive::CODES,
            BadJson::CODES,
            BadSyntax::CODES,
            BadValue::CODES,
            Unread::CODES,
            Unfit::CODES,
            Uncompared::CODES,
            Unexplainable::CODES,
            Overdone::CODES,
            Obstacle::CODES,
            &[FORM_TWICE, FORM_OTHER],
        ];
        all.into_iter().flatten().copied()
    }

    /// The same about an object.
    #[must_use]
    pub(crate) fn of(self, object: Object) -> Self {
        Detail::Of(object, Box::new(self))
    }

    /// What is in the way of the entry at the place of the gap.
    pub(crate) const fn here(obstacle: Obstacle) -> Self {
        Detail::Entry { name: None, obstacle }
    }
}

macro_rules! part_of_detail {
    ($($part:ty => $variant:ident),* $(,)?) => {
        $(impl From<$part> for Detail {
            fn from(part: $part) -> Self {
                Detail::$variant(part)
            }
        })*
    };
}

part_of_detail! {
    BadBlob => Blob,
    BadStream => Stream,
    BadGzip => Gzip,
    BadZstd => Zstd,
    BadTar => Tar,
    BadZip => Zip,
    BadAr => Ar,
    BadArchive => Archive,
    BadJson => Json,
    Unread => Layer,
    Unfit => Document,
    Uncompared => Comparison,
    Unexplainable => Explanation,
    Overdone => Work,
}
