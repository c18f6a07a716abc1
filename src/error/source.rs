//! What is wrong with what is there: directories and archives, engines and registries.

use super::cache::Unkept;
use super::engine::{Hint, Unexported};
use super::file::{FileKind, Unread};
use super::registry::Unfetched;
use crate::finding::{Detail, coded};

coded! {
    /// Why an archive is not read.
    pub enum NoArchive {
        /// An archive of no bytes.
        "archive-empty" Empty,
        /// It is compressed in this way, which is not read.
        "archive-compression" Compression(String),
        /// The archive is broken.
        "archive-broken" Broken {
            /// Whether it is compressed, and broken inside.
            compressed: bool,
            /// What its reader says.
            problem: Box<Detail>,
        },
        /// It is no tar archive.
        "archive-not-tar" NotTar {
            /// Whether it is compressed, and the rest said of what is inside.
            compressed: bool,
            /// Its first bytes.
            start: Vec<u8>,
        },
        /// A tar archive without an image: its first members.
        "archive-without-image" WithoutImage(Vec<String>),
        /// The archive describes its images twice, and not alike.
        "archive-disagreement" Disagreement,
        /// No archive of `docker save`: it has no `manifest.json`.
        "archive-without-manifest-json" WithoutManifestJson,
        /// `manifest.json` gives one name to several images.
        "archive-name-twice" NameTwice,
        /// The config of this name is not in the archive.
        "archive-config-missing" ConfigMissing(String),
        /// The config has another number of diff IDs than `manifest.json` has of layers: the two.
        "archive-layers" Layers(usize, usize),
    }
}

coded! {
    /// Why a directory is not read.
    pub enum NoDirectory {
        /// A directory with a `manifest.json` that can be several things.
        "directory-ambiguous" Ambiguous,
        /// A directory without an image.
        "directory-without-image" WithoutImage,
        /// No directory of the dir transport: it has no `manifest.json`.
        "directory-without-manifest" WithoutManifest,
        /// A directory of the dir transport of another version: what it says.
        "directory-version" Version(String),
        /// No image layout: it has no `index.json`.
        "layout-without-index" LayoutWithoutIndex,
        /// An image layout of another version.
        "layout-version" LayoutVersion(String),
        /// `index.json` names more than so many manifests.
        "layout-too-many-manifests" TooManyManifests(usize),
        /// `index.json` describes this digest twice and differently.
        "layout-described-twice" DescribedTwice(String),
        /// The data that `index.json` has of this digest is not what it says.
        "layout-embedded-data" EmbeddedData(String),
    }
}

coded! {
    /// Why there is no image that can be read where a reference leads.
    pub enum Unopened {
        /// Nothing is there.
        "source-not-found" NotFound,
        /// Nothing is there, and the text is an address: the name of the image in it.
        "source-address" Address(String),
        /// It is no directory.
        "source-not-a-directory" NotADirectory(FileKind),
        /// A document has more than so many bytes: its name.
        "source-document-size" DocumentSize(String, u64),
        /// A document is malformed: its name, and what its reader says.
        "source-document-malformed" Malformed(String, String),
        /// The config of the image is malformed: what its reader says.
        "source-config-malformed" ConfigMalformed(String),
        /// The document of this name names no image.
        "source-no-images" NoImages(String),
        /// The image has more layers than are read: how many, and how many may be.
        "source-too-many-layers" TooManyLayers(usize, usize),
        ; around
        /// The archive is not read.
        Archive {
            /// Why.
            problem: NoArchive,
        },
        /// The directory is not read.
        Directory {
            /// Why.
            problem: NoDirectory,
        },
        /// The file that was named is not read.
        File {
            /// Why.
            problem: Unread,
        },
        /// What an engine exported holds no image that can be read.
        Export {
            /// Why.
            problem: Box<Unopened>,
        },
        /// Something else can be done.
        Hinted {
            /// What that is.
            hint: Hint,
            /// Why it may be worth it.
            problem: Box<Unopened>,
        },
        /// The engine did not hand it out.
        Engine {
            /// Why.
            problem: Box<Unexported>,
        },
        /// The registry did not hand it out.
        Registry {
            /// Whether the text could have been the name of a file, and there is none.
            no_file: bool,
            /// Why.
            problem: Box<Unfetched>,
        },
        /// Blobs cannot be kept where the user wants them kept.
        Cache {
            /// Why.
            problem: Unkept,
        },
        /// A file of the image is not read.
        Part {
            /// Its name.
            name: String,
            /// Why.
            problem: Unread,
        },
    }
}

impl Unopened {
    /// The same, with what else can be done.
    pub(crate) fn with(self, hint: Hint) -> Self {
        Unopened::Hinted { hint, problem: Box::new(self) }
    }

    /// The same of what an engine exported.
    pub(crate) fn exported(self) -> Self {
        Unopened::Export { problem: Box::new(self) }
    }
}

impl From<Unread> for Unopened {
    fn from(problem: Unread) -> Self {
        Unopened::File { problem }
    }
}

impl From<Unexported> for Unopened {
    fn from(problem: Unexported) -> Self {
        Unopened::Engine { problem: Box::new(problem) }
    }
}

impl From<Unfetched> for Unopened {
    fn from(problem: Unfetched) -> Self {
        Unopened::Registry { no_file: false, problem: Box::new(problem) }
    }
}

impl From<Unkept> for Unopened {
    fn from(problem: Unkept) -> Self {
        Unopened::Cache { problem }
    }
}

impl From<NoArchive> for Unopened {
    fn from(problem: NoArchive) -> Self {
        Unopened::Archive { problem }
    }
}

impl From<NoDirectory> for Unopened {
    fn from(problem: NoDirectory) -> Self {
        Unopened::Directory { problem }
    }
}
