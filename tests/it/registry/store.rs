//! What the registry of the tests says to those who write: uploads in pieces, manifests, conditions.

use reprove::digest::Digest;
use serde_json::Value;

use super::fake::{Fake, Repository};
use crate::web::{Request, Response};

impl Fake {
    /// Answers a request that stores something; `None` for any other.
    pub(super) fn store(
        &self,
        repository: &mut Repository,
        name: &str,
        parts: &[&str],
        request: &Request,
    ) -> Option<Response> {
        match (request.method.as_str(), parts) {
            ("POST", ["blobs", "uploads"]) => {
                repository.begun += 1;
                let id = repository.begun.to_string();
                repository.uploads.insert(id.clone(), Vec::new());
                Some(at(name, &id, 0, 202))
            }
            (method, ["blobs", "uploads", id]) => Some(match repository.uploads.remove(*id) {
                None => Response::error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry"),
                Some(bytes) => repository.go_on(method, (name, id), bytes, request),
            }),
            ("PUT", ["manifests", reference]) => Some(self.take(repository, reference, request)),
            _ => None,
        }
    }

    fn take(&self, repository: &mut Repository, reference: &str, request: &Request) -> Response {
        let digest = Digest::of(&request.body).to_string();
        if reference.contains(':') && reference != digest {
            return Response::error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }
        if let Some(condition) = request.header("if-match").filter(|_| self.abilities.conditions) {
            let current = repository.tags.get(reference).and_then(|moves| moves.last());
            if current.map(|digest| format!("\"{digest}\"")).as_deref() != Some(condition) {
                return Response::new(412, "");
            }
        }
        let document: Value = serde_json::from_slice(&request.body).unwrap();
        let blobs = document["layers"].as_array().into_iter().flatten().chain(document.get("config"));
        for blob in blobs {
            if !repository.blobs.contains_key(blob["digest"].as_str().unwrap()) {
                return Response::error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
            }
        }
        let media_type = request.header("content-type").unwrap().to_owned();
        repository.manifests.insert(digest.clone(), (media_type, request.body.clone()));
        if !reference.contains(':') {
            repository.tags.insert(reference.to_owned(), vec![digest.clone()]);
        }
        let response = Response::new(201, "").with("Docker-Content-Digest", digest);
        match document["subject"]["digest"].as_str().filter(|_| self.abilities.referrers_page.is_some()) {
            Some(subject) => response.with("OCI-Subject", subject),
            None => response,
        }
    }
}

/// Where an upload goes on that has so many bytes.
fn at(name: &str, id: &str, length: usize, status: u16) -> Response {
    Response::new(status, "")
        .with("Location", format!("/v2/{name}/blobs/uploads/{id}?_state=a%2Fb"))
        .with("Range", format!("0-{}", length.saturating_sub(1)))
}

impl Repository {
    fn go_on(&mut self, method: &str, (name, id): (&str, &str), mut bytes: Vec<u8>, request: &Request) -> Response {
        assert_eq!(request.query("_state"), ["a/b"], "the location is used as it is");
        if let ("PATCH", Some(range)) = (method, request.header("content-range")) {
            let start: usize = range.split('-').next().unwrap().parse().unwrap();
            if start != bytes.len() {
                let length = bytes.len();
                self.uploads.insert(id.to_owned(), bytes);
                return at(name, id, length, 416);
            }
        }
        bytes.extend(&request.body);
        let (digest, length) = (Digest::of(&bytes).to_string(), bytes.len());
        match method {
            "PUT" if request.query("digest") != [digest.as_str()] => {
                Response::error(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
            }
            "PUT" => {
                self.blobs.insert(digest, bytes.into());
                Response::new(201, "")
            }
            method => {
                self.uploads.insert(id.to_owned(), bytes);
                at(name, id, length, if method == "GET" { 204 } else { 202 })
            }
        }
    }
}
