//! Bundles that are not what they have to be, and true ones that are about something else.

use reprove::evidence::{Envelope, bundle::Bundle};

use super::attest::{attest, multi};
use super::verify::{case, key};
use super::*;

#[test]
fn true_evidence_of_a_platform_is_none_of_the_index() {
    let pair = multi("hello\n", "hello\n");
    let key = pair.path("k");
    assert_eq!(run(&["generate-key", "--no-password", &key]).code, Some(0));
    let (private, public, bundle) = (format!("{key}.key"), format!("{key}.pub"), pair.path("amd64"));
    let output = format!("bundle={bundle}");
    let made = attest(&pair, &["--platform", "linux/amd64", "--key", &private, "-o", &output]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let report = diff(&pair, &["--format", "json"]).report();
    let platform = |number: usize| report["platforms"][number]["original"]["manifestDigest"].as_str().unwrap();
    let index = report["original"]["digest"].as_str().unwrap();
    let verify = |image: &str| run(&["verify", "--key", &public, "--bundle", &bundle, image]);
    assert_eq!(verify(platform(0)).code, Some(0));
    for image in [index, platform(1), &pair.references.original] {
        let run = verify(image);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{image}");
        assert!(run.err.contains("it is about another image"), "{image}: {}", run.err);
    }
}

#[test]
fn bundles_that_are_not_what_they_have_to_be_are_refused() {
    let case = case(&[]);
    let path = case.pair.path("altered");
    let refuses = |bundle: &str, why: &str| {
        fs::write(&path, bundle).unwrap();
        let run = case.verify(&["--bundle", &path, &case.digest]);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{why}: {}", run.err);
        assert!(run.err.contains(why), "{why:?} is not why: {}", run.err);
    };
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut bundle = case.bundle();
        edit(&mut bundle);
        bundle.to_string()
    };
    let signature = case.bundle()["dsseEnvelope"]["signatures"][0].clone();
    for signatures in [json!([signature, signature]), json!([])] {
        refuses(&edited(&|bundle| bundle["dsseEnvelope"]["signatures"] = signatures.clone()), "a bundle has one");
    }
    refuses(&edited(&|bundle| bundle["extra"] = json!(1)), "unknown field `extra`");
    refuses(&edited(&|bundle| bundle["verificationMaterial"]["extra"] = json!(1)), "unknown field `extra`");
    let twice = case.bundle().to_string().replacen("\"payload\":", "\"payload\":\"\",\"payload\":", 1);
    refuses(&twice, "a key occurs a second time");
    refuses(
        &edited(&|bundle| bundle["mediaType"] = json!("application/vnd.dev.sigstore.bundle.v0.1+json")),
        "it is a bundle of type",
    );
    refuses(&format!("{}{}", case.bundle(), " ".repeat(2 << 20)), "it is larger than");
    // What names the key is a hint to whoever has it, and no key.
    let other = json!({ "hint": key(2).public().unwrap().hint() });
    fs::write(&path, edited(&|bundle| bundle["verificationMaterial"]["publicKey"] = other.clone())).unwrap();
    assert_eq!(case.verify(&["--bundle", &path, &case.digest]).code, Some(0));
    let envelope = Envelope::sign(case.statement().to_string().as_bytes(), &key(2));
    let forged = Bundle::new(envelope, &case.key.public().unwrap());
    refuses(&serde_json::to_string(&forged).unwrap(), "by none of the keys");
}
