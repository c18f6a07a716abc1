//! Where bytes come from: the only module that reads inputs.
//!
//! A source hands out exact bytes and judges nothing: what it returns is unverified until it went through
//! [`crate::digest::VerifiedReader`].

mod access;
mod agreement;
mod archive;
mod bare_dir;
mod blob;
mod cache;
mod choice;
mod detect;
mod docker;
mod engine;
mod files;
#[cfg(test)]
mod fixture;
mod input;
mod layout;
mod members;
mod net;
pub mod progress;
mod registry;

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::digest::{Descriptor, Digest};
use crate::error::{Error, Unchosen, Unkept, Unopened, Unread};
use crate::limits::Limits;
use crate::reference::{Place, Reference, Remote, Transport};

pub use access::{Access, CacheChoice, Environment, Login, Secret};
pub use blob::{ReadError, read_blob};
pub use cache::{Cache, Kept, Pruned};
#[cfg(fuzzing)]
#[doc(hidden)]
pub use registry::fuzzing;
pub use registry::{Artifact, Attachments, Candidate, Embedded, Holder, Lookup, Moved, Purpose, Pushed};

use archive::Archive;
use choice::Refusal;
use detect::Found;
use engine::Engines;
use files::Folder;
use net::Net;
use registry::{Name, Registries};

/// The blobs of one image source, opened by digest.
pub trait Blobs: Send + Sync {
    /// Opens a blob at its start. Independent readers may be open at once, from any thread. Of the descriptor, files
    /// need the digest alone; a registry tells manifests from blobs by the media type.
    ///
    /// # Errors
    /// [`OpenError`]: what cannot be opened is a gap of the comparison, not the end of it.
    fn open(&self, blob: &Descriptor) -> Result<BlobReader, OpenError>;

    /// The manifests of artifacts whose `subject` is this manifest (OCI distribution specification, "Listing
    /// Referrers"), as far as the source knows of any without looking through all it holds.
    ///
    /// # Errors
    /// [`OpenError`] where the source has a list and it cannot be read.
    fn referrers(&self, subject: &Digest) -> Result<Vec<Descriptor>, OpenError> {
        let _ = subject;
        Ok(Vec::new())
    }
}

/// The unverified bytes of a blob, and what is to happen once they turn out to be the promised ones.
pub struct BlobReader {
    bytes: Box<dyn Read + Send>,
    keep: Option<Box<dyn FnOnce() + Send>>,
}

impl BlobReader {
    /// Reads a blob of which nothing is kept.
    pub fn new(bytes: impl Read + Send + 'static) -> Self {
        BlobReader { bytes: Box::new(bytes), keep: None }
    }

    /// Reads the same bytes through another reader.
    #[must_use]
    pub fn map<R: Read + Send + 'static>(self, through: impl FnOnce(Box<dyn Read + Send>) -> R) -> Self {
        BlobReader { bytes: Box::new(through(self.bytes)), keep: self.keep }
    }

    /// Calls `keep` once all bytes were read and verified, and never where they were not; after whatever is to be called
    /// then already.
    #[must_use]
    pub fn keeping(self, keep: impl FnOnce() + Send + 'static) -> Self {
        let earlier = self.keep;
        let all = move || {
            if let Some(earlier) = earlier {
                earlier();
            }
            keep();
        };
        BlobReader { bytes: self.bytes, keep: Some(Box::new(all)) }
    }

    /// Says that all bytes were read and have the size and digest of their descriptor.
    pub fn verified(self) {
        drop(self.bytes);
        if let Some(keep) = self.keep {
            keep();
        }
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer)
    }
}

/// Why a blob could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The source does not hold it.
    Missing(Digest),
    /// It is held in a form that is not read: a symbolic link, a device, a pipe.
    Unsupported {
        /// The blob.
        blob: Digest,
        /// What was found.
        problem: Unread,
    },
    /// The system's answer.
    Io {
        /// The blob.
        blob: Digest,
        /// The system's answer.
        source: io::Error,
    },
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::Io { source, .. } => Some(source),
            OpenError::Missing(_) | OpenError::Unsupported { .. } => None,
        }
    }
}

/// An image as its source holds it.
pub struct Opened {
    /// What the user typed.
    pub reference: String,
    /// What the reference resolved to.
    pub root: Root,
    /// The blobs behind it.
    pub blobs: Arc<dyn Blobs>,
}

/// What a reference resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    /// A manifest or an index.
    Descriptor(Descriptor),
    /// An image without a manifest, as in a `docker save` archive.
    Bare {
        /// The config blob; its digest is the image id.
        config: Descriptor,
        /// The layers' diff IDs, base first: what [`Blobs::open`] takes for them.
        layers: Vec<Digest>,
    },
}

/// The places that the images of one run come from.
///
/// Whatever a run reads from one of them more than once is the same each time: a tag is resolved once.
pub struct Sources {
    limits: Limits,
    registries: Registries,
    engines: Engines,
}

impl Sources {
    /// Sources for a run that is about these images. Nothing is read or contacted yet.
    ///
    /// # Errors
    /// [`Error::Choice`] where there is a login and it is not clear whose it is: the images are in several registries.
    pub fn new(access: &Access, limits: &Limits, references: &[&Reference]) -> Result<Self, Error> {
        if access.login.is_some() {
            check_login(references)?;
        }
        let net = Net::default();
        let engines = Engines::new(&access.environment, net.clone());
        Ok(Sources { limits: *limits, registries: Registries::new(access, limits, net), engines })
    }

    /// The tags that stand for another image than they did when this run opened them.
    pub fn moved(&self) -> Vec<Moved> {
        self.registries.moved()
    }

    /// Why the user's own cache was not used, where it was not for what others could do to it.
    pub fn unused_cache(&self) -> Option<&Unkept> {
        self.registries.unused_cache()
    }

    /// Opens the image that a reference names.
    ///
    /// Reads what it takes to choose the image (an index, an archive's headers) and no layer. One file may be opened any
    /// number of times.
    ///
    /// # Errors
    /// [`Error::Choice`] where the reference chooses none of the images there or several; [`Error::Source`] where
    /// there is no image that can be read.
    pub fn open(&self, reference: &Reference) -> Result<Opened, Error> {
        let opened = self.open_transport(&reference.transport).map_err(|refusal| refusal.of(&reference.typed))?;
        let (root, blobs) = opened;
        Ok(Opened { reference: reference.typed.clone(), root, blobs })
    }

    /// The image of a registry that a reference names, with what is beside it.
    ///
    /// # Errors
    /// [`Error::Choice`] where it is an image elsewhere, [`Error::Source`] or [`Error::Missing`] where there is none.
    pub fn attachments(&self, reference: &Reference, purpose: Purpose) -> Result<Attachments, Error> {
        let elsewhere = || Refusal::Choice(Unchosen::NoRegistry).of(&reference.typed);
        let name = match &reference.transport {
            Transport::Remote(Remote::Registry(name)) => name,
            Transport::Unspecified(text) if matches!(detect::find(text), Ok(Found::Name)) => text,
            _ => return Err(elsewhere()),
        };
        self.registries.attachments(name, purpose).map_err(|refusal| refusal.of(&reference.typed))
    }

    fn open_transport(&self, transport: &Transport) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
        let limits = &self.limits;
        match transport {
            Transport::Oci(Place { path, image }) => layout::open(Arc::new(folder(path)?), image.as_deref(), limits),
            Transport::OciArchive(Place { path, image }) => {
                agreement::open_layout(Arc::new(Archive::open(path, limits)?), image.as_deref(), limits)
            }
            Transport::DockerArchive(Place { path, image }) => {
                agreement::open_docker(Arc::new(Archive::open(path, limits)?), image.as_deref(), limits)
            }
            Transport::Dir(path) => bare_dir::open(Arc::new(folder(path)?), limits),
            Transport::Remote(Remote::Registry(name)) => self.registries.open(name),
            Transport::Remote(Remote::DockerDaemon(name)) => self.engines.docker_daemon(name, limits),
            Transport::Remote(Remote::ContainersStorage(name)) => self.engines.containers_storage(name, limits),
            Transport::Unspecified(text) => match detect::find(text)? {
                Found::Path(path, image) => detect::open(&path, image, limits),
                Found::Name => self.registries.open(text).map_err(Refusal::without_file),
            },
        }
    }
}

fn folder(path: &Path) -> Result<Folder, Unopened> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(Folder::new(path)),
        Ok(found) => Err(Unopened::NotADirectory(files::kind_of(found.file_type()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Unopened::NotFound),
        Err(error) => Err(Unread::System(error.to_string()).into()),
    }
}

/// A login is for one registry, and for nothing that another one may be.
fn check_login(references: &[&Reference]) -> Result<(), Error> {
    let mut first: Option<String> = None;
    for reference in references {
        let name = match &reference.transport {
            Transport::Remote(Remote::Registry(name)) => name,
            Transport::Unspecified(text) if matches!(detect::find(text), Ok(Found::Name)) => text,
            _ => continue,
        };
        let Ok(Name { registry, .. }) = Name::parse(name) else { continue };
        match &first {
            Some(other) if *other != registry => {
                let problem = Unchosen::Login { registry, other: other.clone() };
                return Err(Error::Choice { reference: reference.typed.clone(), problem });
            }
            _ => first = Some(registry),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
