//! The program as users run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reprove::finding::Sides;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fixture;

/// The same in predicates of others.
mod also;
/// What is stated of a comparison, and what never is.
mod attest;
/// Bundles that are not what they have to be.
mod bundles;
/// The cache, and the options that go to registries.
mod cache;
/// Lines of Dockerfiles.
mod dockerfile;
/// The codes of errors: each once, in a form that stays, and all of them in the documentation.
mod errors;
/// What the pages show.
mod examples;
/// Files that are written out for people's own tools.
mod extract;
/// The Dockerfile changed.
mod fix;
/// What images may try on a terminal, and what must never be shown of them.
mod hostile;
/// Hazards of Dockerfiles.
mod lint;
/// What the program prints, beside what the library writes.
mod library;
/// The report, opened.
mod open;
/// Statements of others.
mod others;
/// What is printed and written, and where.
mod output;
/// The commands that print what the program knows.
mod pages;
/// Whether there is anything to publish.
mod gate;
/// Plans that were followed.
mod plans;
/// Policies, and what they decide.
mod policy;
/// Every kind of secret, in every place.
mod secrets;
/// What is typed on a terminal.
mod terminal;
/// What was stated of an image before.
mod track;
/// Outputs that nobody reads, or that cannot be written.
mod trouble;
/// Verdicts and exit codes.
mod verdict;
/// Evidence that holds, and everything that must not pass for it.
mod verify;

/// What a run of the program left behind.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    /// The report that `--format json` printed.
    fn report(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

/// The program, out of reach of the colors that the environment may ask for.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reprove"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
    command
}

/// Runs the program with these arguments, its output in pipes.
fn run(arguments: &[&str]) -> Run {
    let Output { status, stdout, stderr } = program().args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// Runs `reprove diff` on a pair, with more arguments.
fn diff(pair: &Images, arguments: &[&str]) -> Run {
    let Sides { original, rebuild } = &pair.references;
    run(&[&["diff", original, rebuild], arguments].concat())
}

/// A pair of images on disk, as long as this lives.
struct Images {
    references: Sides<String>,
    directory: TempDir,
}

impl Images {
    /// A path beside the images.
    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }
}

/// Builds the pair that a fixture describes.
fn images(written: &Value) -> Images {
    let directory = tempfile::tempdir().unwrap();
    let pair = fixture::build_text(&written.to_string(), Path::new(""), directory.path()).unwrap();
    Images { references: pair.references, directory }
}

/// Two images of one file each, which nothing explains where the contents differ.
fn files(path: &str, original: &str, rebuild: &str) -> Images {
    let side = |text: &str| json!({ "layers": [{ "entries": [{ "path": path, "text": text }] }] });
    images(&json!({ "original": side(original), "rebuild": side(rebuild), "expect": { "cause": "" } }))
}

/// The pair of a cause's first fixture.
fn cause(id: &str) -> Images {
    let directory = tempfile::tempdir().unwrap();
    let file = repository().join("testdata/causes").join(id).join("claimed.json");
    Images { references: fixture::build(&file, directory.path()).unwrap().references, directory }
}

/// The pair that the README begins with.
fn first() -> Images {
    let side = |name: &str| repository().join("testdata/first").join(name).to_str().unwrap().to_owned();
    let references = Sides::new(side("original"), side("rebuild"));
    Images { references, directory: tempfile::tempdir().unwrap() }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a directory.
fn below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in fs::read_dir(directory).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() { found.extend(below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
