use reprove::digest::Digest;

use super::auth::{Auth, Tokens, holds_secret};
use super::evidence::{BUNDLE, Case, MANIFEST, TYPE, with_api};
use super::*;

/// The digest that a line of the program names after these words.
fn named(run: &Run, words: &str) -> String {
    let rest = run.out.split_once(words).unwrap_or_else(|| panic!("{words:?}: {}", run.out)).1;
    rest[rest.find("sha256:").unwrap()..][..71].to_owned()
}

#[test]
fn a_bundle_is_kept_as_cosign_keeps_it() {
    for abilities in [Abilities::default(), with_api()] {
        let by_api = abilities.referrers_page.is_some();
        let case = Case::new(abilities);
        let run = case.pushed(&["--bundle", "good"]);
        let place = if by_api { "the registry's referrers".to_owned() } else { format!("the tag {}", case.tag()) };
        let digest = named(&run, "good: is now ");
        assert_eq!(run.out, format!("good: is now {digest}, in {place}\n"));
        let manifest = case.stage.fake.document(NAME, &digest);
        let bytes = fs::read(case.path("good")).unwrap();
        let annotations = json!({
            "dev.sigstore.bundle.content": "dsse-envelope", "dev.sigstore.bundle.predicateType": TYPE,
            "org.opencontainers.image.created": case.statement("good")["predicate"]["comparedOn"],
        });
        assert_eq!(
            manifest,
            json!({
                "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE,
                "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": Digest::of(b"{}").to_string(),
                    "size": 2, "data": "e30=" },
                "layers": [{ "mediaType": BUNDLE, "digest": Digest::of(&bytes).to_string(), "size": bytes.len() }],
                "subject": { "mediaType": MANIFEST, "digest": case.digest,
                    "size": case.stage.fake.document(NAME, &case.digest).to_string().len() },
                "annotations": annotations,
            })
        );
        assert_eq!(case.stage.fake.blob(NAME, &Digest::of(&bytes).to_string()), bytes);
        assert_eq!(case.stage.fake.blob(NAME, &Digest::of(b"{}").to_string()), b"{}");
        if by_api {
            assert!(case.list().is_empty());
        } else {
            let size = manifest.to_string().len();
            let entry = json!({ "mediaType": MANIFEST, "digest": digest, "size": size, "artifactType": BUNDLE,
                "annotations": annotations });
            assert_eq!(case.list(), [entry]);
        }
        assert_eq!(case.verify(&[]).code, Some(0));
        assert!(!case.writes().is_empty());
        let again = case.pushed(&["--bundle", "good"]);
        assert_eq!(again.out, format!("good: was already {digest}, in {place}\n"));
        assert_eq!(case.writes(), [], "what is there is not written again");
    }
}

#[test]
fn what_was_begun_and_not_listed_is_finished() {
    let case = Case::new(Abilities::default());
    let digest = named(&case.pushed(&["--bundle", "good"]), "good: is now ");
    case.set_list(&[]);
    let run = case.pushed(&["--bundle", "good"]);
    assert!(run.out.starts_with(&format!("good: is now {digest}")), "{}", run.out);
    assert_eq!(case.list().len(), 1);
}

#[test]
fn evidence_about_another_image_is_not_put_beside_this_one() {
    let case = Case::new(Abilities::default());
    let refused = |arguments: &[&str], why: &str| {
        let run = case.push(arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{why}");
        assert!(run.err.contains(why), "{why:?}: {}", run.err);
        assert_eq!(case.writes(), [], "{why}");
    };
    let mut statement = case.statement("good");
    statement["subject"][0]["digest"]["sha256"] = json!("1".repeat(64));
    fs::write(case.path("other"), case.sign(1, &statement)).unwrap();
    refused(&["--bundle", "other"], "it is about another image");
    refused(&["--bundle", "good", "--bundle", "other"], "it is about another image");
    fs::write(case.path("text"), "{}").unwrap();
    refused(&["--bundle", "text"], "missing field");
    let mut bundle: Value = serde_json::from_slice(&fs::read(case.path("good")).unwrap()).unwrap();
    let signature = bundle["dsseEnvelope"]["signatures"][0].clone();
    bundle["dsseEnvelope"]["signatures"].as_array_mut().unwrap().push(signature);
    fs::write(case.path("two"), bundle.to_string()).unwrap();
    refused(&["--bundle", "two"], "it has 2 signatures; a bundle has one");
    refused(&["--bundle", "nowhere"], "cannot be read");
    fs::write(case.path("other.json"), fs::read_to_string(case.path("report.json")).unwrap() + " ").unwrap();
    refused(&["--bundle", "good", "--report", "other.json"], "no bundle names this report");
    let run = case.stage.home.run(&["push", "--bundle", "good", &case.stage.local().original]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("is no image in a registry"), "{}", run.err);
}

#[test]
fn the_report_and_its_page_are_beside_the_bundle() {
    let case = Case::new(with_api());
    let arguments = ["--bundle", "good", "--report", "report.json", "--html"];
    let run = case.pushed(&arguments);
    let layer = |digest: &str| case.stage.fake.document(NAME, digest)["layers"][0].clone();
    let report = layer(&named(&run, "report.json: is now "));
    assert_eq!(report["mediaType"], "application/vnd.reprove.report.v1+json+gzip");
    let mut read = Vec::new();
    let compressed = case.stage.fake.blob(NAME, report["digest"].as_str().unwrap());
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&compressed[..]), &mut read).unwrap();
    assert_eq!(read, fs::read(case.path("report.json")).unwrap());
    let page = layer(&named(&run, "report.json as a page: is now "));
    assert_eq!(page["mediaType"], "text/html");
    assert!(case.stage.fake.blob(NAME, page["digest"].as_str().unwrap()).starts_with(b"<!DOCTYPE html>"));
    assert_eq!(case.verify(&[]).err, "", "reports are no evidence, and not in its way");
    case.writes();
    assert_eq!(case.pushed(&arguments).out.matches(": was already ").count(), 3);
    assert_eq!(case.writes(), []);
}

#[test]
fn the_tag_of_cosign_keeps_what_others_put_there() {
    let case = Case::new(Abilities::default());
    let tag = format!("{}.att", case.tag());
    case.pushed(&["--bundle", "good"]);
    assert_eq!(case.stage.fake.document(NAME, &tag), Value::Null, "only on request");
    let run = case.pushed(&["--bundle", "good", "--cosign-tag"]);
    assert!(run.out.contains(&format!("good: is now in the tag {tag}\n")), "{}", run.out);
    let mut manifest = case.stage.fake.document(NAME, &tag);
    let layer = manifest["layers"][0].clone();
    assert_eq!(layer["mediaType"], "application/vnd.dsse.envelope.v1+json");
    assert_eq!(layer["annotations"], json!({ "dev.cosignproject.cosign/signature": "", "predicateType": TYPE }));
    let envelope = case.stage.fake.document(NAME, layer["digest"].as_str().unwrap());
    let bundle: Value = serde_json::from_slice(&fs::read(case.path("good")).unwrap()).unwrap();
    assert_eq!(envelope, bundle["dsseEnvelope"]);
    // Somebody else's annotation, and a bundle by another key.
    manifest["annotations"] = json!({ "theirs": "1" });
    let digest = case.stage.fake.push_manifest(NAME, &manifest)["digest"].as_str().unwrap().to_owned();
    case.stage.fake.set_tag(NAME, &tag, &digest);
    case.attest("2", "second", &[]);
    case.pushed(&["--bundle", "second", "--cosign-tag"]);
    let both = case.stage.fake.document(NAME, &tag);
    assert_eq!((&both["layers"][0], &both["annotations"]), (&layer, &manifest["annotations"]));
    let config = case.stage.fake.document(NAME, both["config"]["digest"].as_str().unwrap());
    let layers = both["layers"].as_array().unwrap().iter().map(|layer| &layer["digest"]).collect::<Vec<_>>();
    assert_eq!((layers.len(), &config["rootfs"]["diff_ids"]), (2, &json!(layers)));
    let run = case.pushed(&["--bundle", "second", "--cosign-tag"]);
    assert!(run.out.contains(&format!("second: was already in the tag {tag}\n")), "{}", run.out);
}

#[test]
fn what_somebody_else_keeps_under_the_tag_stays() {
    let case = Case::new(Abilities::default());
    case.stage.fake.set_tag(NAME, &case.tag(), &case.digest);
    let run = case.push(&["--bundle", "good"]);
    assert_eq!(run.code, Some(2), "{}", run.out);
    assert!(run.err.contains("no image index"), "{}", run.err);
    assert_eq!(case.stage.fake.document(NAME, &case.tag())["layers"].as_array().map(Vec::len), Some(1));
}

#[test]
fn writers_at_the_same_time_do_not_undo_each_other() {
    for conditions in [false, true] {
        let case = Case::new(Abilities { conditions, ..Abilities::default() });
        for key in ["1", "2", "3"] {
            case.attest(key, key, &[]);
            case.attest(key, &format!("{key}-now"), &["--verifier-id", "https://other.example"]);
        }
        // Between reading the list and writing it there is time for all others.
        case.stage
            .faults
            .add(Rule::always(&case.tag(), Fault::Late(std::time::Duration::from_millis(40))).method("PUT"));
        std::thread::scope(|scope| {
            for name in ["1", "2", "3", "1-now", "2-now", "3-now"] {
                let case = &case;
                scope.spawn(move || case.pushed(&["--bundle", name]));
            }
        });
        assert_eq!(case.list().len(), 6, "{conditions}");
    }
}

#[test]
fn broken_uploads_go_on_where_they_stopped() {
    let pieces = |case: &Case| -> Vec<(String, usize)> {
        let log = case.stage.server.take_log();
        let sent = log.iter().filter(|exchange| !exchange.request.body.is_empty());
        let sent = sent.filter(|exchange| exchange.request.path().contains("/blobs/uploads/"));
        let range = |exchange: &Exchange| exchange.request.header("content-range").unwrap_or("whole").to_owned();
        sent.map(|exchange| (range(exchange), exchange.request.body.len())).collect()
    };
    let limit = ["--bundle", "good", "--limit", "upload-piece-bytes=1000"];
    let whole = Case::new(Abilities::default());
    whole.pushed(&limit);
    let well = pieces(&whole);
    assert!(well.len() > 3 && well.contains(&("1000-1999".to_owned(), 1000)), "{well:?}");
    // A piece that did not arrive is sent again, and nothing that did.
    let hung = Case::new(Abilities::default());
    hung.stage.faults.add(Rule::once("/blobs/uploads/", Fault::HangUp).method("PATCH").after(2));
    hung.pushed(&limit);
    let mut sent: Vec<_> = pieces(&hung).into_iter().filter(|(range, _)| range != "whole").collect();
    assert_eq!(sent[2], sent[3]);
    sent.remove(3);
    assert_eq!(sent, well.iter().filter(|(range, _)| range != "whole").cloned().collect::<Vec<_>>());
    assert_eq!(hung.verify(&[]).code, Some(0));
    // An upload that the registry forgot begins anew; one that was taken although its answer was lost is there.
    for (fault, method) in [
        (Fault::Answer(404, vec![], String::new()), "PATCH"),
        (Fault::Answer(503, vec![], String::new()), "PUT"),
        (Fault::Cut(0), "PUT"),
        (Fault::HangUp, "POST"),
    ] {
        let case = Case::new(Abilities::default());
        case.stage.faults.add(Rule::once("/blobs/uploads/", fault).method(method));
        case.pushed(&limit);
        assert_eq!(case.verify(&[]).code, Some(0), "{method}");
    }
    // What never goes well ends.
    let case = Case::new(Abilities::default());
    case.stage.faults.add(Rule::always("/blobs/uploads/", Fault::Answer(404, vec![], String::new())).method("PATCH"));
    let run = case.push(&[&limit[..], &["--limit", "transfer-tries=2"]].concat());
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("transfer-tries"), "{}", run.err);
}

#[test]
fn a_login_goes_to_its_registry_alone_and_asks_to_push() {
    for auth in [Auth::Basic, Auth::Bearer(Tokens::default())] {
        let case = Case::new(Abilities { auth, ..Abilities::default() });
        let refused = case.push(&["--bundle", "good", "--plain-http"]);
        assert_eq!(refused.code, Some(2));
        assert!(refused.err.contains("docker login"), "{}", refused.err);
        case.stage.log_in(&case.stage.server.host());
        let refused = case.push(&["--bundle", "good"]);
        assert_eq!(refused.code, Some(2));
        assert!(refused.err.contains("--plain-http allows that"), "{}", refused.err);
        case.stage.server.take_log();
        let run = case.pushed(&["--bundle", "good", "--plain-http"]);
        assert!(!holds_secret(run.out.as_bytes()));
        let log = case.stage.server.take_log();
        let tokens = log.iter().filter(|exchange| exchange.request.path() == "/token");
        assert!(tokens.clone().count() <= 1, "one token is enough");
        for token in tokens {
            assert_eq!(token.request.query("scope"), [format!("repository:{NAME}:pull,push")]);
        }
        assert_eq!(case.verify(&["--plain-http"]).code, Some(0));
    }
}

#[test]
fn an_upload_that_is_sent_elsewhere_takes_no_login_along() {
    let case = Case::new(Abilities { auth: Auth::Basic, ..Abilities::default() });
    case.stage.log_in(&case.stage.server.host());
    let elsewhere = Server::start(|_: &crate::web::Request| crate::web::Response::new(201, ""));
    let location = Fault::Header("Location", format!("{}/up?x=1", elsewhere.other_url()));
    case.stage.faults.add(Rule::always("/blobs/uploads/", location).method("POST"));
    case.push(&["--bundle", "good", "--plain-http"]);
    let log = elsewhere.take_log();
    assert!(!log.is_empty());
    for exchange in &log {
        assert_eq!(exchange.request.header("authorization"), None);
        assert_eq!(exchange.request.query("x"), ["1"]);
    }
    // Nothing goes over plain http to another host.
    let case = Case::new(Abilities::default());
    let location = Fault::Header("Location", "http://192.0.2.1/up".to_owned());
    case.stage.faults.add(Rule::always("/blobs/uploads/", location).method("POST"));
    let run = case.push(&["--bundle", "good"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("another host that is not reached over https"), "{}", run.err);
}

#[test]
fn a_registry_that_does_not_list_what_it_took_is_told_of() {
    let case = Case::new(with_api());
    let nothing = json!({ "schemaVersion": 2, "manifests": [] }).to_string();
    let answer = Fault::Answer(200, vec![("Content-Type", super::evidence::INDEX.to_owned())], nothing);
    case.stage.faults.add(Rule::always("/referrers/", answer));
    let run = case.push(&["--bundle", "good"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("does not list it beside the image"), "{}", run.err);
}
