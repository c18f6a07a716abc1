//! Images in registries, by the OCI distribution specification, and what is kept beside them: the only module that writes
//! to a registry.
//!
//! Names, media types and error bodies are those of `oci_distribution`. The requests are made here, because a comparison
//! asks for more of them than that crate's client offers: an answer's `Retry-After` is honored, a broken transfer goes on
//! where it stopped, client certificates and authorities belong to one host, and a credential is neither taken along a
//! redirect nor sent to a token server that is not reached over https.

mod artifact;
mod attachments;
mod authorize;
mod certificates;
mod challenge;
mod connection;
mod cosign;
mod credentials;
mod documents;
mod embedded;
mod failure;
mod found;
#[cfg(fuzzing)]
pub mod fuzzing;
mod manifests;
mod name;
mod pins;
mod referrers;
mod repository;
mod request;
mod retry;
mod tagged;
mod transfer;
mod upload;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::choice::Refusal;
use super::files::{FileError, open_input};
use super::layout::Held;
use super::net::Net;
use super::{Access, BlobReader, Blobs, Cache, CacheChoice, OpenError, Root};
use crate::digest::{Descriptor, Digest};
use crate::error::{Unfetched, Unkept, Unread, Unsuitable};
use crate::limits::Limits;
pub use artifact::{Artifact, Pushed};
pub use attachments::Attachments;
pub use authorize::Purpose;
pub use embedded::Embedded;
pub use found::{Candidate, Holder, Lookup};
pub use pins::Moved;

pub(crate) use name::Name;

use authorize::Authority;
use connection::Connections;
use credentials::Credentials;
use documents::Documents;
use failure::Kind;
use manifests::Resolved;
use pins::Pins;
use repository::Repository;
use transfer::Transfer;

/// The registries of one run. What both sides share (a repository's login, a tag's meaning, small blobs) they share here.
pub(crate) struct Registries {
    net: Net,
    limits: Limits,
    authority: Arc<Authority>,
    repositories: Mutex<BTreeMap<(String, String), Arc<Repository>>>,
    pins: Pins,
    documents: Documents,
    access: Access,
    /// Opened with the first image: a run without registries makes no directory for it.
    cache: OnceLock<Result<Arc<Option<Cache>>, Unkept>>,
    /// Why the user's own cache is not used. Nobody asked for it, so that is no reason not to compare.
    unused_cache: OnceLock<Unkept>,
}

impl Registries {
    pub(crate) fn new(access: &Access, limits: &Limits, net: Net) -> Self {
        let authority = Authority {
            connections: Connections::new(access.clone(), limits),
            login: access.login.clone(),
            stored: Credentials::new(access.environment.clone()),
            plain_http: access.plain_http,
            secrets: failure::Secrets::default(),
        };
        Registries {
            net,
            limits: *limits,
            authority: Arc::new(authority),
            repositories: Mutex::default(),
            pins: Pins::default(),
            documents: Documents::default(),
            access: access.clone(),
            cache: OnceLock::new(),
            unused_cache: OnceLock::new(),
        }
    }

    /// Opens the image of a name. A tag means the same image all through a run.
    pub(crate) fn open(&self, text: &str) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
        let name = Name::parse(text)?;
        let repository = self.repository(&name);
        let resolved = self.pins.get(&name, || self.resolve(&repository, &name))?;
        let held = Held { digest: resolved.descriptor.digest.clone(), bytes: resolved.bytes };
        let blobs = RegistryBlobs {
            repository,
            held,
            net: self.net.clone(),
            limits: self.limits,
            documents: self.documents.clone(),
            cache: self.cache()?,
        };
        Ok((Root::Descriptor(resolved.descriptor), Arc::new(blobs)))
    }

    /// The image of a name, with what is beside it. To push is to ask for that permission from the start.
    pub(crate) fn attachments(&self, text: &str, purpose: Purpose) -> Result<Attachments, Refusal> {
        let name = Name::parse(text)?;
        let repository = match purpose {
            Purpose::Pull => self.repository(&name),
            Purpose::Push => Arc::new(Repository::new(name.clone(), self.authority.clone(), purpose)),
        };
        let image = self.pins.get(&name, || self.resolve(&repository, &name))?.descriptor;
        Ok(Attachments { name, image, repository, net: self.net.clone(), limits: self.limits })
    }

    fn cache(&self) -> Result<Arc<Option<Cache>>, Refusal> {
        let open = || match Cache::open(&self.access.cache, &self.access.environment) {
            Err(why) if self.access.cache == CacheChoice::User => {
                let _ = self.unused_cache.set(why);
                Ok(Arc::new(None))
            }
            opened => opened.map(Arc::new),
        };
        Ok(self.cache.get_or_init(open).clone()?)
    }

    /// Why the user's own cache was not used, where it was not for what others could do to it.
    pub(crate) fn unused_cache(&self) -> Option<&Unkept> {
        self.unused_cache.get()
    }

    fn resolve(&self, repository: &Repository, name: &Name) -> Result<Resolved, Refusal> {
        let resolved = self.net.wait_for(manifests::resolve(repository, name, &self.limits));
        let resolved = resolved.map_err(|error| Unfetched::NoThreads(error.to_string()))?;
        resolved.map_err(|failure| match failure.kind {
            Kind::Missing => Refusal::Missing { no_file: false, problem: failure.problem },
            _ => failure.problem.into(),
        })
    }

    fn repository(&self, name: &Name) -> Arc<Repository> {
        let key = (name.registry.clone(), name.repository.clone());
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Arc::new(Repository::new(name.clone(), self.authority.clone(), Purpose::Pull));
        repositories.entry(key).or_insert_with(open).clone()
    }

    /// The tags that stand for another image by now.
    pub(crate) fn moved(&self) -> Vec<Moved> {
        self.pins.moved(|name| {
            let repository = self.repository(name);
            self.net.wait_for(manifests::look(&repository, name, &self.limits)).ok()?.ok()?
        })
    }
}

/// Bytes of a file that says how a registry is reached: the system's bundles of certificates have a quarter of it.
const SMALL_FILE: u64 = 1 << 20;

/// The whole of a file that says how a registry is reached; `None` where there is none.
fn small_file(path: &Path) -> Result<Option<Vec<u8>>, Unsuitable> {
    let file = |problem| Unsuitable::File { path: path.display().to_string(), problem };
    let unread = |error: std::io::Error| file(Unread::System(error.to_string()));
    let opened = match open_input(path) {
        Ok(opened) => opened,
        Err(FileError::Missing) => return Ok(None),
        Err(FileError::Unsupported(problem)) => return Err(file(problem)),
        Err(FileError::Io(error)) => return Err(unread(error)),
    };
    let mut bytes = Vec::new();
    opened.take(SMALL_FILE + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > SMALL_FILE {
        return Err(Unsuitable::FileSize(path.display().to_string(), SMALL_FILE));
    }
    Ok(Some(bytes))
}

struct RegistryBlobs {
    repository: Arc<Repository>,
    held: Held,
    cache: Arc<Option<Cache>>,
    net: Net,
    limits: Limits,
    documents: Documents,
}

impl Blobs for RegistryBlobs {
    fn open(&self, blob: &Descriptor) -> Result<BlobReader, OpenError> {
        if let Some(reader) = self.held.open(&blob.digest) {
            return Ok(reader);
        }
        if let Some(reader) = self.documents.get(&blob.digest) {
            return Ok(reader);
        }
        let reader = match &*self.cache {
            Some(cache) => cache.fetch(blob, || Ok(Box::new(self.download(blob)?)))?,
            None => self.download(blob)?,
        };
        Ok(self.documents.keep(blob, reader))
    }

    fn referrers(&self, subject: &Digest) -> Result<Vec<Descriptor>, OpenError> {
        let io = |source| OpenError::Io { blob: subject.clone(), source };
        let found = self.net.wait_for(referrers::list(&self.repository, subject, &self.limits)).map_err(io)?;
        found.map_err(|failure| io(failure.into_io()))
    }
}

impl RegistryBlobs {
    fn download(&self, blob: &Descriptor) -> Result<BlobReader, OpenError> {
        let (folder, accept) = if manifests::is_manifest(&blob.media_type) {
            ("manifests", Some(manifests::ACCEPT))
        } else {
            ("blobs", None)
        };
        let path = format!("{folder}/{}", blob.digest);
        let mut transfer = Transfer::new(self.repository.clone(), path, accept, blob, &self.limits);
        let io = |source| OpenError::Io { blob: blob.digest.clone(), source };
        let first = self.net.wait_for(transfer.start()).map_err(io)?.map_err(|failure| match failure.kind {
            Kind::Missing => OpenError::Missing(blob.digest.clone()),
            _ => io(failure.into_io()),
        })?;
        let body = self.net.body(|pieces| transfer.run(first, pieces)).map_err(io)?;
        Ok(BlobReader::new(body))
    }
}
