use super::*;

fn with_policy(pair: &Images, policy: &str, arguments: &[&str]) -> Run {
    let path = pair.path("policy.toml");
    fs::write(&path, policy).unwrap();
    diff(pair, &[&["--policy", &path], arguments].concat())
}

#[test]
fn strict_accepts_nothing() {
    let pair = cause("dpkg-log");
    assert_eq!(diff(&pair, &[]).code, Some(0));
    let strict = diff(&pair, &["--strict"]);
    assert_eq!(strict.code, Some(1));
    assert!(strict.out.contains("not accepted by the policy \"strict\""), "{}", strict.out);
    let original = &pair.references.original;
    assert_eq!(run(&["diff", "--strict", original, original]).code, Some(0));
}

#[test]
fn a_wrong_policy_is_refused_with_its_place() {
    let pair = cause("machine-id");
    for (entry, words) in [
        ("cause = \"machine-id\"\nreason = \"\"", "the reason is missing or empty"),
        ("cause = \"machine-id\"\nreason = \"  \"", "the reason is missing or empty"),
        ("cause = \"machine-id\"", "the reason is missing or empty"),
        ("cause = \"machine-ids\"\nreason = \"r\"", "unknown cause \"machine-ids\", did you mean \"machine-id\"?"),
        ("cause = \"machine-id\"\nreason = \"r\"\nexpires = \"soon\"", "expires"),
        ("cause = \"machine-id\"\nreasons = \"r\"", "reasons"),
    ] {
        let run = with_policy(&pair, &format!("name = \"mine\"\n\n[[accept]]\n{entry}\n"), &[]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{entry}");
        assert!(run.err.contains(&pair.path("policy.toml")) && run.err.contains(words), "{}", run.err);
    }
    let missing = pair.path("no-such-policy.toml");
    let run = diff(&pair, &["--policy", &missing]);
    assert!(run.code == Some(2) && run.err.contains(&missing), "{}", run.err);
}

#[test]
fn what_a_policy_says_is_shown_as_it_is() {
    let pair = cause("machine-id");
    let policy = "name = 'm\u{202e}ine'\n[[accept]]\ncause = \"machine-id\"\nreason = \"a \\u009b\u{2066}demo\"\n";
    for format in ["text", "json"] {
        let run = with_policy(&pair, policy, &["--format", format]);
        assert_eq!(run.code, Some(0), "{}", run.out);
        assert!(!run.out.contains(['\u{202e}', '\u{9b}', '\u{2066}']), "{}", run.out);
    }
}

#[test]
fn an_expired_rule_accepts_nothing_and_is_named() {
    let pair = cause("machine-id");
    let policy = "name = \"mine\"\n[[accept]]\ncause = \"machine-id\"\nreason = \"a demo\"\nexpires = \"2026-01-31\"\n";
    let last_day = with_policy(&pair, policy, &["--date", "2026-01-31"]);
    assert_eq!(last_day.code, Some(0), "{}", last_day.out);
    let after = with_policy(&pair, policy, &["--date", "2026-02-01"]);
    assert_eq!(after.code, Some(1));
    assert!(after.out.contains("machine-id expired after 2026-01-31"), "{}", after.out);
    let report = with_policy(&pair, policy, &["--date", "2026-02-01", "--format", "json"]).report();
    assert_eq!(report["policy"]["date"], "2026-02-01");
    assert_eq!(report["policy"]["expired"][0]["cause"], "machine-id");
}

#[test]
fn the_day_is_in_the_report_where_a_stamp_of_the_build_is_judged() {
    let pair = cause("text-build-stamp");
    let on = |date: &str| {
        let run = diff(&pair, &["--date", date, "--format", "json"]);
        (run.code, run.report())
    };
    // Both sides were stamped on 2026-11-22.
    let (code, report) = on("2026-11-22");
    assert_eq!((code, &report["policy"]["date"]), (Some(0), &"2026-11-22".into()), "{report}");
    let (code, report) = on("2026-11-21");
    assert_eq!((code, &report["policy"]["date"]), (Some(1), &"2026-11-21".into()), "{report}");
    for finding in report["platforms"][0]["findings"].as_array().unwrap() {
        assert_ne!(finding["cause"], "text-build-stamp", "{finding}");
    }
    // Any other time hangs on the day only where it is after it.
    let pair = cause("config-created-time");
    let report = diff(&pair, &["--date", "2026-11-22", "--format", "json"]).report();
    assert!(report["policy"].get("date").is_none(), "{report}");
    let before = diff(&pair, &["--date", "2020-01-01", "--format", "json"]);
    assert_eq!((before.code, &before.report()["policy"]["date"]), (Some(1), &"2020-01-01".into()), "{}", before.out);
    // What no day would make a stamp hangs on none.
    let pair = cause("dpkg-log");
    let report = diff(&pair, &["--date", "2026-11-23", "--format", "json"]).report();
    assert!(report["policy"].get("date").is_none(), "{report}");
}

#[test]
fn a_draft_is_refused_until_its_reasons_are_filled_in() {
    let pair = cause("machine-id");
    let report = pair.path("report.json");
    assert_eq!(diff(&pair, &["-q", "-o", &format!("json={report}")]).code, Some(1));
    let draft = run(&["policy", "init", &report]);
    assert_eq!((draft.code, draft.err.as_str()), (Some(0), ""));
    let refused = with_policy(&pair, &draft.out, &[]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("reason"), "{}", refused.err);
    let filled = draft.out.replace("reason = \"\"", "reason = \"each image has its own\"");
    let accepted = with_policy(&pair, &filled, &[]);
    assert_eq!(accepted.code, Some(0), "{}{}\n{filled}", accepted.out, accepted.err);
}

#[test]
fn a_draft_cannot_accept_what_is_unexplained() {
    let pair = files("app", "one\n", "two\n");
    let report = pair.path("report.json");
    diff(&pair, &["-q", "-o", &format!("json={report}")]);
    let filled = run(&["policy", "init", &report]).out.replace("reason = \"\"", "reason = \"because\"");
    assert!(filled.contains("No rule accepts what no cause explains."), "{filled}");
    assert_eq!(with_policy(&pair, &filled, &[]).code, Some(1));
}

#[test]
fn a_draft_needs_a_report() {
    let pair = files("app", "one\n", "two\n");
    for (name, content) in [("text", "no report"), ("later.json", "{\"schemaVersion\":\"2.0\"}")] {
        fs::write(pair.path(name), content).unwrap();
        let run = run(&["policy", "init", &pair.path(name)]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains(name), "{}", run.err);
    }
}

#[test]
fn built_in_policies_are_policy_files() {
    let pair = cause("dpkg-log");
    for (name, code) in [("default", 0), ("strict", 1)] {
        let shown = run(&["policy", "show", name]).out;
        assert_eq!(with_policy(&pair, &shown, &[]).code, Some(code), "{name}");
    }
}

/// A symbolic link of the base leads what a layer has below it elsewhere, where the layer has no entry for the directory.
#[test]
fn a_rule_with_a_path_does_not_hold_behind_a_symbolic_link() {
    let code = |base: Value, has_directory: bool, glob: &str| {
        let image = |mode: &str| {
            let directory = json!({ "path": "srv/cache", "type": "dir" });
            let srv = json!({ "path": "srv", "type": "dir" });
            let tool = json!({ "path": "srv/cache/tool", "text": "tool\n", "mode": mode });
            let entries = if has_directory { vec![srv, directory, tool] } else { vec![tool] };
            json!({ "layers": [{ "entries": [base] }, { "entries": entries, "createdBy": "COPY . /srv/ # buildkit" }] })
        };
        let pair = images(&json!({ "original": image("664"), "rebuild": image("644"), "expect": { "cause": "" } }));
        let rule = format!("[[accept]]\ncause = \"tar-mode-umask\"\npath = \"{glob}\"\nreason = \"scratch\"\n");
        with_policy(&pair, &format!("name = \"mine\"\n{rule}"), &[]).code
    };
    let link = || json!({ "path": "srv/cache", "type": "symlink", "link": "/usr/bin" });
    let file = || json!({ "path": "app", "text": "app\n" });
    assert_eq!(code(file(), true, "srv/**"), Some(0));
    assert_eq!(code(link(), true, "srv/**"), Some(0), "its own directory takes the place of the link");
    assert_eq!(code(link(), false, "srv/**"), Some(1));
    assert_eq!(code(link(), false, "**/tool"), Some(0));
    assert_eq!(code(file(), false, "srv/**"), Some(1), "the base is not read for it");
}
