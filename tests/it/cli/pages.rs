use super::*;

#[test]
fn every_cause_is_listed_and_has_its_page() {
    let list = run(&["causes"]);
    assert_eq!((list.code, list.err.as_str()), (Some(0), ""));
    for cause in reprove::causes::LIST {
        let listed = list.out.lines().any(|line| line.trim_start().split(' ').next() == Some(cause.id));
        assert!(listed, "{} is not listed", cause.id);
    }
    for id in ["pyc-header-mtime", "machine-id", "tar-mtime"] {
        let page = run(&["causes", id]);
        assert_eq!(page.code, Some(0));
        for heading in ["What differs", "Why it happens", "How to fix the build", "When it is not harmless"] {
            assert!(page.out.lines().any(|line| line == heading), "{id}: {heading}");
        }
    }
}

#[test]
fn an_unknown_cause_suggests_another() {
    let run = run(&["causes", "pyc-header-mtimes"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("did you mean \"pyc-header-mtime\"?"), "{}", run.err);
}

#[test]
fn shells_can_complete() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        assert_eq!(script.code, Some(0));
        for word in ["reprove", "diff", "canonical-digest"] {
            assert!(script.out.contains(word), "{shell} does not know {word}");
        }
    }
}

#[test]
fn manual_pages_render() {
    for (arguments, words) in [
        (&["man"][..], &[".TH reprove 1", "completions", "Exit codes"][..]),
        (&["man", "diff"], &[".TH reprove-diff 1", "\\-\\-require", "Exit codes"]),
        (&["man", "cache"], &[".TH reprove-cache 1", "prune", "Exit codes"]),
    ] {
        let page = run(arguments);
        assert_eq!(page.code, Some(0));
        for word in words {
            assert!(page.out.contains(word), "{arguments:?}: {word}");
        }
    }
    assert_eq!(run(&["man", "no-such-command"]).code, Some(2));
}

#[test]
fn help_and_version_are_no_errors() {
    for arguments in [&["--help"][..], &["-h"], &["diff", "--help"], &["help", "policy"], &["--version"]] {
        let run = run(arguments);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(!run.out.is_empty());
    }
    assert_eq!(run(&["--version"]).out, concat!("reprove ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn policies_of_others_ask_for_the_same() {
    let policy = |name: &str| fs::read_to_string(repository().join("templates/policies").join(name)).unwrap();
    let cue = policy("reproduced.cue");
    let (_, rules) = cue.split_once("IMAGE@DIGEST\n").unwrap();
    let inside = rules.lines().map(|line| format!("              {line}\n")).collect::<String>();
    assert!(policy("policy-controller.yaml").ends_with(&format!("data: |\n{inside}")), "it holds another policy");
    for name in ["reproduced.cue", "reproduced.rego", "kyverno.yaml", "policy-controller.yaml"] {
        let text = policy(name);
        for word in [reprove::evidence::IMAGE_COMPARISON, "identical", "equivalent", "https://reprove.example/verifier"]
        {
            assert!(text.contains(word), "{name}: {word}");
        }
    }
}
