use super::auth::{Auth, Tokens};
use super::*;
use crate::web::{Request, Response};

fn certificates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/tls")
}

fn authority() -> String {
    certificates().join("ca.pem").to_str().unwrap().to_owned()
}

fn with_tls(auth: Auth, name: &str, clients: Option<&Path>) -> Stage {
    let abilities = Abilities { auth, ..Abilities::default() };
    Stage::first_with(abilities, Some(Tls::new(&certificates(), name, clients)))
}

#[test]
fn a_given_authority_is_trusted() {
    // A registry on loopback that speaks TLS is spoken to in TLS where the user gives an authority for it.
    let stage = with_tls(Auth::Basic, "server", None);
    stage.log_in(&stage.server.host());
    stage.assert_truth(&stage.diff(&["--ca-file", &authority()]));
    let log = stage.server.take_log();
    assert!(log.iter().any(|exchange| exchange.request.header("authorization").is_some()));
}

#[test]
fn tokens_come_over_tls_too() {
    // The realm names the port of the registry itself, so that comes first.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let realm = format!("https://{}/token", listener.local_addr().unwrap());
    let auth = Auth::Bearer(Tokens { realm, ..Tokens::default() });
    let fake = Fake::new(Abilities { auth, ..Abilities::default() });
    let local = Stage::first(Abilities::default());
    fake.push(NAME, "original", &local.layouts.original);
    fake.push(NAME, "rebuild", &local.layouts.rebuild);
    let server = Server::on(listener, fake, Some(Tls::new(&certificates(), "server", None)));
    local.log_in(&server.host());
    let reference = |tag: &str| format!("docker://{}/{NAME}:{tag}", server.host());
    let pair = Sides::new(reference("original"), reference("rebuild"));
    local.assert_truth(&local.home.diff(&pair, &["--ca-file", &authority()]));
}

#[test]
fn a_stranger_is_not_trusted_and_gets_no_credential() {
    for (name, arguments) in [("stranger", vec!["--ca-file".to_owned(), authority()]), ("server", vec![])] {
        let stage = with_tls(Auth::Basic, name, None);
        stage.log_in(&stage.server.host());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = stage.diff(&arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{name}");
        assert!(run.err.contains(&stage.server.host()), "{}", run.err);
        assert_eq!(stage.server.take_log().len(), 0, "{name}: something was sent");
    }
}

#[test]
fn insecure_means_any_certificate() {
    let stage = with_tls(Auth::Basic, "stranger", None);
    stage.log_in(&stage.server.host());
    stage.assert_truth(&stage.diff(&["--insecure"]));
}

#[test]
fn client_certificates_are_found_where_podman_keeps_them() {
    let stage = with_tls(Auth::None, "server", Some(&certificates().join("ca.pem")));
    let without = stage.diff(&["--ca-file", &authority()]);
    assert_eq!((without.code, without.out.as_str()), (Some(2), ""));
    let folder = stage.home.path("home/.config/containers/certs.d").join(stage.server.host());
    fs::create_dir_all(&folder).unwrap();
    for (from, to) in [("ca.pem", "ca.crt"), ("client.pem", "client.cert"), ("client.key", "client.key")] {
        fs::copy(certificates().join(from), folder.join(to)).unwrap();
    }
    stage.assert_truth(&stage.diff(&[]));
}

#[test]
fn a_token_endpoint_in_the_clear_gets_no_login() {
    let elsewhere = Server::start(|_: &Request| Response::json(200, &json!({ "token": "any" })));
    for url in [elsewhere.url(), elsewhere.other_url()] {
        let realm = format!("{url}/token");
        let stage = with_tls(Auth::Bearer(Tokens { realm, ..Tokens::default() }), "server", None);
        stage.log_in(&stage.server.host());
        let run = stage.diff(&["--ca-file", &authority()]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        let log = elsewhere.take_log();
        assert!(log.iter().all(|exchange| exchange.request.header("authorization").is_none()), "{log:?}");
    }
}

#[test]
fn a_redirect_from_tls_takes_no_credential_along() {
    let stage = with_tls(Auth::Basic, "server", None);
    stage.log_in(&stage.server.host());
    let elsewhere = Server::start(|_: &Request| Response::new(404, ""));
    stage.faults.add(Rule::always("/blobs/", Fault::Redirect(elsewhere.url())));
    let run = stage.diff(&["--ca-file", &authority()]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    let log = elsewhere.take_log();
    assert!(log.iter().all(|exchange| exchange.request.header("authorization").is_none()), "{log:?}");
}

#[test]
fn a_file_of_certificates_that_holds_none_is_refused() {
    let stage = with_tls(Auth::None, "server", None);
    for (name, text) in
        [("empty.pem", ""), ("nonsense.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    {
        let path = stage.home.path(name);
        fs::write(&path, text).unwrap();
        let run = stage.diff(&["--ca-file", path.to_str().unwrap()]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains(name), "{}", run.err);
    }
    let run = stage.diff(&["--ca-file", "/no/such/file.pem"]);
    assert!(run.code == Some(2) && run.err.contains("/no/such/file.pem"), "{}", run.err);
}
