use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use super::auth::{Auth, IDENTITY, PASSWORD, Tokens, USERNAME, basic, holds_secret};
use super::*;
use crate::web::{Request, Response};

fn with_auth(auth: Auth) -> Stage {
    Stage::first(Abilities { auth, ..Abilities::default() })
}

/// Runs with a password on standard input.
fn with_password(stage: &Stage, password: &str, arguments: &[&str]) -> Run {
    let Sides { original, rebuild } = stage.references();
    let diff = ["diff", "--format", "json", "--username", USERNAME, "--password-stdin", &original, &rebuild];
    let mut child = stage.home.command(&[&diff[..], arguments].concat()).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    home::finish(child)
}

/// Asserts that nothing that the run printed or left behind holds a secret.
fn assert_no_secret(stage: &Stage, run: &Run) {
    assert!(!holds_secret(run.out.as_bytes()), "standard output: {}", run.out);
    assert!(!holds_secret(run.err.as_bytes()), "standard error: {}", run.err);
    for (path, _) in stage.home.left_behind() {
        assert!(!holds_secret(&fs::read(&path).unwrap()), "{path}");
        assert!(!holds_secret(path.as_bytes()), "{path}");
    }
}

fn authorizations(log: &[Exchange]) -> Vec<String> {
    log.iter().filter_map(|exchange| exchange.request.header("authorization").map(str::to_owned)).collect()
}

#[test]
fn a_stored_login_is_used() {
    for auth in [Auth::Basic, Auth::Bearer(Tokens::default())] {
        let stage = with_auth(auth);
        stage.log_in(&stage.server.host());
        let run = stage.diff(&["--plain-http"]);
        stage.assert_truth(&run);
        assert_no_secret(&stage, &run);
    }
}

#[test]
fn every_place_that_users_store_logins_in_is_read() {
    let login = |host: &str| json!({ "auths": { host: { "auth": basic() } } });
    let places: [(&str, Option<&str>); 3] = [
        ("auth.json", Some("REGISTRY_AUTH_FILE")),
        ("runtime/containers/auth.json", Some("XDG_RUNTIME_DIR")),
        ("home/.config/containers/auth.json", None),
    ];
    for (file, variable) in places {
        let stage = with_auth(Auth::Basic);
        let path = stage.home.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, login(&stage.server.host()).to_string()).unwrap();
        let Sides { original, rebuild } = stage.references();
        let mut command = stage.home.command(&["diff", "--format", "json", "--plain-http", &original, &rebuild]);
        match variable {
            Some("XDG_RUNTIME_DIR") => command.env("XDG_RUNTIME_DIR", stage.home.path("runtime")),
            Some(variable) => command.env(variable, &path),
            None => &mut command,
        };
        stage.assert_truth(&home::finish(command.spawn().unwrap()));
    }
}

#[test]
fn a_password_can_be_given() {
    let arguments = &["--plain-http", "--no-cache"];
    for auth in [Auth::Basic, Auth::Bearer(Tokens::default())] {
        let stage = with_auth(auth);
        // What echo adds is no part of it.
        for ending in ["", "\n", "\r\n"] {
            let run = with_password(&stage, &format!("{PASSWORD}{ending}"), arguments);
            stage.assert_truth(&run);
            assert_no_secret(&stage, &run);
        }
        stage.home.docker_config(&json!({ "auths": { stage.server.host(): { "auth": "d3Jvbmc6d3Jvbmc=" } } }));
        stage.assert_truth(&with_password(&stage, PASSWORD, arguments));
    }
}

#[test]
fn anybody_gets_a_token_where_the_registry_says_so() {
    for member in ["token", "access_token"] {
        let stage = with_auth(Auth::Bearer(Tokens { anonymous: true, member, ..Tokens::default() }));
        let run = stage.diff(&[]);
        stage.assert_truth(&run);
        assert_no_secret(&stage, &run);
        let log = stage.server.take_log();
        let asked: Vec<&Request> =
            log.iter().map(|exchange| &exchange.request).filter(|request| request.path() == "/token").collect();
        assert!((1..=2).contains(&asked.len()), "{} tokens for one repository", asked.len());
        assert_eq!(asked[0].query("scope"), ["repository:team/app:pull"]);
        assert_eq!(asked[0].query("service"), ["the test"]);
    }
}

#[test]
fn a_token_that_ends_in_the_middle_is_replaced() {
    let stage = with_auth(Auth::Bearer(Tokens { anonymous: true, uses: 3, ..Tokens::default() }));
    stage.assert_truth(&stage.diff(&["--no-cache"]));
    let log = stage.server.take_log();
    assert!(log.iter().filter(|exchange| exchange.request.path() == "/token").count() > 2);
}

#[test]
fn an_identity_token_is_exchanged() {
    let stage = with_auth(Auth::Bearer(Tokens { member: "access_token", ..Tokens::default() }));
    let login = json!({ "auth": "MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOg==", "identitytoken": IDENTITY });
    stage.home.docker_config(&json!({ "auths": { stage.server.host(): login } }));
    let run = stage.diff(&["--plain-http"]);
    stage.assert_truth(&run);
    assert_no_secret(&stage, &run);
    let log = stage.server.take_log();
    let exchange = log.iter().find(|exchange| exchange.request.method == "POST").unwrap();
    assert_eq!(exchange.request.form("grant_type").as_deref(), Some("refresh_token"));
    assert_eq!(exchange.request.form("service").as_deref(), Some("the test"));
}

#[test]
fn without_a_login_the_error_says_how_to_log_in() {
    for auth in [Auth::Basic, Auth::Bearer(Tokens::default())] {
        let stage = with_auth(auth);
        let run = stage.diff(&["-v"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains(&stage.server.host()), "{}", run.err);
        assert!(run.err.contains("log in") || run.err.contains("login"), "{}", run.err);
    }
}

#[test]
fn a_wrong_password_is_refused_with_the_reason() {
    for auth in [Auth::Basic, Auth::Bearer(Tokens::default())] {
        let stage = with_auth(auth);
        let run = with_password(&stage, "SECRET but wrong", &["--plain-http", "-v"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains(&stage.server.host()), "{}", run.err);
        assert_no_secret(&stage, &run);
        let asked = stage.server.take_log().len();
        assert!(asked < 12, "{asked} requests with a wrong password: accounts get locked");
    }
}

#[test]
fn nothing_is_sent_in_the_clear_unasked() {
    for auth in [Auth::None, Auth::Basic, Auth::Bearer(Tokens::default())] {
        let stage = with_auth(auth);
        stage.log_in(&stage.server.host());
        let stored = stage.diff(&["-v"]);
        let given = with_password(&stage, PASSWORD, &["-v"]);
        let log = stage.server.take_log();
        assert_eq!(authorizations(&log).iter().find(|value| holds_secret(value.as_bytes())), None);
        for run in [stored, given].iter().filter(|run| run.code == Some(2)) {
            assert!(run.err.contains("--plain-http"), "{}", run.err);
            assert_no_secret(&stage, run);
        }
    }
}

#[test]
fn another_hosts_login_is_not_used() {
    let stage = with_auth(Auth::Basic);
    let (host, port) = (stage.server.host(), stage.server.host().rsplit_once(':').unwrap().1.to_owned());
    for other in [stage.server.other_host(), "127.0.0.1".to_owned(), format!("127.0.0.2:{port}"), format!("{host}0")] {
        stage.log_in(&other);
        let run = stage.diff(&["--plain-http"]);
        assert_eq!(run.code, Some(2), "{other}");
        assert_eq!(authorizations(&stage.server.take_log()), Vec::<String>::new(), "{other}");
    }
}

#[test]
fn a_redirect_takes_no_credential_along() {
    for auth in [Auth::Basic, Auth::Bearer(Tokens::default())] {
        let stage = with_auth(auth);
        let storage = Fake::new(Abilities::default());
        storage.push(NAME, "original", &stage.layouts.original);
        storage.push(NAME, "rebuild", &stage.layouts.rebuild);
        let storage = Server::start(storage);
        stage.log_in(&stage.server.host());
        for to in [storage.url(), storage.other_url()] {
            stage.faults.clear();
            stage.faults.add(Rule::always("/blobs/", Fault::Redirect(to)));
            let run = stage.diff(&["--plain-http", "--no-cache", "-v"]);
            stage.assert_truth(&run);
            assert_no_secret(&stage, &run);
            let received = storage.take_log();
            assert!(!received.is_empty());
            for exchange in &received {
                let headers = format!("{:?}", exchange.request.headers);
                assert!(exchange.request.header("authorization").is_none(), "{headers}");
                assert!(!holds_secret(headers.as_bytes()), "{headers}");
            }
        }
    }
}

#[test]
fn a_host_that_was_redirected_to_cannot_ask_for_a_login() {
    for stored in [true, false] {
        let stage = with_auth(Auth::Basic);
        let tokens = Server::start(|_: &Request| Response::json(200, &json!({ "token": "any" })));
        let realm = format!("{}/token", tokens.url());
        let elsewhere = Server::start(move |_: &Request| {
            let challenge = format!("Bearer realm=\"{realm}\",service=\"x\",scope=\"repository:team/app:pull\"");
            Response::error(401, "UNAUTHORIZED", "who are you?").with("WWW-Authenticate", challenge)
        });
        stage.faults.add(Rule::always("/blobs/", Fault::Redirect(elsewhere.other_url())));
        let run = if stored {
            stage.log_in(&stage.server.host());
            stage.diff(&["--plain-http", "-v"])
        } else {
            with_password(&stage, PASSWORD, &["--plain-http", "-v"])
        };
        assert_eq!(run.code, Some(2), "{}", run.err);
        for server in [&tokens, &elsewhere] {
            let log = server.take_log();
            let leaked = authorizations(&log).into_iter().find(|value| holds_secret(value.as_bytes()));
            assert_eq!(leaked, None, "the login went to a server that is not the registry's");
        }
    }
}

#[test]
fn one_given_login_is_not_for_two_registries() {
    let (stage, other) = (with_auth(Auth::Basic), with_auth(Auth::Basic));
    let (original, rebuild) = (stage.references().original, other.references().rebuild);
    let arguments = ["diff", "--plain-http", "--username", USERNAME, "--password-stdin", &original, &rebuild];
    let mut child = stage.home.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    let run = home::finish(child);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
    assert!(run.err.contains("--username") || run.err.contains("login"), "{}", run.err);
    let both = [stage.server.take_log(), other.server.take_log()].concat();
    assert_eq!(authorizations(&both), Vec::<String>::new());
}

#[test]
fn a_redirected_transfer_that_breaks_goes_on() {
    let stage = Stage::large(1 << 18);
    let storage = Fake::new(Abilities::default());
    storage.push(NAME, "original", &stage.layouts.original);
    storage.push(NAME, "rebuild", &stage.layouts.rebuild);
    let (digest, size) = layers(&stage.layouts.original).remove(0);
    let broken = Faults::before(storage);
    broken.add(Rule::once(&digest, Fault::Cut(100_000)));
    let storage = Server::start(broken);
    stage.faults.add(Rule::always("/blobs/", Fault::Redirect(storage.other_url())));
    stage.assert_truth(&stage.diff(&[]));
    let sent: u64 = of_blob(&storage.take_log(), &digest).iter().map(|exchange| exchange.sent).sum();
    assert_eq!(sent, size);
}

#[test]
fn a_token_endpoint_elsewhere_gets_no_login_in_the_clear() {
    let elsewhere = Server::start(|_: &Request| Response::error(401, "UNAUTHORIZED", "no"));
    let realm = format!("{}/token", elsewhere.other_url());
    let stage = with_auth(Auth::Bearer(Tokens { realm, ..Tokens::default() }));
    stage.log_in(&stage.server.host());
    let run = stage.diff(&["-v"]);
    assert_eq!(run.code, Some(2));
    assert_no_secret(&stage, &run);
    assert_eq!(authorizations(&elsewhere.take_log()), Vec::<String>::new());
}

#[test]
fn a_challenge_that_makes_no_sense_is_an_error() {
    let endless = "x".repeat(30 << 10);
    let challenges = [
        "",
        "Bearer",
        "Bearer realm=",
        "Bearer realm=\"\"",
        "Bearer realm=\"file:///etc/passwd\"",
        "Bearer realm=\"http://[::1\"",
        "Negotiate",
        "Basic",
        "Digest realm=\"x\", nonce=\"y\"",
        &endless,
    ];
    for challenge in challenges {
        let stage = Stage::first(Abilities::default());
        let refused = Fault::Answer(401, vec![("WWW-Authenticate", challenge.to_owned())], String::new());
        stage.faults.add(Rule::always("/v2/", refused));
        stage.log_in(&stage.server.host());
        let run = stage.diff(&["--plain-http"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{challenge:.40}");
        assert!(run.err.contains(&stage.server.host()), "{challenge:.40}: {}", run.err);
        assert!(run.err.len() < 4096 && !holds_secret(run.err.as_bytes()), "{challenge:.40}: {}", run.err);
    }
}

#[test]
fn an_answer_for_a_token_that_makes_no_sense_is_an_error() {
    for (status, body) in [(200, "{}"), (200, "<html>"), (200, "{\"token\": 5}"), (200, ""), (500, "down"), (403, "{}")]
    {
        let stage = with_auth(Auth::Bearer(Tokens { anonymous: true, ..Tokens::default() }));
        stage.faults.add(Rule::always("/token", Fault::Answer(status, vec![], body.into())));
        let run = stage.diff(&[]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{status} {body}");
        assert!(run.err.contains(&stage.server.host()), "{status} {body}: {}", run.err);
    }
}

#[test]
fn no_secret_is_left_behind_by_a_run_that_fails() {
    let faults = [
        Fault::Answer(500, vec![], "down".into()),
        Fault::Answer(401, vec![], "no".into()),
        Fault::HangUp,
        Fault::Cut(10),
        Fault::Late(Duration::from_millis(10)),
    ];
    // Each waits before it asks again.
    std::thread::scope(|scope| {
        for fault in faults {
            scope.spawn(|| {
                let stage = with_auth(Auth::Bearer(Tokens::default()));
                stage.log_in(&stage.server.host());
                stage.faults.add(Rule::always("/blobs/", fault));
                let run = stage.diff(&["--plain-http", "-v"]);
                assert_no_secret(&stage, &run);
            });
        }
    });
}
