//! The codes of errors: each once, in a form that stays, and all of them in the documentation.

use std::collections::BTreeSet;

use reprove::finding::Detail;
use reprove::{dockerfile, error, fix, lint};

use super::run;

/// Those of errors and of gaps, and of what is wrong with a Dockerfile.
fn all_codes() -> impl Iterator<Item = &'static str> {
    let beside = dockerfile::codes().chain(fix::codes()).chain(lint::codes());
    error::codes().chain(Detail::codes()).chain(beside)
}

#[test]
fn each_code_is_there_once_and_in_one_form() {
    let codes: Vec<&str> = all_codes().collect();
    let distinct: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(distinct.len(), codes.len());
    for code in codes {
        let words: Vec<&str> = code.split('-').collect();
        let plain = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        assert!(words.iter().all(|word| plain(word)) && words.len() <= 6, "{code}");
    }
}

#[test]
fn the_documentation_has_each_code_and_no_other() {
    let page = std::fs::read_to_string("docs/errors.md").unwrap();
    let listed: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(code, _)| code).collect();
    let distinct: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(distinct.len(), listed.len());
    assert_eq!(distinct, all_codes().collect());
}

#[test]
fn an_error_shows_its_code_and_ends_with_2() {
    let policy = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(policy.path(), "extends = \"default\"\n").unwrap();
    let policy = policy.path().to_str().unwrap();
    let runs: [(&[&str], &str); 5] = [
        (&["diff", "oci:none", "oci:none"], "source-not-found"),
        (&["diff", "oci:", "oci:none"], "reference-without-path"),
        (&["diff", "--platform", "linux", "oci:none", "oci:none"], "platform-malformed"),
        (&["diff", "--policy", policy, "oci:none", "oci:none"], "policy-without-name"),
        (&["report", "Cargo.toml"], "report-malformed"),
    ];
    for (arguments, code) in runs {
        let run = run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert!(run.err.starts_with("reprove: error: "), "{}", run.err);
        assert!(run.err.trim_end().ends_with(&format!(" [{code}]")), "{}", run.err);
    }
}
