//! A registry in this process: what the OCI distribution specification 1.1 says, over images in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use reprove::digest::Digest;
use serde_json::{Value, json};

use super::auth::Auth;
use crate::web::{Handler, Request, Response};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What the registry can do.
pub(crate) struct Abilities {
    pub(crate) auth: Auth,
    /// Whether manifests come with `Docker-Content-Digest`.
    pub(crate) digest_header: bool,
    /// How many referrers one page of the referrers API holds; without the API there is only the fall-back tag.
    pub(crate) referrers_page: Option<usize>,
    /// Whether `If-Match` is heeded; without it a tag goes to whoever writes last.
    pub(crate) conditions: bool,
}

impl Default for Abilities {
    fn default() -> Self {
        Abilities { auth: Auth::None, digest_header: true, referrers_page: None, conditions: false }
    }
}

/// The registry.
#[derive(Default)]
pub(crate) struct Fake {
    pub(super) abilities: Abilities,
    repositories: Mutex<BTreeMap<String, Repository>>,
}

#[derive(Default)]
pub(super) struct Repository {
    /// The manifests that a tag points at, one request after the other; the last one stays.
    pub(super) tags: BTreeMap<String, Vec<String>>,
    /// Media type and bytes by digest.
    pub(super) manifests: BTreeMap<String, (String, Vec<u8>)>,
    pub(super) blobs: BTreeMap<String, Arc<Vec<u8>>>,
    /// What came of uploads that are under way.
    pub(super) uploads: BTreeMap<String, Vec<u8>>,
    /// How many were begun.
    pub(super) begun: usize,
}

impl Fake {
    pub(crate) fn new(abilities: Abilities) -> Arc<Self> {
        Arc::new(Fake { abilities, repositories: Mutex::default() })
    }

    /// Takes in the one image of an OCI layout under a tag, and returns its digest.
    pub(crate) fn push(&self, repository: &str, tag: &str, layout: &Path) -> String {
        let index: Value = serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
        let root = &index["manifests"][0];
        self.change(repository, |repository| {
            repository.take_in(root, layout);
            let digest = root["digest"].as_str().unwrap().to_owned();
            repository.tags.entry(tag.to_owned()).or_default().push(digest.clone());
            digest
        })
    }

    /// Stores a manifest under its digest alone, and returns its descriptor.
    pub(crate) fn push_manifest(&self, repository: &str, manifest: &Value) -> Value {
        let media_type = manifest["mediaType"].as_str().unwrap().to_owned();
        let bytes = manifest.to_string().into_bytes();
        let descriptor =
            json!({ "mediaType": media_type, "digest": Digest::of(&bytes).to_string(), "size": bytes.len() });
        self.change(repository, |repository| {
            repository.manifests.insert(Digest::of(&bytes).to_string(), (media_type, bytes))
        });
        descriptor
    }

    /// Stores a blob, and returns its descriptor.
    pub(crate) fn push_blob(&self, repository: &str, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes).to_string();
        let descriptor = json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() });
        self.change(repository, |repository| repository.blobs.insert(digest, Arc::new(bytes.to_vec())));
        descriptor
    }

    /// What is under a tag or digest; nothing where there is none.
    pub(crate) fn document(&self, repository: &str, reference: &str) -> Value {
        self.change(repository, |repository| {
            let digest = repository.tags.get(reference).and_then(|moves| moves.last());
            let digest = digest.map_or(reference, String::as_str);
            let manifest = repository.manifests.get(digest).map(|(_, bytes)| bytes.as_slice());
            let bytes = manifest.or_else(|| repository.blobs.get(digest).map(|bytes| bytes.as_slice()));
            bytes.map_or(Value::Null, |bytes| serde_json::from_slice(bytes).unwrap())
        })
    }

    /// The bytes of a blob.
    pub(crate) fn blob(&self, repository: &str, digest: &str) -> Vec<u8> {
        self.change(repository, |repository| repository.blobs[digest].to_vec())
    }

    /// Lets a tag point at another manifest from its second request on.
    pub(crate) fn tag(&self, repository: &str, tag: &str, digest: &str) {
        self.change(repository, |repository| {
            repository.tags.entry(tag.to_owned()).or_default().push(digest.to_owned());
        });
    }

    /// Lets a tag point at another manifest from now on.
    pub(crate) fn set_tag(&self, repository: &str, tag: &str, digest: &str) {
        self.change(repository, |repository| repository.tags.insert(tag.to_owned(), vec![digest.to_owned()]));
    }

    /// Stores other bytes under a blob's digest.
    pub(crate) fn corrupt(&self, repository: &str, digest: &str, change: impl FnOnce(&mut Vec<u8>)) {
        self.change(repository, |repository| {
            change(Arc::make_mut(repository.blobs.get_mut(digest).unwrap()));
        });
    }

    /// Forgets a blob that manifests still name.
    pub(crate) fn remove_blob(&self, repository: &str, digest: &str) {
        self.change(repository, |repository| assert!(repository.blobs.remove(digest).is_some()));
    }

    fn change<T>(&self, name: &str, change: impl FnOnce(&mut Repository) -> T) -> T {
        change(self.repositories.lock().unwrap().entry(name.to_owned()).or_default())
    }
}

impl Repository {
    fn take_in(&mut self, descriptor: &Value, layout: &Path) {
        let digest = descriptor["digest"].as_str().unwrap();
        // What the layout lacks the registry lacks too.
        let Ok(bytes) = fs::read(layout.join("blobs").join(digest.replace(':', "/"))) else {
            return;
        };
        let media_type = descriptor["mediaType"].as_str().unwrap_or("").to_owned();
        let document: Value = match media_type.ends_with("+json") || media_type.ends_with("list.v2") {
            true => serde_json::from_slice(&bytes).unwrap_or_default(),
            false => Value::Null,
        };
        let below = ["manifests", "layers"].into_iter().filter_map(|list| document[list].as_array()).flatten();
        below.chain(document.get("config").filter(|config| config["digest"].is_string())).for_each(|descriptor| {
            self.take_in(descriptor, layout);
        });
        if document["manifests"].is_array() || document["layers"].is_array() {
            self.manifests.insert(digest.to_owned(), (media_type, bytes));
        } else {
            self.blobs.insert(digest.to_owned(), Arc::new(bytes));
        }
    }

    fn manifest(&mut self, reference: &str, digest_header: bool) -> Response {
        let digest = match self.tags.get_mut(reference) {
            Some(moves) if moves.len() > 1 => moves.remove(0),
            Some(last) => last[0].clone(),
            None => reference.to_owned(),
        };
        let Some((media_type, bytes)) = self.manifests.get(&digest) else {
            return Response::error(404, "MANIFEST_UNKNOWN", "manifest unknown");
        };
        let response = Response::new(200, bytes.clone()).with("Content-Type", media_type);
        // As a registry writes it, whether it heeds conditions or not.
        let response = response.with("ETag", format!("\"{digest}\""));
        if digest_header { response.with("Docker-Content-Digest", digest) } else { response }
    }

    fn blob(&self, digest: &str, request: &Request) -> Response {
        let Some(bytes) = self.blobs.get(digest) else {
            return Response::error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        };
        let length = bytes.len() as u64;
        match request.range_start() {
            None => Response::new(200, bytes.to_vec()).with("Docker-Content-Digest", digest),
            Some(start) if start >= length => Response::new(416, "").with("Content-Range", format!("bytes */{length}")),
            Some(start) => Response::new(206, &bytes[start as usize..])
                .with("Content-Range", format!("bytes {start}-{}/{length}", length - 1)),
        }
        .with("Content-Type", "application/octet-stream")
    }

    /// The manifests that are about another, a page at a time.
    fn referrers(&self, subject: &str, page: usize, request: &Request) -> Response {
        let about = |(digest, (media_type, bytes)): (&String, &(String, Vec<u8>))| {
            let manifest: Value = serde_json::from_slice(bytes).ok()?;
            (manifest["subject"]["digest"] == subject).then(|| {
                json!({ "mediaType": media_type, "digest": digest, "size": bytes.len(),
                        "artifactType": manifest["artifactType"], "annotations": manifest["annotations"] })
            })
        };
        let all: Vec<Value> = self.manifests.iter().filter_map(about).collect();
        let first: usize = request.query("first").first().map_or(0, |first| first.parse().unwrap());
        let list = all.iter().skip(first).take(page).cloned().collect::<Vec<_>>();
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": list });
        let response = Response::json(200, &index).with("Content-Type", INDEX);
        match first + page < all.len() {
            true => response.with("Link", format!("<{}?first={}>; rel=\"next\"", request.path(), first + page)),
            false => response,
        }
    }
}

impl Handler for Fake {
    fn answer(&self, request: &Request) -> Response {
        let path = request.path();
        if path == "/token" {
            return self.abilities.auth.token(request);
        }
        let parts: Vec<&str> = path.trim_start_matches("/v2").trim_matches('/').split('/').collect();
        let (name, kind, reference) = match parts.as_slice() {
            [name @ .., "blobs", "uploads", id] => (name.join("/"), "blobs", *id),
            [name @ .., "blobs", "uploads"] => (name.join("/"), "blobs", ""),
            [name @ .., kind, reference] => (name.join("/"), *kind, *reference),
            _ => (String::new(), "", ""),
        };
        if let Err(refused) = self.abilities.auth.check(request, &name) {
            return *refused;
        }
        let mut repositories = self.repositories.lock().unwrap();
        if let Some(repository) = repositories.get_mut(&name) {
            let below = &parts[name.split('/').count()..];
            if let Some(response) = self.store(repository, &name, below, request) {
                return response;
            }
        }
        match (repositories.get_mut(&name), kind) {
            (None, "") => Response::json(200, &json!({})),
            (None, _) => Response::error(404, "NAME_UNKNOWN", "repository name not known to registry"),
            (Some(repository), "manifests") => repository.manifest(reference, self.abilities.digest_header),
            (Some(repository), "blobs") => repository.blob(reference, request),
            (Some(repository), "referrers") => match self.abilities.referrers_page {
                Some(page) => repository.referrers(reference, page, request),
                None => Response::new(404, "404 page not found\n"),
            },
            _ => Response::error(404, "UNSUPPORTED", "there is nothing of this kind"),
        }
    }
}
