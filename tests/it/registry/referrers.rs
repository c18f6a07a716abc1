use super::*;

const STATEMENT: &str = "application/vnd.in-toto+json";

/// Attaches statements to an image as manifests of their own, and returns their descriptors.
fn attach(stage: &Stage, subject: &str, count: usize) -> Vec<Value> {
    let empty = stage.fake.push_blob(NAME, "application/vnd.oci.empty.v1+json", b"{}");
    let attach = |number: usize| {
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.com/other/v1",
            "subject": [{ "name": "app", "digest": { "sha256": subject.trim_start_matches("sha256:") } }],
            "predicate": { "number": number },
        });
        let layer = stage.fake.push_blob(NAME, STATEMENT, statement.to_string().as_bytes());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": STATEMENT,
            "config": empty, "layers": [layer],
            "subject": { "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": subject, "size": 1 },
        });
        let mut descriptor = stage.fake.push_manifest(NAME, &manifest);
        descriptor["artifactType"] = STATEMENT.into();
        descriptor
    };
    (0..count).map(attach).collect()
}

fn original(stage: &Stage) -> String {
    stage.truth(&[]);
    stage.home.diff(&stage.local(), &[]).report()["original"]["digest"].as_str().unwrap().to_owned()
}

#[test]
fn every_page_of_referrers_is_read() {
    let stage = Stage::first(Abilities { referrers_page: Some(2), ..Abilities::default() });
    let subject = original(&stage);
    attach(&stage, &subject, 5);
    let run = stage.diff(&["--no-cache"]);
    assert!(matches!(run.code, Some(0 | 1)), "{}{}", run.out, run.err);
    let log = stage.server.take_log();
    let pages = log.iter().filter(|exchange| exchange.request.path().ends_with(&format!("/referrers/{subject}")));
    assert_eq!(pages.count(), 3);
}

#[test]
fn without_the_api_there_is_a_tag() {
    let stage = Stage::first(Abilities::default());
    let subject = original(&stage);
    let manifests = attach(&stage, &subject, 2);
    let index = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": manifests });
    let digest = stage.fake.push_manifest(NAME, &index)["digest"].as_str().unwrap().to_owned();
    let tag = subject.replace(':', "-");
    stage.fake.tag(NAME, &tag, &digest);
    let run = stage.diff(&["--no-cache"]);
    assert!(matches!(run.code, Some(0 | 1)), "{}{}", run.out, run.err);
    let log = stage.server.take_log();
    assert!(log.iter().any(|exchange| exchange.request.path().ends_with(&format!("/manifests/{tag}"))));
}

#[test]
fn pages_without_end_end() {
    let stage = Stage::first(Abilities { referrers_page: Some(2), ..Abilities::default() });
    let subject = original(&stage);
    attach(&stage, &subject, 2);
    let next = format!("</v2/{NAME}/referrers/{subject}>; rel=\"next\"");
    stage.faults.add(Rule::always("/referrers/", Fault::Header("Link", next)));
    stage.diff(&[]);
    let asked = stage.server.take_log().len();
    assert!(asked < 2000, "{asked} requests");
}

#[test]
fn a_page_elsewhere_gets_no_credential() {
    let stage = Stage::first(Abilities { referrers_page: Some(2), auth: auth::Auth::Basic, ..Abilities::default() });
    stage.log_in(&stage.server.host());
    let subject = original(&stage);
    attach(&stage, &subject, 2);
    let elsewhere = Server::start(|_: &crate::web::Request| crate::web::Response::new(404, ""));
    let next = format!("<{}/v2/{NAME}/referrers/{subject}>; rel=\"next\"", elsewhere.other_url());
    stage.faults.add(Rule::always("/referrers/", Fault::Header("Link", next)));
    stage.diff(&["--plain-http"]);
    let log = elsewhere.take_log();
    assert!(log.iter().all(|exchange| exchange.request.header("authorization").is_none()), "{log:?}");
}

#[test]
fn referrers_that_cannot_be_had_do_not_end_the_comparison() {
    for fault in [
        Fault::Answer(400, vec![], "what?".into()),
        Fault::Answer(405, vec![], String::new()),
        Fault::Answer(200, vec![], "<html>no</html>".into()),
    ] {
        let stage = Stage::first(Abilities::default());
        stage.faults.add(Rule::always("/referrers/", fault));
        let run = stage.diff(&[]);
        assert_eq!(run.code, stage.truth(&[]).0, "{}{}", run.out, run.err);
    }
}
