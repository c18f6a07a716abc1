//! # What differs
//!
//! The modification time of what `ADD https://…` fetched.
//!
//! # Why it happens
//!
//! The builder takes it from the server's Last-Modified header, or from the clock where there is none. Another mirror
//! or another day gives another time.
//!
//! # How to fix the build
//!
//! Have the builder rewrite the times, or fetch the file into the context with a time of your own.
//!
//! # When it is not harmless
//!
//! A new Last-Modified may mean a new file; then its content differs as well, which is a finding of its own. Pin it
//! with `--checksum`.

use crate::causes::fixes::{context, times};
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The time of a file that came over HTTP.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "remote-add-metadata",
    title: "Times of files fetched by ADD",
    source: include_str!("remote_add_metadata.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Mtime], ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &times::BUILDKIT_REWRITE,
        &context::ADD_CHECKSUM,
        &times::BUILDAH_EPOCH,
        &times::BUILDAH_TIMESTAMP,
        &times::KANIKO_REPRODUCIBLE,
        &context::FETCH_BEFORE,
    ],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let arguments = instruction(view.command(), "ADD")?;
    let remote =
        arguments.split_ascii_whitespace().any(|word| word.starts_with("http://") || word.starts_with("https://"));
    (!view.is_absent() && remote).then(Canonical::new)
}

/// The arguments of a step of this instruction, in the forms that builders write into the history: bare (BuildKit), or
/// as a shell comment (the legacy builder, buildah).
fn instruction<'a>(command: &'a str, name: &str) -> Option<&'a str> {
    let bare = command.trim_start();
    let bare = bare.strip_prefix("/bin/sh -c ").map_or(bare, str::trim_start);
    let bare = bare.strip_prefix("#(nop)").map_or(bare, str::trim_start);
    bare.strip_prefix(name)?.strip_prefix(' ')
}

#[cfg(test)]
mod tests {
    use super::instruction;

    #[test]
    fn instructions_in_the_forms_of_all_builders() {
        assert_eq!(instruction("COPY . /app # buildkit", "COPY"), Some(". /app # buildkit"));
        assert_eq!(instruction("/bin/sh -c #(nop) COPY file:1 in / ", "COPY"), Some("file:1 in / "));
        assert_eq!(instruction("/bin/sh -c cp COPY /x", "COPY"), None);
        assert_eq!(instruction("COPYRIGHT x", "COPY"), None);
        assert_eq!(instruction("RUN /bin/sh -c ADD x # buildkit", "ADD"), None);
    }
}
