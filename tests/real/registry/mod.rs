//! Images in Debian's `docker-registry`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reprove::finding::Sides;
use serde_json::Value;

use crate::home::{self, Home, Run};
use crate::tools::{have, must};

use debian::{Registry, Setup, logged_in};

/// Many runs at once over one cache.
mod cache;
/// The registry, and how it is run.
mod debian;
/// What a proxy in front of the registry does to transfers.
mod faults;
/// What stands in front of a registry.
mod forward;
/// Images that are made for one test.
mod images;
/// Every way of getting in, and the same report.
mod login;
/// Provenance and attestations.
mod referrers;
/// How much is transferred.
mod size;
/// A token server.
mod tokens;

/// What every test here needs.
const PROGRAMS: [&str; 3] = ["docker-registry", "skopeo", "openssl"];

const NAME: &str = "team/app";

/// The pair that the README begins with.
fn first() -> Sides<PathBuf> {
    let side = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/first").join(name);
    Sides::new(side("original"), side("rebuild"))
}

/// Pushes two images as `team/app:original` and `team/app:rebuild`.
fn push(registry: &Registry, layouts: &Sides<PathBuf>) {
    registry.push(&layouts.original, &format!("{NAME}:original"));
    registry.push(&layouts.rebuild, &format!("{NAME}:rebuild"));
}

fn references(host: &str) -> Sides<String> {
    let reference = |tag: &str| format!("docker://{host}/{NAME}:{tag}");
    Sides::new(reference("original"), reference("rebuild"))
}

/// Asserts that a run said what the images in files say, and showed nothing that is secret.
fn assert_truth(run: &Run, home: &Home, layouts: &Sides<PathBuf>) {
    assert!(matches!(run.code, Some(0 | 1)), "{:?}: {}{}", run.code, run.out, run.err);
    let truth = home.diff(&layouts.as_ref().map(|layout| format!("oci:{}", layout.display())), &[]);
    assert_eq!(run.report_of_any_reference(), truth.report_of_any_reference(), "{}", run.err);
    assert_eq!(run.code, truth.code);
    assert_no_secret(run, home);
}

fn assert_no_secret(run: &Run, home: &Home) {
    let holds = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        // The password, as it is and in base64 at each of the three offsets.
        ["SECRET", "U0VDUkVU", "NFQ1JFV", "TRUNSRV"].into_iter().any(|secret| text.contains(secret))
    };
    assert!(!holds(run.out.as_bytes()) && !holds(run.err.as_bytes()), "{}{}", run.out, run.err);
    for (path, _) in home.left_behind() {
        assert!(!holds(&fs::read(&path).unwrap()), "{path}");
    }
}

/// The size of every layer of an OCI layout's image, by digest, base first.
fn layers(layout: &Path) -> Vec<(String, u64)> {
    let read = |file: PathBuf| -> Value { serde_json::from_slice(&fs::read(file).unwrap()).unwrap() };
    let index = read(layout.join("index.json"));
    let digest = index["manifests"][0]["digest"].as_str().unwrap();
    let manifest = read(layout.join("blobs").join(digest.replace(':', "/")));
    let layer = |layer: &Value| (layer["digest"].as_str().unwrap().to_owned(), layer["size"].as_u64().unwrap());
    manifest["layers"].as_array().unwrap().iter().map(layer).collect()
}
