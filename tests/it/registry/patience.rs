use std::time::{Duration, Instant};

use super::auth::{Auth, Tokens};
use super::*;

/// Runs with small limits on time; what was said, and that it did not take long.
fn impatient(stage: &Stage, references: &Sides<String>) -> Run {
    let start = Instant::now();
    let limits = ["--limit", "answer-seconds=1", "--limit", "transfer-rate-seconds=1"];
    let run = stage.home.diff(references, &[&["--no-cache", "--plain-http"][..], &limits].concat());
    assert!(start.elapsed() < Duration::from_secs(40), "it took {:?}", start.elapsed());
    run
}

fn drip() -> Fault {
    Fault::Slow(1, Duration::from_millis(400))
}

#[test]
fn a_manifest_that_drips_ends() {
    std::thread::scope(|scope| {
        for target in ["/manifests/original", "/manifests/sha256"] {
            scope.spawn(move || {
                let stage = Stage::multi(Abilities::default());
                stage.faults.add(Rule::always(target, drip()).method("GET"));
                let run = impatient(&stage, &stage.references());
                assert_eq!(run.code, Some(2), "{target}: {}{}", run.out, run.err);
                let said = format!("{}{}", run.out, run.err);
                assert!(said.contains("(see --limit answer-seconds)"), "{target}: {said}");
            });
        }
    });
}

#[test]
fn a_token_that_drips_ends() {
    let stage = Stage::first(Abilities {
        auth: Auth::Bearer(Tokens { anonymous: true, ..Tokens::default() }),
        ..Abilities::default()
    });
    stage.faults.add(Rule::always("/token", drip()));
    let run = impatient(&stage, &stage.references());
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(run.err.contains("(see --limit answer-seconds)"), "{}", run.err);
}

#[test]
fn an_error_that_drips_is_told_without_its_words() {
    let stage = Stage::first(Abilities::default());
    stage.faults.add(Rule::always("/manifests/none", drip()));
    let Sides { original, rebuild } = stage.references();
    let none = original.replace(":original", ":none");
    let run = impatient(&stage, &Sides::new(none, rebuild));
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("there is no such image") && run.err.contains("404"), "{}", run.err);
}

#[test]
fn a_blob_that_drips_ends() {
    let stage = Stage::large(1 << 16);
    stage.faults.add(Rule::always("/blobs/", Fault::Slow(16, Duration::from_millis(100))));
    let run = impatient(&stage, &stage.references());
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    let said = format!("{}{}", run.out, run.err);
    assert!(said.contains("(see --limit transfer-rate-bytes)"), "{said}");
    let slow = ["--no-cache", "--limit", "transfer-rate-seconds=1", "--limit", "transfer-rate-bytes=0"];
    stage.faults.clear();
    stage.faults.add(Rule::always("/blobs/", Fault::Slow(16 << 10, Duration::from_millis(400))));
    stage.assert_truth(&stage.diff(&slow));
}

/// An answer 401 with these challenges.
fn refusal(challenges: &str) -> Fault {
    Fault::Answer(401, vec![("WWW-Authenticate", challenges.to_owned())], String::new())
}

/// A server that answers nothing well, and what it was asked.
fn elsewhere() -> Server {
    Server::start(Faults::before(Fake::new(Abilities::default())))
}

#[test]
fn of_several_token_servers_the_first_that_may_be_is_asked() {
    let stage = Stage::first(Abilities::default());
    let (first, second) = (elsewhere(), elsewhere());
    let realm = |url: &str| format!("Bearer realm=\"{url}/token\",service=\"x\"");
    let challenges = [
        realm("http://other.invalid"),
        "Bearer realm=\"ftp://x\"".to_owned(),
        realm(&first.url()),
        realm(&second.url()),
    ];
    stage.faults.add(Rule::always("/manifests/", refusal(&challenges.join(", "))));
    let run = stage.diff(&["--no-cache"]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(!first.log().is_empty(), "{}", run.err);
    assert!(second.log().is_empty(), "the registry sends us from server to server");
}

#[test]
fn a_token_server_on_another_host_is_asked_over_https_alone() {
    let stage = Stage::first(Abilities::default());
    stage.faults.add(Rule::always("/manifests/", refusal("Bearer realm=\"http://other.invalid/token\",service=\"x\"")));
    for more in [&[][..], &["--plain-http"]] {
        let run = stage.diff(&[&["--no-cache"], more].concat());
        assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
        assert!(run.err.contains("on another host that is not reached over https"), "{}", run.err);
    }
}

#[test]
fn a_token_server_redirects_to_no_other_host_in_the_clear() {
    let stage = Stage::first(Abilities {
        auth: Auth::Bearer(Tokens { anonymous: true, ..Tokens::default() }),
        ..Abilities::default()
    });
    stage.faults.add(Rule::always("/token", Fault::Redirect("http://other.invalid".to_owned())));
    let run = stage.diff(&["--no-cache"]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(run.err.contains("redirects to another host that is not reached over https"), "{}", run.err);
}

#[test]
fn no_more_challenges_are_looked_at_than_the_limit_says() {
    let stage = Stage::first(Abilities {
        auth: Auth::Bearer(Tokens { anonymous: true, ..Tokens::default() }),
        ..Abilities::default()
    });
    let own = format!("Bearer realm=\"{}/token\",service=\"the test\"", stage.server.url());
    stage.faults.add(Rule::always("/manifests/", refusal(&format!("{}{own}", "Basic, ".repeat(8)))));
    let run = stage.diff(&["--no-cache"]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(stage.server.take_log().iter().all(|exchange| exchange.request.path() != "/token"));
    stage.faults.clear();
    stage.faults.add(Rule::once("/manifests/", refusal(&format!("{}{own}", "Basic, ".repeat(8)))));
    stage.assert_truth(&stage.diff(&["--no-cache", "--limit", "challenges=9"]));
}
