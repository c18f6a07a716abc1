//! Evidence that holds, and everything that must not pass for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reprove::evidence::{Envelope, PrivateKey, bundle::Bundle, generate, pre_authentication};

use super::attest::{attest, payload};
use super::*;

/// A pair that is equivalent, evidence about it, and keys.
pub(super) struct Case {
    pub(super) pair: Images,
    pub(super) key: PrivateKey,
    pub(super) digest: String,
}

pub(super) fn key(byte: u8) -> PrivateKey {
    let pair = generate(&[byte; 88], None).unwrap().unwrap();
    PrivateKey::read(pair.private.as_bytes(), None).unwrap()
}

/// The statement about the pair is signed by key 1, whose public half is `1.pub`.
pub(super) fn case(arguments: &[&str]) -> Case {
    let pair = cause("tar-mtime");
    for byte in [1, 2] {
        let made = generate(&[byte; 88], None).unwrap().unwrap();
        fs::write(pair.path(&format!("{byte}.key")), made.private).unwrap();
        fs::write(pair.path(&format!("{byte}.pub")), made.public).unwrap();
    }
    let (bundle, envelope) = (format!("bundle={}", pair.path("b")), format!("dsse={}", pair.path("e")));
    let outputs = ["--key", &pair.path("1.key"), "-o", &bundle, "-o", &envelope];
    let made = attest(&pair, &[&outputs[..], arguments].concat());
    assert_eq!(made.code, Some(0), "{}", made.err);
    let report = diff(&pair, &["--format", "json"]).report();
    Case { digest: report["original"]["digest"].as_str().unwrap().to_owned(), pair, key: key(1) }
}

impl Case {
    pub(super) fn verify(&self, arguments: &[&str]) -> Run {
        run(&[&["verify", "--key", &self.pair.path("1.pub")], arguments].concat())
    }

    fn envelope(&self) -> Value {
        serde_json::from_slice(&fs::read(self.pair.path("e")).unwrap()).unwrap()
    }

    pub(super) fn bundle(&self) -> Value {
        serde_json::from_slice(&fs::read(self.pair.path("b")).unwrap()).unwrap()
    }

    pub(super) fn statement(&self) -> Value {
        payload(&self.envelope().to_string())
    }

    /// An envelope has to be refused, with these words.
    fn refuses(&self, envelope: &[u8], why: &str) {
        self.refuses_with(envelope, why, &[]);
    }

    fn refuses_with(&self, envelope: &[u8], why: &str, arguments: &[&str]) {
        let path = self.pair.path("altered");
        fs::write(&path, envelope).unwrap();
        let run = self.verify(&[&["--envelope", &path, &self.digest], arguments].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{why}: {}", run.err);
        assert!(run.err.contains(why), "{why:?} is not why: {}", run.err);
    }

    /// The same for a statement that the trusted key signed.
    fn refuses_statement(&self, statement: &str, why: &str) {
        self.refuses(&signed(statement, &self.key), why);
    }

    /// A statement with an edit.
    fn edited(&self, edit: impl Fn(&mut Value)) -> String {
        let mut statement = self.statement();
        edit(&mut statement);
        assert_ne!(statement, self.statement());
        statement.to_string()
    }
}

fn signed(statement: &str, key: &PrivateKey) -> Vec<u8> {
    serde_json::to_vec(&Envelope::sign(statement.as_bytes(), key)).unwrap()
}

#[test]
fn evidence_holds_for_its_image_and_key() {
    let case = case(&[]);
    let (bundle, envelope) = (case.pair.path("b"), case.pair.path("e"));
    for file in [["--bundle", &bundle], ["--envelope", &envelope]] {
        for image in [&case.digest, &case.pair.references.original] {
            let run = case.verify(&[&file[..], &[image]].concat());
            assert_eq!(run.code, Some(0), "{}", run.err);
            assert!(run.out.starts_with(&format!("{}: equivalent, ", case.digest)), "{}", run.out);
        }
        let other = case.verify(&[&file[..], &[&case.pair.references.rebuild]].concat());
        assert_eq!(other.code, Some(1), "nothing was stated of the rebuild");
        assert!(other.err.contains("it is about another image"), "{}", other.err);
        let wrong = run(&["verify", "--key", &case.pair.path("2.pub"), file[0], file[1], &case.digest]);
        assert_eq!(wrong.code, Some(1));
        assert!(wrong.err.contains("by none of the keys"), "{}", wrong.err);
    }
    assert_eq!(case.verify(&["--bundle", &envelope, &case.digest]).code, Some(1), "an envelope is no bundle");
    assert_eq!(case.verify(&["--bundle", "nowhere", &case.digest]).code, Some(2));
    assert_eq!(run(&["verify", "--key", &envelope, "--bundle", &bundle, &case.digest]).code, Some(2));
}

#[test]
fn the_same_key_signs_the_same_bytes() {
    let (one, two) = (case(&[]), case(&[]));
    assert_eq!(fs::read(one.pair.path("b")).unwrap(), fs::read(two.pair.path("b")).unwrap());
}

#[test]
fn what_was_altered_after_it_was_signed_is_refused() {
    let case = case(&[]);
    let why = "by none of the keys";
    for (from, to) in [("\"equivalent\"", "\"identical\""), ("tar-mtime", "tar-mtimf"), ("image\"", "image\" ")] {
        let statement =
            String::from_utf8(STANDARD.decode(case.envelope()["payload"].as_str().unwrap()).unwrap()).unwrap();
        let altered = statement.replacen(from, to, 1);
        assert_ne!(altered, statement);
        let mut envelope = case.envelope();
        envelope["payload"] = json!(STANDARD.encode(altered));
        case.refuses(envelope.to_string().as_bytes(), why);
    }
    let mut envelope = case.envelope();
    envelope["payloadType"] = json!("application/vnd.in-toto.vsa+json");
    case.refuses(envelope.to_string().as_bytes(), "its payload is of type");
    let mut bundle = case.bundle();
    bundle["dsseEnvelope"]["payloadType"] = json!("text/plain");
    let path = case.pair.path("swapped");
    fs::write(&path, bundle.to_string()).unwrap();
    let swapped = case.verify(&["--bundle", &path, &case.digest]);
    assert_eq!(swapped.code, Some(1));
    assert!(swapped.err.contains("its payload is of type"), "{}", swapped.err);
}

#[test]
fn another_payload_type_is_refused_though_it_is_signed() {
    let case = case(&[]);
    let statement = case.statement().to_string();
    let kind = "application/vnd.in-toto.x+json";
    let mut envelope =
        Envelope::of(statement.as_bytes(), &case.key.sign(&pre_authentication(kind, statement.as_bytes())));
    envelope.payload_type = kind.to_owned();
    case.refuses(&serde_json::to_vec(&envelope).unwrap(), "its payload is of type");
}

#[test]
fn every_signature_has_to_hold() {
    let case = case(&[]);
    let other = serde_json::to_value(Envelope::sign(case.statement().to_string().as_bytes(), &key(2))).unwrap();
    let mut two = case.envelope();
    two["signatures"].as_array_mut().unwrap().push(other["signatures"][0].clone());
    case.refuses(two.to_string().as_bytes(), "its signature 2 is by none of the keys [evidence-signature]\n");
    let mut first = case.envelope();
    first["signatures"].as_array_mut().unwrap().insert(0, other["signatures"][0].clone());
    case.refuses(first.to_string().as_bytes(), "its signature 1 is by none of the keys");
    let mut twice = case.envelope();
    let own = twice["signatures"][0].clone();
    twice["signatures"].as_array_mut().unwrap().push(own);
    case.refuses(twice.to_string().as_bytes(), "two signatures by one key");
    let mut none = case.envelope();
    none["signatures"] = json!([]);
    case.refuses(none.to_string().as_bytes(), "it has no signature [evidence-unsigned]\n");
}

#[test]
fn what_is_not_known_or_said_twice_is_refused() {
    let case = case(&[]);
    let mut envelope = case.envelope();
    envelope["extra"] = json!(1);
    case.refuses(envelope.to_string().as_bytes(), "unknown field `extra`");
    case.refuses_statement(&case.edited(|statement| statement["extra"] = json!(1)), "unknown field `extra`");
    case.refuses_statement(
        &case.edited(|statement| statement["subject"][0]["uri"] = json!("x")),
        "unknown field `uri`",
    );
    case.refuses_statement(&case.edited(|statement| statement["predicate"]["x"] = json!(1)), "unknown field `x`");
    let twice = case.statement().to_string().replacen("\"verdict\":", "\"verdict\":\"identical\",\"verdict\":", 1);
    case.refuses_statement(&twice, "a key occurs a second time");
    let twice = case.envelope().to_string().replacen("\"payload\":", "\"payload\":\"\",\"payload\":", 1);
    case.refuses(twice.as_bytes(), "a key occurs a second time");
    let escaped =
        case.statement().to_string().replacen("\"verdict\":", "\"verd\\u0069ct\":\"identical\",\"verdict\":", 1);
    case.refuses_statement(&escaped, "a key occurs a second time");
    case.refuses(format!("{}{}", case.envelope(), " ".repeat(2 << 20)).as_bytes(), "it is larger than");
    let nested = "[".repeat(100_000);
    case.refuses(nested.as_bytes(), "");
    case.refuses(b"", "");
}

#[test]
fn signed_contradictions_are_refused() {
    let case = case(&[]);
    let why = "its verdict is not what its differences say";
    case.refuses_statement(&case.edited(|statement| statement["predicate"]["verdict"] = json!("identical")), why);
    case.refuses_statement(
        &case.edited(|statement| {
            statement["predicate"]["platforms"][0]["differences"]["causes"][0]["severity"] = json!("behavioural");
        }),
        why,
    );
    case.refuses_statement(
        &case.edited(|statement| {
            let gap = json!({ "reason": "limit", "count": 1 });
            statement["predicate"]["platforms"][0]["differences"]["gaps"] = json!([gap]);
        }),
        why,
    );
    let other = "its predicate is a \"https://slsa.dev/provenance/v1\"";
    let provenance = case.edited(|statement| statement["predicateType"] = json!("https://slsa.dev/provenance/v1"));
    case.refuses_statement(&provenance, other);
    let old = case.edited(|statement| statement["_type"] = json!("https://in-toto.io/Statement/v0.1"));
    case.refuses_statement(&old, "it is a statement of type");
}

#[test]
fn different_images_pass_only_by_causes_that_explain_them() {
    let pair = cause("text-timestamp");
    let made = generate(&[1; 88], None).unwrap().unwrap();
    fs::write(pair.path("1.key"), made.private).unwrap();
    fs::write(pair.path("1.pub"), made.public).unwrap();
    let (envelope, policy) = (pair.path("e"), pair.path("p.toml"));
    let output = format!("dsse={envelope}");
    assert_eq!(attest(&pair, &["--key", &pair.path("1.key"), "-o", &output]).code, Some(1));
    let statement = payload(&fs::read_to_string(&envelope).unwrap());
    let digest = format!("sha256:{}", statement["subject"][0]["digest"]["sha256"].as_str().unwrap());
    let section = &statement["predicate"]["platforms"][0]["differences"];
    let ids: Vec<&str> =
        section["causes"].as_array().unwrap().iter().map(|cause| cause["id"].as_str().unwrap()).collect();
    let verify = |envelope: &str, text: &str| {
        fs::write(&policy, text).unwrap();
        let run = run(&["verify", "--key", &pair.path("1.pub"), "--envelope", envelope, "--policy", &policy, &digest]);
        (run.code, run.err)
    };
    let listed = format!("verdict = \"different\"\ncauses = {}\n", json!(ids));
    assert_eq!(verify(&envelope, "").0, Some(1));
    let (code, why) = verify(&envelope, &listed);
    assert_eq!(code, Some(1), "a list does not say how far a cause may reach");
    assert!(why.contains("the cause text-timestamp reaches further"), "{why}");
    let allowed = format!("{listed}severity = \"behavioural\"\n");
    assert_eq!(verify(&envelope, &allowed), (Some(0), String::new()));
    let fewer = allowed.replace("text-timestamp", "tar-mtime");
    assert!(verify(&envelope, &fewer).1.contains("the cause text-timestamp is not allowed"));
    let mut vague = statement.clone();
    vague["predicate"]["reasons"] = json!(["notTheSame"]);
    let other = pair.path("vague");
    fs::write(&other, signed(&vague.to_string(), &key(1))).unwrap();
    assert!(verify(&other, &allowed).1.contains("not everything that differs is explained"));
}

#[test]
fn evidence_of_a_platform_is_none_of_the_index() {
    let case = case(&[]);
    let index = "1".repeat(64);
    let passed_off = case.edited(|statement| {
        statement["subject"][0]["digest"]["sha256"] = json!(index);
        statement["predicate"]["scope"] = json!("platforms");
        statement["predicate"]["original"]["digest"]["sha256"] = json!(index);
    });
    let path = case.pair.path("passed-off");
    fs::write(&path, signed(&passed_off, &case.key)).unwrap();
    let run = case.verify(&["--envelope", &path, &format!("sha256:{index}")]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("its predicate is not about the image that its subject is"), "{}", run.err);
}

#[test]
fn only_the_clock_tells_how_old_a_comparison_is() {
    let reproducible = case(&[]);
    let envelope = fs::read(reproducible.pair.path("e")).unwrap();
    reproducible.refuses_with(&envelope, "it was made without --now", &["--max-age", "36500"]);
    let fresh = case(&["--now"]);
    let path = fresh.pair.path("e");
    assert_eq!(fresh.verify(&["--envelope", &path, &fresh.digest, "--max-age", "1"]).code, Some(0));
    let at = |time: &str| fresh.edited(|statement| statement["predicate"]["comparedOn"] = json!(time));
    fresh.refuses_with(&signed(&at("2020-01-01T00:00:00Z"), &fresh.key), "days old", &["--max-age", "30"]);
    fresh.refuses_with(&signed(&at("2999-01-01T00:00:00Z"), &fresh.key), "from the future", &["--max-age", "30"]);
}

#[test]
fn requirements_are_held_against_what_is_stated() {
    let case = case(&[]);
    let (policy, envelope) = (case.pair.path("p.toml"), case.pair.path("e"));
    let required = |text: &str| {
        fs::write(&policy, text).unwrap();
        case.verify(&["--envelope", &envelope, "--policy", &policy, &case.digest]).code
    };
    assert_eq!(required(""), Some(0));
    assert_eq!(required("verdict = \"identical\""), Some(1));
    assert_eq!(required("causes = [\"tar-uid\"]"), Some(1));
    assert_eq!(required("causes = [\"tar-mtime\", \"derived-digest-cascade\"]"), Some(0));
    assert_eq!(required("verifiers = [\"https://else.example\"]"), Some(1));
    assert_eq!(required("signers = 2"), Some(1));
    assert_eq!(required("signers = 0"), Some(2));
    assert_eq!(required("verdict = \"different\""), Some(2), "without a list that would pass anything");
    assert_eq!(required("verdikt = \"identical\""), Some(2));
    fs::write(&policy, "signers = 2").unwrap();
    let second = case.pair.path("second");
    fs::write(&second, signed(&case.statement().to_string(), &key(2))).unwrap();
    let both = ["--key", &case.pair.path("2.pub"), "--envelope", &envelope, "--envelope", &second];
    let both = case.verify(&[&both[..], &["--policy", &policy, &case.digest]].concat());
    assert_eq!(both.code, Some(0), "{}", both.err);
    let twice = ["--envelope", &envelope, "--envelope", &envelope, "--policy", &policy, &case.digest];
    assert_eq!(case.verify(&twice).code, Some(1), "one key is one signer");
}

#[test]
fn a_negative_statement_of_a_trusted_key_is_not_outvoted() {
    let case = case(&[]);
    let path = case.pair.path("strict");
    let output = format!("dsse={path}");
    let made = attest(&case.pair, &["--strict", "--key", &case.pair.path("2.key"), "-o", &output]);
    assert_eq!(made.code, Some(1), "{}", made.err);
    let envelope = case.pair.path("e");
    let arguments = ["--key", &case.pair.path("2.pub"), "--envelope", &envelope, "--envelope", &path, &case.digest];
    let run = case.verify(&arguments);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("its verdict is different"), "{}", run.err);
}

#[test]
fn commands_sign_what_their_key_verifies() {
    let case = case(&[]);
    let statement = attest(&case.pair, &[]).out;
    let signature = case.key.sign(&pre_authentication("application/vnd.in-toto+json", statement.as_bytes()));
    let file = case.pair.path("signature");
    fs::write(&file, signature).unwrap();
    let command = format!("cat >/dev/null; cat '{file}'");
    let output = format!("dsse={}", case.pair.path("by-command"));
    let sign = |public: &str| {
        attest(&case.pair, &["--sign-command", &command, "--public-key", &case.pair.path(public), "-o", &output])
    };
    let wrong = sign("2.pub");
    assert_eq!(wrong.code, Some(2));
    assert!(!Path::new(&case.pair.path("by-command")).exists(), "what nobody can verify is not written");
    assert_eq!(sign("1.pub").code, Some(0));
    assert_eq!(fs::read(case.pair.path("by-command")).unwrap(), fs::read(case.pair.path("e")).unwrap());
}

#[test]
fn bundles_are_what_clients_take() {
    let case = case(&[]);
    let bundle = case.bundle();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&bundle), "mediaType verificationMaterial dsseEnvelope");
    assert_eq!(bundle["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
    assert_eq!(bundle["verificationMaterial"]["tlogEntries"], json!([]));
    assert_eq!(bundle["verificationMaterial"]["publicKey"]["hint"], json!(case.key.public().unwrap().hint()));
    assert_eq!(keys(&bundle["dsseEnvelope"]), "payload payloadType signatures");
    assert_eq!(bundle["dsseEnvelope"]["signatures"][0]["keyid"], "");
    let again: Bundle = serde_json::from_value(bundle.clone()).unwrap();
    assert_eq!(serde_json::to_value(again).unwrap(), bundle);
    let path = case.pair.path("certificate");
    let mut keyless = bundle;
    keyless["verificationMaterial"] = json!({ "certificate": { "rawBytes": "" }, "tlogEntries": [] });
    fs::write(&path, keyless.to_string()).unwrap();
    assert!(case.verify(&["--bundle", &path, &case.digest]).err.contains("verify it with cosign"));
}
