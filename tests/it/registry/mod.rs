//! Images in registries: a registry of the test's own, and every way in which one can fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reprove::finding::Sides;
use serde_json::{Value, json};

use crate::fixture;
use crate::home::{self, Home, Run};
use crate::web::{Exchange, Fault, Faults, Rule, Server, Tls};

use fake::{Abilities, Fake};

/// Who may pull, and how they show that they may.
mod auth;
/// Blobs kept between runs.
mod cache;
/// Which credential goes where.
mod credentials;
/// The registry itself.
mod fake;
/// What the tests stand on: the registry and its faults, asked by hand.
mod harness;
/// Answers that no registry should give.
mod hostile;
/// Runs that the user ends.
mod interrupted;
/// What is said when a transfer reaches a limit.
mod limits;
/// Which registry and image a text means.
mod gate;
mod names;
/// An image, and evidence about it.
mod evidence;
/// Evidence in a registry, and everything there that must not pass for it.
mod lookup;
/// Answers that take their time, and servers that send us on.
mod patience;
/// Proxies.
mod proxy;
/// What the README says that evidence takes.
mod readme;
/// Referrers, and the tag that stands in for them.
mod referrers;
/// Transfers that break, and answers that ask to come back later.
mod retries;
/// Evidence put into a registry.
mod push;
/// The same report, wherever the images are.
mod same;
/// What it says to those who write.
mod store;
/// Certificates.
mod tls;
/// What is transferred, and what is not.
mod transfers;

/// A registry that holds two images as `team/app:original` and `team/app:rebuild`, and the same images in OCI layouts.
struct Stage {
    home: Home,
    fake: Arc<Fake>,
    faults: Arc<Faults>,
    server: Server,
    layouts: Sides<PathBuf>,
}

const NAME: &str = "team/app";

/// The layouts of a pair in the repository.
fn pair(name: &str) -> Sides<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    Sides::new(folder.join("original"), folder.join("rebuild"))
}

impl Stage {
    /// Stages the pair that a fixture describes.
    fn new(written: &Value, abilities: Abilities) -> Self {
        let home = Home::new();
        let folder = home.path("layouts");
        fixture::build_text(&written.to_string(), Path::new(""), &folder).unwrap();
        let layouts = Sides::new(folder.join("original"), folder.join("rebuild"));
        Stage::with(home, layouts, abilities, None)
    }

    fn with(home: Home, layouts: Sides<PathBuf>, abilities: Abilities, tls: Option<Tls>) -> Self {
        let fake = Fake::new(abilities);
        fake.push(NAME, "original", &layouts.original);
        fake.push(NAME, "rebuild", &layouts.rebuild);
        let faults = Faults::before(fake.clone());
        let server = match tls {
            None => Server::start(faults.clone()),
            Some(tls) => Server::start_tls(faults.clone(), tls),
        };
        Stage { home, fake, faults, server, layouts }
    }

    /// The pair that the README begins with.
    fn first(abilities: Abilities) -> Self {
        Stage::first_with(abilities, None)
    }

    fn first_with(abilities: Abilities, tls: Option<Tls>) -> Self {
        Stage::with(Home::new(), pair("first"), abilities, tls)
    }

    /// Two platforms with provenance.
    fn multi(abilities: Abilities) -> Self {
        Stage::with(Home::new(), pair("multi"), abilities, None)
    }

    /// Two images of one uncompressed layer each, this many bytes long and a bit, that differ in one file.
    fn large(bytes: usize) -> Self {
        Stage::new(&large(bytes), Abilities::default())
    }

    /// Logs in to a host as `docker login` does.
    fn log_in(&self, host: &str) {
        self.home.docker_config(&json!({ "auths": { host: { "auth": auth::basic() } } }));
    }

    fn references(&self) -> Sides<String> {
        let reference = |tag: &str| format!("docker://{}/{NAME}:{tag}", self.server.host());
        Sides::new(reference("original"), reference("rebuild"))
    }

    /// The same images in files.
    fn local(&self) -> Sides<String> {
        self.layouts.as_ref().map(|layout| format!("oci:{}", layout.display()))
    }

    fn diff(&self, arguments: &[&str]) -> Run {
        self.home.diff(&self.references(), arguments)
    }

    /// What the images in files compare to: code, and report without what was typed.
    fn truth(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let run = self.home.diff(&self.local(), arguments);
        assert!(matches!(run.code, Some(0 | 1)), "{}", run.err);
        (run.code, run.report_of_any_reference())
    }

    /// Asserts that a run said what the images in files say.
    fn assert_truth(&self, run: &Run) {
        assert!(matches!(run.code, Some(0 | 1)), "{:?}: {}{}", run.code, run.out, run.err);
        let (code, report) = self.truth(&[]);
        assert_eq!(run.report_of_any_reference(), report, "{}", run.err);
        assert_eq!(run.code, code);
    }
}

fn large(bytes: usize) -> Value {
    let side = |text: &str| {
        json!({ "layers": [{ "compression": "none", "entries": [
            { "path": "a/large", "text": "0123456789abcde\n", "repeat": bytes / 16 },
            { "path": "b/small", "text": text },
        ] }] })
    };
    json!({ "original": side("one\n"), "rebuild": side("two\n"), "expect": { "cause": "" } })
}

/// The digests of an image's layers and the sizes of their blobs, base first.
fn layers(layout: &Path) -> Vec<(String, u64)> {
    let document = |digest: &str| -> Value {
        let file = layout.join("blobs").join(digest.replace(':', "/"));
        serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
    };
    let index: Value = serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    let manifest = document(index["manifests"][0]["digest"].as_str().unwrap());
    let layer = |layer: &Value| (layer["digest"].as_str().unwrap().to_owned(), layer["size"].as_u64().unwrap());
    manifest["layers"].as_array().unwrap().iter().map(layer).collect()
}

/// What was asked of one blob.
fn of_blob<'log>(log: &'log [Exchange], digest: &str) -> Vec<&'log Exchange> {
    let target = format!("/blobs/{digest}");
    log.iter()
        .filter(|exchange| exchange.request.method == "GET" && exchange.request.path().ends_with(&target))
        .collect()
}
