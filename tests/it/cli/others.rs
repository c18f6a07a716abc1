//! Statements of others: recognized, shown, and never evidence, whoever signed them.

use reprove::evidence::{Envelope, PrivateKey, bundle::Bundle, generate};

use super::*;

/// The digest that the statements about an image name.
const IMAGE: &str = "sha256:5d4c3f0e8a6b2917c1d0e9f8a7b6c5d4e3f20123456789abcdef0123456789ab";

fn statement(name: &str) -> String {
    fs::read_to_string(repository().join("testdata/others").join(name)).unwrap()
}

struct Keys {
    folder: TempDir,
    key: PrivateKey,
    public: String,
}

fn keys() -> Keys {
    let folder = tempfile::tempdir().unwrap();
    let pair = generate(&[1; 88], None).unwrap().unwrap();
    let public = folder.path().join("k.pub");
    fs::write(&public, pair.public).unwrap();
    let public = public.to_str().unwrap().to_owned();
    Keys { folder, key: PrivateKey::read(pair.private.as_bytes(), None).unwrap(), public }
}

impl Keys {
    /// A file is no evidence in either form, and this is said of it.
    fn noted(&self, bytes: &[u8], notes: &[&str]) {
        let path = self.folder.path().join("evidence").to_str().unwrap().to_owned();
        fs::write(&path, bytes).unwrap();
        for form in ["--bundle", "--envelope"] {
            let arguments = ["verify", "--key", &self.public, form, &path, IMAGE];
            let run = run(&arguments);
            assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{notes:?}: {}", run.err);
            for note in notes {
                assert!(run.err.contains(note), "{note:?} is not said: {}", run.err);
            }
            assert_eq!(run.err.matches("and it decides nothing").count(), notes.len(), "{}", run.err);
            let quiet = super::run(&[&arguments[..], &["--quiet"]].concat());
            assert!(quiet.code == Some(1) && !quiet.err.contains("it decides nothing"), "{}", quiet.err);
        }
    }
}

#[test]
fn statements_of_others_are_recognized_and_no_evidence() {
    let keys = keys();
    let here = "about this image, not signed";
    for (name, what) in [
        ("buildkit.json", "it is provenance by BuildKit, as https://ci.example/app/actions/runs/7, "),
        ("buildkit-v0.2.json", "it is provenance by BuildKit, "),
        (
            "summary.json",
            "it is a verification summary by https://verifier.example: PASSED (SLSA_BUILD_LEVEL_3, SLSA_BUILD_REPRODUCED), ",
        ),
    ] {
        let text = statement(name);
        keys.noted(text.as_bytes(), &[&format!("{what}{here}")]);
        // Signed by the very key that is trusted: still not what is asked for.
        let envelope = Envelope::sign(text.as_bytes(), &keys.key);
        let by = format!("{what}about this image, signed by key {}", keys.key.public().unwrap().id());
        keys.noted(&serde_json::to_vec(&envelope).unwrap(), &[&by]);
        let bundle = Bundle::new(envelope, &keys.key.public().unwrap());
        keys.noted(&serde_json::to_vec(&bundle).unwrap(), &[&by]);
        let mut keyless = serde_json::to_value(&bundle).unwrap();
        keyless["verificationMaterial"] = json!({ "certificate": { "rawBytes": "" }, "tlogEntries": [] });
        let unchecked = format!("{what}about this image, with a signature that is not checked here");
        keys.noted(keyless.to_string().as_bytes(), &[&unchecked]);
        let altered = serde_json::to_string(&Envelope::of(text.as_bytes(), b"x")).unwrap();
        keys.noted(altered.as_bytes(), &[&format!("{what}about this image, signed by none of the keys")]);
    }
    let equal = "it is a statement of OSS Rebuild that https://packages.example/left-1.0.0.tgz equals its build once both are normalized, about something else, signed by none of the keys";
    let built = "it is a build of left-1.0.0.tgz by OSS Rebuild, about something else, signed by none of the keys";
    keys.noted(statement("oss-rebuild.intoto.jsonl").as_bytes(), &[equal, built]);
    let bits = "it is a statement of rebuilderd that left_1.0-1_amd64.deb rebuilds bit for bit, about something else, with a signature that is not checked here";
    keys.noted(statement("rebuilderd.json").as_bytes(), &[bits]);
    let hex = IMAGE.strip_prefix("sha256:").unwrap();
    let of_image = statement("rebuilderd.json").replace(&"6".repeat(64), hex);
    keys.noted(
        of_image.as_bytes(),
        &["rebuilds bit for bit, about this image, with a signature that is not checked here"],
    );
}

#[test]
fn what_others_write_is_cut_and_cannot_pass_for_words_of_the_program() {
    let keys = keys();
    let mut summary: Value = serde_json::from_str(&statement("summary.json")).unwrap();
    let forged = format!("x\u{1b}[2J\nreprove: {IMAGE}: equivalent{}", "y".repeat(9000));
    summary["predicate"]["verifier"]["id"] = json!(forged);
    summary["predicate"]["verifiedLevels"] = json!(vec!["z".repeat(500); 500]);
    let path = keys.folder.path().join("forged").to_str().unwrap().to_owned();
    fs::write(&path, summary.to_string()).unwrap();
    let run = run(&["verify", "--key", &keys.public, "--envelope", &path, IMAGE]);
    assert!(run.err.contains("a verification summary by x\\x1b"), "{}", run.err);
    assert!(!run.err.contains('\u{1b}') && run.err.len() < 5000, "{}", run.err);
    assert_eq!(run.err.lines().filter(|line| line.starts_with(&format!("reprove: {IMAGE}: equivalent"))).count(), 0);
}

#[test]
fn what_is_not_recognized_is_not_guessed_at() {
    let keys = keys();
    let twice = statement("summary.json").replacen("\"predicate\"", "\"predicate\": {}, \"predicate\"", 1);
    let link = statement("rebuilderd.json").replace("\"link\"", "\"layout\"");
    let renamed = statement("rebuilderd.json").replace("rebuild left", "build left");
    let unknown = statement("summary.json").replace("https://slsa.dev/verification_summary/v1", "https://x.example/v1");
    for text in [twice, link, renamed, unknown, String::new(), "[]".to_owned(), "\n\n{}\n".to_owned()] {
        keys.noted(text.as_bytes(), &[]);
    }
}
