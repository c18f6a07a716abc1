//! # What differs
//!
//! The modification time of what COPY or ADD took from the build context.
//!
//! # Why it happens
//!
//! A checkout gives every file the time of the checkout, and COPY keeps it. Directories that COPY makes get the time of
//! the build.
//!
//! # How to fix the build
//!
//! Have the builder rewrite the times, build from a git context, or give the files of the checkout times of their own.
//!
//! # When it is not harmless
//!
//! As with any modification time. Note that setting all times of the context to a constant can make BuildKit's file
//! transfer miss a change that keeps the size (moby/buildkit#4817).

use crate::causes::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding};

/// The time of a file that came from the build context.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "context-checkout-mtime",
    title: "Times of files copied from the context",
    source: include_str!("context_checkout_mtime.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

const REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Pass SOURCE_DATE_EPOCH and --output …,rewrite-timestamp=true (BuildKit 0.13), or build from a git \
               URL: with an epoch set, BuildKit 0.29 gives its files the time of the commit.",
    },
    Remedy {
        builder: "buildah",
        text: "Pass --source-date-epoch with --rewrite-timestamp (buildah 1.41), or --timestamp (1.16).",
    },
    Remedy { builder: "kaniko", text: "Pass --reproducible, which sets every time to 0." },
    Remedy {
        builder: "any",
        text: "Give the checkout fixed times before the build: git restore-mtime, or git ls-files -z | xargs -0 \
               touch -hd @$SOURCE_DATE_EPOCH",
    },
];

fn scope(finding: &Finding) -> bool {
    finding.aspect == Aspect::Mtime
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let command = view.command();
    let arguments = instruction(command, "COPY").or_else(|| instruction(command, "ADD"))?;
    let from_stage = arguments.split_ascii_whitespace().any(|word| word == "--from" || word.starts_with("--from="));
    (!view.is_absent() && !from_stage).then(Canonical::new)
}

/// The arguments of a step of this instruction, in the forms that builders write into the history: bare (BuildKit), or
/// as a shell comment (the legacy builder, buildah).
pub(in crate::causes) fn instruction<'a>(command: &'a str, name: &str) -> Option<&'a str> {
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
