//! Every pair of images in `testdata/causes` and `testdata/attacks`, each a test of its own: what must be claimed is, what
//! only looks like it is not, nothing else changes unseen, and the invariants hold.
//!
//! ```text
//! cargo test --test pairs                             all of them
//! cargo test --test pairs pyc-header-mtime            those with that in their names
//! UPDATE=1 cargo test --test pairs pyc-header-mtime   writes their .claims anew, for review
//! ```

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// The lists of what is said of each pair.
mod claims;
/// Pairs compared, and what comes of it.
mod compared;
/// What a fixture asks for.
mod expected;
/// The fixtures on disk.
mod fixtures;
/// What must hold of every pair.
mod robust;

/// Image pairs written down as JSON and built from it.
#[allow(dead_code, unused_imports, reason = "its own tests run elsewhere")]
#[path = "../it/fixture/mod.rs"]
mod fixture;
/// A report with the sides exchanged.
#[path = "../it/mirror.rs"]
mod mirror;
/// What a runtime would make of images that passed.
#[allow(dead_code, reason = "images made by chance are compared elsewhere")]
#[path = "../oracle/mod.rs"]
mod oracle;

use fixtures::{Fixture, Group};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (causes, attacks) = (fixtures::all(Group::Causes), fixtures::all(Group::Attacks));
    let mut trials = vec![Trial::test("lists", || Ok(fixtures::lists_are_whole()?))];
    trials.extend(causes.into_iter().chain(attacks).map(|fixture| {
        let name = fixture.name();
        Trial::test(name, move || Ok(check(&fixture)?))
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn check(fixture: &Fixture) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let pair = fixture::build(&fixture.file, directory.path())?;
    let compared = compared::compare(&pair.references, compared::How::PLAIN)?;
    let document = compared.document()?;
    expected::hold(fixture, &pair.expect, &document)?;
    robust::hold(&pair, &compared, document.clone())?;
    claims::hold(&fixture.claims(), &document)
}
