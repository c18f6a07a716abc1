//! An image of a registry with what is kept beside it, for whoever is not asynchronous.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use super::artifact::{self, Artifact, Pushed};
use super::embedded::{self, Embedded};
use super::failure::Failure;
use super::found::{self, Lookup};
use super::repository::Repository;
use super::{Name, cosign};
use crate::digest::{Descriptor, Digest};
use crate::error::{Error, Unfetched};
use crate::limits::Limits;
use crate::source::net::Net;

/// An image of a registry, and what is beside it there.
pub struct Attachments {
    pub(super) name: Name,
    pub(super) image: Descriptor,
    pub(super) repository: Arc<Repository>,
    pub(super) net: Net,
    pub(super) limits: Limits,
}

impl Attachments {
    /// The digest of the image, which its tag may no longer stand for.
    pub const fn image(&self) -> &Digest {
        &self.image.digest
    }

    /// Everything beside the image that may be evidence about it.
    ///
    /// # Errors
    /// [`Error::Registry`] where not all that is listed could be read: what is missing may be a statement against it.
    pub fn evidence(&self) -> Result<Lookup, Error> {
        self.wait(found::look(&self.repository, &self.image.digest, &self.limits))
    }

    /// The statements that a builder put into the index, as far as they can be read. Nobody signed them.
    ///
    /// # Errors
    /// [`Error::Registry`] where nothing can be asked at all.
    pub fn embedded(&self) -> Result<Vec<Embedded>, Error> {
        self.wait(async { Ok(embedded::statements(&self.repository, &self.image, &self.limits).await) })
    }

    /// Keeps an artifact beside the image. What is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::Registry`] where it is not there and listed afterwards.
    pub fn push(&self, artifact: &Artifact) -> Result<Pushed, Error> {
        self.wait(artifact::push(&self.repository, &self.image, artifact, &self.limits))
    }

    /// Adds an envelope to those under the tag that cosign 2 reads: the tag, and whether the envelope was not there.
    ///
    /// # Errors
    /// [`Error::Registry`] where it is not there afterwards.
    pub fn push_to_cosign_tag(
        &self,
        envelope: &[u8],
        annotations: &BTreeMap<String, String>,
    ) -> Result<(String, bool), Error> {
        self.wait(cosign::push(&self.repository, &self.image.digest, envelope, annotations, &self.limits))
    }

    fn wait<T>(&self, future: impl Future<Output = Result<T, Failure>>) -> Result<T, Error> {
        let error = |problem| Error::Registry { image: self.name.shown(), problem };
        let done = self.net.wait_for(future).map_err(|failed| error(Unfetched::NoThreads(failed.to_string())))?;
        done.map_err(|failure| error(failure.problem))
    }
}
