//! What was stated of an image before, and that it is so no longer.

use reprove::evidence::{Envelope, PrivateKey};

use super::attest::{attest, multi, payload};
use super::*;

/// A pair that is equivalent, one of the same original whose rebuild is another image, and evidence about the first.
struct Case {
    good: Images,
    bad: Images,
}

fn case() -> Case {
    let case = Case { good: multi("hello\n", "hello\n"), bad: multi("hello\n", "other\n") };
    assert_eq!(run(&["generate-key", "--no-password", &case.path("k")]).code, Some(0));
    assert_eq!(run(&["generate-key", "--no-password", &case.path("other")]).code, Some(0));
    for (kind, name) in [("bundle", "before"), ("dsse", "before.dsse")] {
        let made = case.sign(&case.good, &["-o", &format!("{kind}={}", case.path(name))]);
        assert_eq!(made.code, Some(0), "{}", made.err);
    }
    case
}

impl Case {
    fn path(&self, name: &str) -> String {
        self.good.path(name)
    }

    fn sign(&self, pair: &Images, arguments: &[&str]) -> Run {
        attest(pair, &[&["--key", &self.path("k.key")], arguments].concat())
    }

    /// What is stated of a pair beside what was stated before.
    fn tracked(&self, pair: &Images, arguments: &[&str]) -> (Option<i32>, Value, String) {
        let run = self.sign(pair, &[&["--track", &self.path("before")], arguments].concat());
        (run.code, serde_json::from_str(&run.out).unwrap_or_default(), run.err)
    }
}

#[test]
fn that_an_image_is_no_longer_reproduced_is_stated() {
    let case = case();
    let (code, lost, said) = case.tracked(&case.bad, &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("; was equivalent and is no longer reproduced"), "{said}");
    let before = payload(&fs::read_to_string(case.path("before.dsse")).unwrap());
    let signed = attest(&case.good, &[]).out;
    let previous = json!({
        "verdict": "equivalent",
        "noLongerReproduced": true,
        "verifier": "https://reprove.example/verifier",
        "comparedOn": before["predicate"]["comparedOn"],
        "comparedOnSource": "images",
        "statement": { "sha256": reprove::digest::Digest::of(signed.as_bytes()).encoded() },
    });
    assert_eq!(lost["predicate"]["previous"], previous);
    assert_eq!(case.tracked(&case.bad, &[]).1, lost, "the same twice");
    let validator = jsonschema::validator_for(&reprove::evidence::schema()).unwrap();
    assert!(validator.is_valid(&lost));
    // Without it nothing is different but that.
    let mut without = lost.clone();
    without["predicate"].as_object_mut().unwrap().shift_remove("previous");
    assert_eq!(case.sign(&case.bad, &[]).report(), without);
    // An envelope serves as well, and a key that is named.
    let envelope = ["--track", &case.path("before.dsse"), "--track-key", &case.path("k.pub")];
    assert_eq!(attest(&case.bad, &envelope).report(), lost);
    // Whoever reads it sees it, and edits of it do not hold.
    let key = PrivateKey::read(&fs::read(case.path("k.key")).unwrap(), None).unwrap();
    let (path, policy) = (case.path("after"), case.path("p.toml"));
    fs::write(&policy, "verdict = \"different\"\ncauses = []\n").unwrap();
    let image = format!("sha256:{}", lost["subject"][0]["digest"]["sha256"].as_str().unwrap());
    let mut edited = lost.clone();
    edited["predicate"]["previous"]["noLongerReproduced"] = json!(false);
    for (statement, why) in [(&lost, "not everything that differs is explained"), (&edited, "its verdict is not what")]
    {
        let envelope = Envelope::sign(statement.to_string().as_bytes(), &key);
        fs::write(&path, serde_json::to_vec(&envelope).unwrap()).unwrap();
        let run = run(&["verify", "--key", &case.path("k.pub"), "--envelope", &path, "--policy", &policy, &image]);
        assert!(run.code == Some(1) && run.err.contains(why), "{why}: {}", run.err);
    }
}

#[test]
fn what_shows_no_change_of_the_image_is_not_stated_as_one() {
    let case = case();
    let (code, still, said) = case.tracked(&case.good, &[]);
    let previous = &still["predicate"]["previous"];
    assert_eq!((code, &previous["noLongerReproduced"]), (Some(0), &json!(false)));
    assert!(!said.contains("no longer"), "{said}");
    // A stricter policy than before.
    let (code, strict, _) = case.tracked(&case.good, &["--strict"]);
    assert_eq!((code, &strict["predicate"]["verdict"]), (Some(1), &json!("different")));
    assert_eq!(strict["predicate"]["previous"]["noLongerReproduced"], json!(false));
    // What was different before has not been lost.
    let negative = case.path("negative");
    assert_eq!(case.sign(&case.bad, &["-o", &format!("bundle={negative}")]).code, Some(1));
    let again = case.sign(&case.bad, &["--track", &negative]).report();
    let previous = &again["predicate"]["previous"];
    assert_eq!((&previous["verdict"], &previous["noLongerReproduced"]), (&json!("different"), &json!(false)));
    // Of a platform alone, what was said of that.
    let (_, arm64, _) = case.tracked(&case.bad, &["--platform", "linux/arm64"]);
    let previous = &arm64["predicate"]["previous"];
    assert_eq!((&previous["verdict"], &previous["noLongerReproduced"]), (&json!("equivalent"), &json!(false)));
}

#[test]
fn only_evidence_about_the_image_by_a_known_key_is_tracked() {
    let case = case();
    let refuses = |arguments: &[&str], why: &str| {
        let run = attest(&case.bad, arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{why}: {}", run.err);
        assert!(run.err.contains(why), "{why:?}: {}", run.err);
    };
    let before = case.path("before");
    let (own, other) = (case.path("k.key"), case.path("other.key"));
    refuses(&["--track", &before], "give --track-key");
    refuses(&["--track", &before, "--key", &other], "by none of the keys [evidence-signature]\n");
    refuses(&["--track", &before, "--key", &own, "--track-key", &case.path("other.pub")], "by none of the keys");
    let unsigned = case.path("unsigned");
    fs::write(&unsigned, attest(&case.good, &[]).out).unwrap();
    refuses(&["--track", &unsigned, "--key", &own], "unknown field `_type`");
    let summary = case.path("summary");
    let output = format!("vsa-bundle={summary}");
    assert_eq!(case.sign(&case.good, &["--resource-uri", "pkg:oci/app", "-o", &output]).code, Some(0));
    refuses(&["--track", &summary, "--key", &own], "its predicate is a \"https://slsa.dev/verification_summary/v1\"");
    let (foreign, pair) = (case.path("foreign"), files("a", "a", "a"));
    assert_eq!(case.sign(&pair, &["-o", &format!("bundle={foreign}")]).code, Some(0));
    refuses(&["--track", &foreign, "--key", &own], "is not about all that is stated now");
    // Of one platform there is nothing to be said of the whole.
    let partial = case.path("partial");
    assert_eq!(case.sign(&case.good, &["--platform", "linux/amd64", "-o", &format!("bundle={partial}")]).code, Some(0));
    refuses(&["--track", &partial, "--key", &own], "is not about all that is stated now");
}
