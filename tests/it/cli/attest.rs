//! What is stated of a comparison, and what never is.

use reprove::evidence;

use super::*;

/// One platform of a pair: what is in its only file, and when that was written.
fn platform(architecture: &str, text: &str, time: u64) -> Value {
    let entries = [json!({ "path": "app/a", "text": text, "mtime": time })];
    let layer = json!({ "compression": "none", "entries": entries, "createdBy": "RUN make # buildkit" });
    json!({ "platform": { "os": "linux", "architecture": architecture }, "layers": [layer] })
}

/// Two platforms, of which the second differs in nothing but a time; the first in what is given.
pub(super) fn multi(original: &str, rebuild: &str) -> Images {
    let side = |text: &str, time: u64| json!({ "index": { "platforms": [platform("amd64", text, time), platform("arm64", "hello\n", time)] } });
    images(&json!({
        "original": side(original, 1_700_000_000), "rebuild": side(rebuild, 1_700_000_777), "expect": { "cause": "" }
    }))
}

pub(super) fn attest(pair: &Images, arguments: &[&str]) -> Run {
    let Sides { original, rebuild } = &pair.references;
    run(&[&["attest", original, rebuild], arguments].concat())
}

/// The report of a pair as a file beside it, and as a value.
fn reported(pair: &Images, arguments: &[&str]) -> (String, Value) {
    let path = pair.path("report.json");
    diff(pair, &[&["-q", "--canonical-digest", "-o", &format!("json={path}")], arguments].concat());
    let report = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    (path, report)
}

fn subjects(statement: &Value) -> Vec<String> {
    let subjects = statement["subject"].as_array().unwrap().iter();
    subjects.map(|subject| format!("sha256:{}", subject["digest"]["sha256"].as_str().unwrap())).collect()
}

/// The digests of the original: its index, then its platforms.
fn originals(report: &Value) -> Vec<String> {
    let platforms =
        report["platforms"].as_array().unwrap().iter().map(|platform| &platform["original"]["manifestDigest"]);
    [&report["original"]["digest"]]
        .into_iter()
        .chain(platforms)
        .map(|digest| digest.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn statements_follow_the_published_schema() {
    let published = fs::read(repository().join("docs/image-comparison.schema.json")).unwrap();
    let mut schema = Vec::new();
    reprove::report::json::document(&evidence::schema(), &mut schema).unwrap();
    assert!(published == schema, "write docs/image-comparison.schema.json anew: reprove schema image-comparison");
    let validator = jsonschema::validator_for(&evidence::schema()).unwrap();
    for pair in [first(), multi("hello\n", "hello\n"), multi("hello\n", "other\n"), files("a", "a", "a")] {
        let statement: Value = attest(&pair, &[]).report();
        let errors: Vec<_> = validator.iter_errors(&statement).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let mut wrong = statement.clone();
        wrong["predicate"]["verdict"] = json!("fine");
        assert!(!validator.is_valid(&wrong));
        wrong = statement.clone();
        wrong["subject"][0]["uri"] = json!("x");
        assert!(!validator.is_valid(&wrong));
    }
}

#[test]
fn subjects_are_the_index_and_the_platforms_for_which_it_holds() {
    let pair = multi("hello\n", "hello\n");
    let (path, report) = reported(&pair, &[]);
    let whole = attest(&pair, &[]);
    assert_eq!((whole.code, subjects(&whole.report())), (Some(0), originals(&report)), "{}", whole.err);
    let later = |path: &str| run(&["attest", "--report", path]);
    let but_for_the_report = |run: &Run| {
        let mut statement = run.report();
        statement["predicate"]["report"] = Value::Null;
        statement
    };
    assert_eq!(but_for_the_report(&later(&path)), but_for_the_report(&whole), "a report says the same");
    let named = pair.path("named.json");
    attest(&pair, &["-o", &format!("report={named}")]);
    assert_eq!(later(&named).out, whole.out, "and the report that it names says so in the same bytes");
    let amd64 = originals(&report)[1].clone();
    {
        let arguments = ["--platform", "linux/amd64"];
        let one = attest(&pair, &arguments);
        assert_eq!((one.code, subjects(&one.report())), (Some(0), vec![amd64.clone()]));
        assert_eq!(one.report()["predicate"]["scope"], "platforms");
        let later = run(&[&["attest", "--report", &path], &arguments[..]].concat());
        assert_eq!((later.code, subjects(&later.report())), (Some(0), vec![amd64.clone()]));
    }
    let (restricted, _) = reported(&pair, &["--platform", "linux/amd64"]);
    assert_eq!(subjects(&run(&["attest", "--report", &restricted]).report()), vec![amd64]);
    let mut old = report.clone();
    old.as_object_mut().unwrap().shift_remove("selected");
    fs::write(&path, old.to_string()).unwrap();
    let unknown = run(&["attest", "--report", &path]);
    assert_eq!(subjects(&unknown.report()), originals(&report)[1..], "who does not tell may have left out a platform");
}

#[test]
fn of_two_platforms_the_better_one_has_a_statement_of_its_own() {
    let pair = multi("hello\n", "other\n");
    let (_, report) = reported(&pair, &[]);
    let digests = originals(&report);
    let key = pair.path("k");
    assert_eq!(run(&["generate-key", "--no-password", &key]).code, Some(0));
    let lines = pair.path("all.intoto.jsonl");
    let run = attest(
        &pair,
        &["--key", &format!("{key}.key"), "--resource-uri", "pkg:oci/app", "-o", &format!("jsonl={lines}")],
    );
    assert_eq!(run.code, Some(1), "{}", run.err);
    let text = fs::read_to_string(&lines).unwrap();
    let statements: Vec<Value> = text.lines().map(payload).collect();
    let said = |statement: &Value| {
        let what = statement["predicate"]["verdict"].as_str().or(statement["predicate"]["verificationResult"].as_str());
        (what.unwrap().to_owned(), subjects(statement))
    };
    let said: Vec<_> = statements.iter().map(said).collect();
    let amd64_and_index = vec![digests[0].clone(), digests[1].clone()];
    let arm64 = vec![digests[2].clone()];
    assert_eq!(
        said,
        [
            ("different".to_owned(), amd64_and_index),
            ("equivalent".to_owned(), arm64.clone()),
            ("PASSED".to_owned(), arm64)
        ]
    );
    assert_eq!(statements[0]["predicate"]["reasons"], json!(["unexplained"]));
}

/// The statement in an envelope.
pub(super) fn payload(envelope: &str) -> Value {
    use base64::Engine as _;
    let envelope: Value = serde_json::from_str(envelope).unwrap();
    let payload = envelope["payload"].as_str().unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::STANDARD.decode(payload).unwrap()).unwrap()
}

#[test]
fn a_policy_only_tightens_what_is_positive() {
    let pair = cause("text-timestamp");
    let policy = pair.path("policy.toml");
    let rules = "name = \"wide\"\n[[accept]]\nseverity = \"behavioural\"\nreason = \"we do not mind\"\n";
    fs::write(&policy, rules).unwrap();
    assert_eq!(diff(&pair, &["-q", "--policy", &policy]).code, Some(0), "the policy passes it");
    let summary = pair.path("vsa.json");
    let output = format!("vsa-statement={summary}");
    let wide = attest(&pair, &["--policy", &policy, "--resource-uri", "pkg:oci/app", "-o", &output]);
    assert_eq!(wide.code, Some(1), "{}", wide.err);
    assert!(!Path::new(&summary).exists(), "a summary says that it passed");
    let wide = attest(&pair, &["--policy", &policy]).report();
    assert_eq!(wide["predicate"]["verdict"], "different");
    assert_eq!(wide["predicate"]["reasons"], json!(["beyondDefault"]));
    let strict = attest(&multi("hello\n", "hello\n"), &["--strict"]);
    assert_eq!((strict.code, &strict.report()["predicate"]["reasons"]), (Some(1), &json!(["notAccepted"])));
}

#[test]
fn what_was_not_looked_at_is_inconclusive() {
    let both = json!({ "layers": [{ "entries": [{ "path": "app", "text": "x", "repeat": 100 }] }] });
    let damage = json!([{ "blob": "layers/0", "truncate": 40 }]);
    let rebuild = json!({ "config": { "created": "2025-01-02T00:00:00Z" }, "damage": damage });
    let pair = images(&json!({ "both": both, "original": {}, "rebuild": rebuild, "expect": { "cause": "" } }));
    assert_eq!(attest(&pair, &[]).code, Some(0), "nothing asks for the layer's bytes");
    let stated = attest(&pair, &["--verify-all"]);
    let predicate = &stated.report()["predicate"];
    assert_eq!((stated.code, &predicate["verdict"]), (Some(2), &json!("inconclusive")), "{}", stated.err);
    assert_eq!(predicate["reasons"], json!(["gaps"]));
    assert_eq!(predicate["platforms"][0]["differences"]["gaps"], json!([{ "reason": "integrity", "count": 1 }]));
}

#[test]
fn a_day_that_has_not_come_proves_nothing() {
    let pair = multi("hello\n", "hello\n");
    let (path, mut report) = reported(&pair, &[]);
    report["policy"]["date"] = json!("2999-01-01");
    fs::write(&path, report.to_string()).unwrap();
    let stated = run(&["attest", "--report", &path]);
    assert_eq!(
        (stated.code, &stated.report()["predicate"]["reasons"]),
        (Some(2), &json!(["futureDate"])),
        "{}",
        stated.err
    );
}

#[test]
fn reports_that_contradict_themselves_state_nothing() {
    let pair = multi("hello\n", "other\n");
    let (path, report) = reported(&pair, &[]);
    let edit = |what: &str, edit: &dyn Fn(&mut Value)| {
        let mut edited = report.clone();
        edit(&mut edited);
        assert_ne!(edited, report, "{what}: nothing was edited");
        fs::write(&path, edited.to_string()).unwrap();
        let run = run(&["attest", "--report", &path]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{what}: {}", run.err);
        assert!(run.err.contains("report is not consistent"), "{what}: {}", run.err);
    };
    edit("the verdict", &|report| report["verdict"] = json!("equivalent"));
    edit("a platform's verdict", &|report| report["platforms"][0]["verdict"] = json!("equivalent"));
    edit("all verdicts", &|report| {
        report["verdict"] = json!("equivalent");
        report["platforms"][0]["verdict"] = json!("equivalent");
    });
    edit("a number", &|report| report["summary"]["unexplained"] = json!(0));
    edit("findings", &|report| report["platforms"][0]["findings"] = json!([]));
    edit("a severity", &|report| report["causes"][0]["severity"] = json!("security"));
    edit("a cause", &|report| report["causes"][0]["id"] = json!("tar-uid"));
    edit("what is accepted", &|report| report["platforms"][1]["findings"][0]["accepted"] = json!(false));
    edit("an id", &|report| {
        report["platforms"][1]["findings"][0]["id"] = report["platforms"][0]["findings"][0]["id"].clone()
    });
    edit("a digest", &|report| report["original"]["digest"] = json!("sha256:12"));
    edit("another rebuild", &|report| report["rebuild"]["digest"] = report["original"]["digest"].clone());
    edit("what it is", &|report| {
        report["original"]["mediaType"] = json!("application/vnd.oci.image.manifest.v1+json");
    });
    edit("the rung", &|report| report["platforms"][1]["rung"] = json!("manifest"));
    edit("the ledger", &|report| report["platforms"][1]["ledger"]["unexplainedBytes"] = json!(1));
    edit("the version", &|report| report["tool"]["version"] = json!("0.0.9"));
    edit("an unexplained finding", &|report| {
        let findings = report["platforms"][0]["findings"].as_array_mut().unwrap();
        let finding = findings.iter_mut().find(|finding| finding["claim"] == "unexplained").unwrap();
        finding["accepted"] = json!(true);
    });
}

#[test]
fn statements_are_the_same_bytes_but_for_the_clock() {
    let pair = multi("hello\n", "hello\n");
    let one = attest(&pair, &[]);
    assert_eq!(one.out, attest(&pair, &[]).out);
    let Sides { original, rebuild } = &pair.references;
    let dated = program().args(["attest", original, rebuild]).env("SOURCE_DATE_EPOCH", "1700000000").output().unwrap();
    let dated: Value = serde_json::from_slice(&dated.stdout).unwrap();
    assert_eq!(dated["predicate"]["comparedOn"], "2023-11-14T22:13:20Z");
    assert_eq!(dated["predicate"]["comparedOnSource"], "sourceDateEpoch");
    assert_eq!(attest(&pair, &["--now"]).report()["predicate"]["comparedOnSource"], "clock");
    let (path, _) = reported(&pair, &[]);
    assert_eq!(run(&["attest", "--now", "--report", &path]).code, Some(2), "nobody knows when that was compared");
}

#[test]
fn summaries_say_what_verifiers_of_slsa_ask_for() {
    let pair = multi("hello\n", "hello\n");
    let path = pair.path("vsa.json");
    let output = format!("vsa-statement={path}");
    let nameless = attest(&pair, &["-o", &output]);
    assert_eq!(nameless.code, Some(2));
    assert!(nameless.err.contains("give --resource-uri"), "{}", nameless.err);
    assert_eq!(attest(&pair, &["--resource-uri", "pkg:oci/app", "-o", &output]).code, Some(0));
    let summary: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let predicate = &summary["predicate"];
    assert_eq!(summary["predicateType"], "https://slsa.dev/verification_summary/v1");
    assert_eq!(predicate["verificationResult"], "PASSED");
    assert_eq!(predicate["resourceUri"], "pkg:oci/app");
    assert_eq!(predicate["verifiedLevels"], json!(["REPRODUCED_NORMALIZED"]));
    assert!(predicate.get("dependencyLevels").is_none(), "that would claim that there are none");
    let same = files("a", "a", "a");
    attest(&same, &["--resource-uri", "pkg:oci/app", "-o", &output]);
    let summary: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let levels = ["REPRODUCED_BIT_FOR_BIT", "REPRODUCED_RUNNABLE_MANIFESTS", "REPRODUCED_NORMALIZED"];
    assert_eq!(summary["predicate"]["verifiedLevels"], json!(levels));
}

#[test]
fn new_keys_are_private_and_replace_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("k").to_str().unwrap().to_owned();
    let bare = program().args(["generate-key", &name]).env_remove("COSIGN_PASSWORD").output().unwrap();
    assert_eq!(bare.status.code(), Some(2), "no key without a password by accident");
    assert_eq!(run(&["generate-key", "--no-password", &name]).code, Some(0));
    let private = format!("{name}.key");
    assert_eq!(fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&private).unwrap();
    assert_eq!(run(&["generate-key", "--no-password", &name]).code, Some(2));
    fs::remove_file(format!("{name}.pub")).unwrap();
    assert_eq!(run(&["generate-key", "--no-password", &name]).code, Some(2));
    assert_eq!(fs::read(&private).unwrap(), before);
}
