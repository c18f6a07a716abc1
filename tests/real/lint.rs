//! `reprove lint` beside hadolint, on the same files.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::tools::{have, must};

/// What hadolint alone says of topics that both know, and why we do not.
const THEIRS: [(&str, &str); 10] = [
    // An archive of one day fixes the versions, and a cache mount keeps lists out.
    ("apt-cache-mounts/clean.Dockerfile", "apt lists"),
    ("apt-cache-mounts/clean.Dockerfile", "apt versions"),
    // What stands in a variable of the base is not known, and a range of versions was chosen.
    ("php-fpm-composer/clean.Dockerfile", "apk versions"),
    // The image does not depend on these stages.
    ("unused-stages/Dockerfile", "go versions"),
    ("unused-stages/Dockerfile", "pip cache"),
    ("unused-stages/Dockerfile", "pip versions"),
    ("unused-stages/clean.Dockerfile", "base image"),
    ("unused-stages/clean.Dockerfile", "go versions"),
    ("unused-stages/clean.Dockerfile", "pip cache"),
    ("unused-stages/clean.Dockerfile", "pip versions"),
];

#[test]
#[ignore = "needs hadolint"]
fn what_hadolint_alone_says_is_no_hazard_here() {
    if !have("lint beside hadolint", &["hadolint", "python3"]) {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/compare-hadolint");
    let output = must(Command::new("python3").arg(script).env("REPROVE", env!("CARGO_BIN_EXE_reprove")));
    let text = String::from_utf8(output.stdout).unwrap();
    let said = |who: &str| -> BTreeSet<(String, String)> {
        let lines = text.lines().filter_map(|line| line.strip_suffix(who)?.split_once(": "));
        lines.map(|(file, topic)| (file.to_owned(), topic.trim_end_matches(": ").to_owned())).collect()
    };
    let shared = |(_, topic): &&(String, String)| !topic.starts_with("DL") && topic.contains(' ');
    let theirs: BTreeSet<_> = said("hadolint alone").iter().filter(shared).cloned().collect();
    let expected = THEIRS.map(|(file, topic)| (file.to_owned(), topic.to_owned()));
    assert_eq!(theirs, expected.into());
    assert!(said("both").len() >= 15, "{text}");
    assert!(said("reprove alone").len() >= 60, "{text}");
}
