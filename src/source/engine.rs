//! Images that an engine of this machine holds, as the engine exports them.
//!
//! `docker-daemon:REF` asks the Docker engine for the image over its API, at the place where the `docker` command would
//! look for it: `DOCKER_HOST`, else the context that is chosen, else the socket. `containers-storage:REF` has `podman`
//! write the image into a pipe, or `skopeo` where there is no `podman` or where the reference names a store.
//!
//! Either way an image arrives once, as one tar stream with its `manifest.json` at any place, while a comparison opens
//! blobs by digest, several of them at once and some more than once. So the stream is stored, exactly once and as it
//! comes, in a temporary file without a name: it is gone when the program ends, however it ends. Nothing is unpacked
//! from it, [`Archive`] reads the members in place; and an image that a run opens twice is exported once.

mod context;
mod daemon;
mod endpoint;
mod export;
mod find;
mod folder;
mod name;
mod program;
mod storage;
mod tls;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Unexported;
use crate::limits::Limits;

use super::access::Environment;
use super::archive::Archive;
use super::choice::Refusal;
use super::net::Net;
use super::{Blobs, Root, detect};

use daemon::Patience;

/// The engines that the images of one run come from, and what they exported.
pub(crate) struct Engines {
    environment: Environment,
    net: Net,
    patience: Patience,
    exports: Mutex<BTreeMap<String, Slot>>,
}

/// An export, once it is there. Whoever else wants it waits for it.
type Slot = Arc<Mutex<Option<Arc<Archive>>>>;

impl Engines {
    /// The engines that this environment leads to. None is looked for yet.
    pub(crate) fn new(environment: &Environment, net: Net) -> Self {
        Engines {
            environment: environment.clone(),
            net,
            patience: Patience::default(),
            exports: Mutex::new(BTreeMap::new()),
        }
    }

    /// Opens an image of the Docker engine.
    pub(crate) fn docker_daemon(&self, typed: &str, limits: &Limits) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
        let wanted = name::of_docker(typed)?;
        let archive = self.once(format!("docker-daemon:{}", wanted.name), || {
            let place = |problem| Unexported::Place { problem };
            let endpoint = find::engine(&self.environment).map_err(|why| daemon::instead(place(why), typed))?;
            daemon::export(&wanted.name, &endpoint, &self.patience, limits, &self.net)
        })?;
        let (root, blobs) = choose(&archive, &wanted.name, limits)?;
        if let Some(id) = &wanted.id
            && !name::is_of(&archive, &root, id)
        {
            return Err(Unexported::AnotherImage(id.to_string()).into());
        }
        Ok((root, blobs))
    }

    /// Opens an image of the store that podman, buildah and skopeo share.
    pub(crate) fn containers_storage(&self, typed: &str, limits: &Limits) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
        let wanted = name::of_storage(typed)?;
        let key = format!("containers-storage:{}", wanted.name);
        let archive = self.once(key, || storage::export(&wanted, &self.environment, limits))?;
        choose(&archive, &wanted.name, limits)
    }

    fn once(&self, key: String, export: impl FnOnce() -> Result<Archive, Refusal>) -> Result<Arc<Archive>, Refusal> {
        let slot = self.exports.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone();
        let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(archive) = held.as_ref() {
            return Ok(archive.clone());
        }
        Ok(held.insert(Arc::new(export()?)).clone())
    }
}

/// Opens the one image that an export holds, whatever the engine calls it; of several the one that was asked for.
fn choose(archive: &Arc<Archive>, name: &str, limits: &Limits) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    let chosen = match detect::open_archive(archive.clone(), None, limits) {
        Err(Refusal::Choice(_)) => detect::open_archive(archive.clone(), Some(name), limits),
        chosen => chosen,
    };
    chosen.map_err(|refusal| match refusal {
        Refusal::Source(problem) => Refusal::Source(problem.exported()),
        choice @ (Refusal::Choice(_) | Refusal::Missing { .. }) => choice,
    })
}

#[cfg(test)]
mod tests;
