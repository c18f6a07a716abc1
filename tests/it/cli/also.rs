//! A comparison in predicates of others: what they say, and that they say nothing better.

use super::attest::{attest, multi, payload};
use super::*;

const KINDS: [&str; 3] = ["svr", "test-result", "scai"];

/// The unsigned statement in this predicate, and the exit code.
fn stated(pair: &Images, kind: &str, arguments: &[&str]) -> (Option<i32>, Option<Value>) {
    let path = pair.path(&format!("{kind}.json"));
    let _ = fs::remove_file(&path);
    let output = format!("{kind}-statement={path}");
    let Sides { original, rebuild } = &pair.references;
    let mut command = program();
    command.args(["attest", original, rebuild, "-o", &output]).args(arguments).env("SOURCE_DATE_EPOCH", "1700000000");
    let code = command.output().unwrap().status.code();
    (code, fs::read(&path).ok().map(|bytes| serde_json::from_slice(&bytes).unwrap()))
}

/// A pair of which a layer of the rebuild cannot be read to its end.
fn damaged() -> Images {
    let both = json!({ "layers": [{ "entries": [{ "path": "app", "text": "x", "repeat": 100 }] }] });
    let damage = json!([{ "blob": "layers/0", "truncate": 40 }]);
    let rebuild = json!({ "config": { "created": "2025-01-02T00:00:00Z" }, "damage": damage });
    images(&json!({ "both": both, "original": {}, "rebuild": rebuild, "expect": { "cause": "" } }))
}

/// Every level, property and attribute that a statement has.
fn praise(statement: &Value) -> Vec<String> {
    let predicate = &statement["predicate"];
    let attributes = predicate["attributes"].as_array().into_iter().flatten().map(|one| &one["attribute"]);
    let properties = predicate["properties"].as_array().into_iter().flatten();
    properties.chain(attributes).map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_passes_is_said_as_others_say_it() {
    let pair = multi("hello\n", "hello\n");
    let own = program()
        .args(["attest", &pair.references.original, &pair.references.rebuild])
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .unwrap();
    let comparison: Value = serde_json::from_slice(&own.stdout).unwrap();
    let said = KINDS.map(|kind| stated(&pair, kind, &[]));
    for (code, statement) in &said {
        assert_eq!(*code, Some(0));
        assert_eq!(statement.as_ref().unwrap()["subject"], comparison["subject"], "the subjects are the same");
    }
    let [svr, tests, scai] = said.map(|(_, statement)| statement.unwrap());
    assert_eq!(svr["predicateType"], "https://in-toto.io/attestation/svr/v0.2");
    assert_eq!(svr["predicate"]["timeCreated"], "2023-11-14T22:13:20Z");
    assert_eq!(svr["predicate"]["properties"], json!(["REPROVE_REPRODUCED_NORMALIZED"]));
    assert_eq!(svr["predicate"]["verifier"]["id"], comparison["predicate"]["verifier"]["id"]);
    assert_eq!(tests["predicateType"], "https://in-toto.io/attestation/test-result/v0.1");
    assert_eq!(tests["predicate"]["result"], "WARNED", "not the same in every bit");
    assert_eq!(tests["predicate"]["warnedTests"], json!(["image", "linux/amd64", "linux/arm64"]));
    assert_eq!((&tests["predicate"]["passedTests"], &tests["predicate"]["failedTests"]), (&json!([]), &json!([])));
    let configuration = json!([{ "name": "default", "digest": comparison["predicate"]["policy"]["digest"] }]);
    assert_eq!(tests["predicate"]["configuration"], configuration);
    assert_eq!(scai["predicateType"], "https://in-toto.io/attestation/scai/v0.3");
    assert_eq!(praise(&scai), ["REPRODUCIBLE_NORMALIZED"]);
    let attribute = &scai["predicate"]["attributes"][0];
    assert_eq!(attribute["conditions"]["causes"], json!(["derived-digest-cascade", "tar-mtime"]));
    let evidence = reprove::digest::Digest::of(&own.stdout).encoded();
    assert_eq!(attribute["evidence"]["digest"]["sha256"], evidence, "the evidence is our own statement");

    let same = files("a", "a", "a");
    let properties = ["BIT_FOR_BIT", "RUNNABLE_MANIFESTS", "NORMALIZED"].map(|how| format!("REPROVE_REPRODUCED_{how}"));
    assert_eq!(praise(&stated(&same, "svr", &[]).1.unwrap()), properties);
    assert_eq!(stated(&same, "test-result", &[]).1.unwrap()["predicate"]["result"], "PASSED");
    let attributes = ["REPRODUCIBLE", "REPRODUCIBLE_RUNNABLE_MANIFESTS", "REPRODUCIBLE_NORMALIZED"];
    assert_eq!(praise(&stated(&same, "scai", &[]).1.unwrap()), attributes);
}

#[test]
fn nothing_good_is_said_of_what_the_default_policy_does_not_pass() {
    let wide = |pair: &Images| {
        let policy = pair.path("wide.toml");
        let rules = "name = \"wide\"\n[[accept]]\nseverity = \"security\"\nreason = \"x\"\n[[accept]]\nseverity = \"behavioural\"\nreason = \"x\"\n";
        fs::write(&policy, rules).unwrap();
        policy
    };
    let behavioural = cause("text-timestamp");
    let policy = wide(&behavioural);
    assert_eq!(diff(&behavioural, &["-q", "--policy", &policy]).code, Some(0), "another policy passes it");
    let (unexplained, damaged) = (multi("hello\n", "other\n"), damaged());
    let cases = [
        (&behavioural, vec!["--policy", &policy], 1, vec!["image", "linux/amd64"]),
        (&behavioural, vec![], 1, vec!["image", "linux/amd64"]),
        (&unexplained, vec![], 1, vec!["image", "linux/amd64"]),
        (&damaged, vec!["--verify-all"], 2, vec!["image", "linux/amd64"]),
    ];
    for (pair, arguments, code, failed) in cases {
        for kind in ["svr", "scai", "vsa"] {
            assert_eq!(stated(pair, kind, &arguments), (Some(code), None), "{kind} {arguments:?}");
        }
        let (found, statement) = stated(pair, "test-result", &arguments);
        let statement = statement.unwrap();
        assert_eq!((found, &statement["predicate"]["result"]), (Some(code), &json!("FAILED")));
        assert_eq!(statement["predicate"]["failedTests"], json!(failed), "{arguments:?}");
        let other = &statement["predicate"]["passedTests"];
        assert_eq!(other, &json!([]));
    }
    // One platform passes: what is good is said of that alone.
    let amd64 =
        diff(&unexplained, &["--format", "json"]).report()["platforms"][0]["original"]["manifestDigest"].clone();
    for (code, statement) in KINDS.map(|kind| stated(&unexplained, kind, &["--platform", "linux/arm64"])) {
        let subject = &statement.as_ref().unwrap()["subject"];
        assert_eq!((code, subject.as_array().unwrap().len()), (Some(0), 1));
        assert_ne!(json!(format!("sha256:{}", subject[0]["digest"]["sha256"].as_str().unwrap())), amd64);
    }
}

#[test]
fn lines_have_all_that_was_asked_for_and_are_the_same_bytes_twice() {
    let pair = multi("hello\n", "other\n");
    let key = pair.path("k");
    assert_eq!(run(&["generate-key", "--no-password", &key]).code, Some(0));
    let (private, lines) = (format!("{key}.key"), pair.path("all.jsonl"));
    let output = format!("jsonl={lines}");
    let signed = |also: &str, time: Option<&str>| {
        let mut command = program();
        command.args(["attest", &pair.references.original, &pair.references.rebuild, "--key", &private, "-o", &output]);
        command.args(["--resource-uri", "pkg:oci/app", "--also", also]);
        match time {
            Some(time) => command.env("SOURCE_DATE_EPOCH", time),
            None => command.env_remove("SOURCE_DATE_EPOCH"),
        };
        let run = command.output().unwrap();
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    };
    assert_eq!(signed("svr,test-result,scai", Some("1700000000")).0, Some(1));
    let first = fs::read_to_string(&lines).unwrap();
    let said: Vec<_> = first
        .lines()
        .map(|line| {
            let statement = payload(line);
            let kind = statement["predicateType"].as_str().unwrap().split('/').rev().nth(1).unwrap().to_owned();
            (kind, statement["subject"].as_array().unwrap().len())
        })
        .collect();
    let whole = |kind: &str| (kind.to_owned(), 2);
    let arm64 = |kind: &str| (kind.to_owned(), 1);
    let wanted = [
        whole("image-comparison"),
        arm64("image-comparison"),
        arm64("verification_summary"),
        arm64("svr"),
        whole("test-result"),
        arm64("test-result"),
        arm64("scai"),
    ];
    assert_eq!(said, wanted, "of what did not pass there is no more than that it failed");
    assert_eq!(signed("svr,test-result,scai", Some("1700000000")).0, Some(1));
    assert_eq!(fs::read_to_string(&lines).unwrap(), first);
    fs::remove_file(&lines).unwrap();
    let (code, why) = signed("svr", None);
    assert!(code == Some(2) && why.contains("give --now") && !Path::new(&lines).exists(), "{why}");
    assert_eq!(signed("test-result,scai", None).0, Some(1), "those do not tell the time");
    let bare = attest(&pair, &["--also", "svr"]);
    assert!(bare.code == Some(2) && bare.err.contains("-o jsonl=FILE"), "{}", bare.err);
    assert_eq!(attest(&pair, &["--also", "link"]).code, Some(2));
}
