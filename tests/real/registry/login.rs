use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::sync::Arc;

use serde_json::json;

use super::debian::{PASSWORD, USERNAME};
use super::tokens::TokenServer;
use super::*;
use crate::web::{Request, Response, Server};

fn with_htpasswd_and_tls() -> Registry {
    Registry::start(Setup { tls: true, htpasswd: true, ..Setup::default() })
}

fn authority(registry: &Registry) -> String {
    registry.certificates.as_ref().unwrap().text("ca.pem")
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn a_plain_registry_on_loopback_needs_nothing() {
    if !have("a plain registry", &PROGRAMS) {
        return;
    }
    let (registry, home, layouts) = (Registry::start(Setup::default()), Home::new(), first());
    push(&registry, &layouts);
    assert_truth(&home.diff(&references(&registry.host()), &[]), &home, &layouts);
    let without = Sides::new(registry.host(), registry.host()).map(|host| format!("{host}/{NAME}"));
    let bare = Sides::new(format!("{}:original", without.original), format!("{}:rebuild", without.rebuild));
    assert_truth(&home.diff(&bare, &["--no-cache"]), &home, &layouts);
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn tls_and_a_stored_login_give_the_same_report() {
    if !have("TLS with htpasswd", &[&PROGRAMS[..], &["htpasswd"]].concat()) {
        return;
    }
    let (registry, home, layouts) = (with_htpasswd_and_tls(), Home::new(), first());
    push(&registry, &layouts);
    home.docker_config(&logged_in(&registry.host()));
    let pair = references(&registry.host());
    assert_truth(&home.diff(&pair, &["--ca-file", &authority(&registry)]), &home, &layouts);
    let stranger = home.diff(&pair, &[]);
    assert_eq!((stranger.code, stranger.out.as_str()), (Some(2), ""));
    assert_truth(&home.diff(&pair, &["--insecure", "--no-cache"]), &home, &layouts);
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn a_wrong_login_is_an_error_without_the_secret() {
    if !have("a wrong login", &[&PROGRAMS[..], &["htpasswd"]].concat()) {
        return;
    }
    let (registry, home, layouts) = (with_htpasswd_and_tls(), Home::new(), first());
    push(&registry, &layouts);
    let Sides { original, rebuild } = references(&registry.host());
    let authority = authority(&registry);
    let run = |password: &str| {
        let arguments = [
            "diff",
            "--format",
            "json",
            "-v",
            "--ca-file",
            &authority,
            "--username",
            USERNAME,
            "--password-stdin",
            &original,
            &rebuild,
        ];
        let mut child = home.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        home::finish(child)
    };
    assert!(matches!(run(PASSWORD).code, Some(0 | 1)));
    for wrong in ["SECRET but wrong", ""] {
        let refused = run(wrong);
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
        assert_no_secret(&refused, &home);
    }
    let anonymous = home.diff(&references(&registry.host()), &["--ca-file", &authority]);
    assert_eq!(anonymous.code, Some(2));
    assert!(anonymous.err.contains("login"), "{}", anonymous.err);
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn helper_programs_are_asked() {
    if !have("credential helpers", &[&PROGRAMS[..], &["htpasswd"]].concat()) {
        return;
    }
    let (registry, layouts) = (with_htpasswd_and_tls(), first());
    push(&registry, &layouts);
    let host = registry.host();
    for config in [json!({ "credsStore": "test" }), json!({ "credHelpers": { host.clone(): "test" } })] {
        let home = Home::new();
        let (folder, asked) = (home.path("programs"), home.path("asked"));
        fs::create_dir(&folder).unwrap();
        let answer = json!({ "ServerURL": host, "Username": USERNAME, "Secret": PASSWORD });
        let script = format!(
            "#!/bin/sh\nread -r host\necho \"$1 $host\" >>'{}'\nif [ \"$host\" = '{host}' ]; then echo '{answer}'; else\n\
             echo 'credentials not found in native keychain'; exit 1; fi\n",
            asked.display()
        );
        let program = folder.join("docker-credential-test");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        home.docker_config(&config);
        let Sides { original, rebuild } = references(&host);
        let authority = authority(&registry);
        let mut command = home.command(&["diff", "--format", "json", "--ca-file", &authority, &original, &rebuild]);
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let run = home::finish(command.env("PATH", path).spawn().unwrap());
        assert_truth(&run, &home, &layouts);
        assert!(fs::read_to_string(&asked).unwrap().contains(&format!("get {host}")));
        // Where the helper is missing the error names it.
        let missing = home.diff(&references(&host), &["--ca-file", &authority]);
        assert_eq!(missing.code, Some(2));
        assert!(missing.err.contains("docker-credential-test"), "{}", missing.err);
    }
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn tokens_are_fetched_and_used() {
    if !have("token authentication", &PROGRAMS) {
        return;
    }
    let tokens = Arc::new(TokenServer::default());
    let server = Server::start(tokens.clone());
    let token = Some((format!("{}/token", server.url()), "registry of the test".to_owned()));
    let (registry, home, layouts) = (Registry::start(Setup { token, ..Setup::default() }), Home::new(), first());
    let certificates = registry.certificates.as_ref().unwrap();
    tokens.signer.set((certificates.path("server.pem"), certificates.path("server.key"))).unwrap();
    push(&registry, &layouts);
    server.take_log();
    home.docker_config(&logged_in(&registry.host()));
    assert_truth(&home.diff(&references(&registry.host()), &["--plain-http"]), &home, &layouts);
    let asked = server.take_log();
    assert!(!asked.is_empty() && asked.iter().all(|exchange| exchange.status == 200));
    for exchange in &asked {
        assert_eq!(exchange.request.query("scope"), ["repository:team/app:pull"]);
    }
    // Over plain http nothing is sent unless the user says so.
    let careful = home.diff(&references(&registry.host()), &["--no-cache", "-v"]);
    assert_eq!(careful.code, Some(2));
    assert!(server.take_log().iter().all(|exchange| exchange.request.header("authorization").is_none()));
    assert_no_secret(&careful, &home);
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn client_certificates_are_shown() {
    if !have("client certificates", &PROGRAMS) {
        return;
    }
    let registry = Registry::start(Setup { tls: true, clients: true, ..Setup::default() });
    let (home, layouts) = (Home::new(), first());
    push(&registry, &layouts);
    let pair = references(&registry.host());
    let without = home.diff(&pair, &["--ca-file", &authority(&registry)]);
    assert_eq!((without.code, without.out.as_str()), (Some(2), ""));
    let folder = home.path("home/.config/containers/certs.d").join(registry.host());
    fs::create_dir_all(&folder).unwrap();
    let certificates = registry.certificates.as_ref().unwrap();
    for (from, to) in [("ca.pem", "ca.crt"), ("client.pem", "client.cert"), ("client.key", "client.key")] {
        fs::copy(certificates.path(from), folder.join(to)).unwrap();
    }
    assert_truth(&home.diff(&pair, &[]), &home, &layouts);
}

#[test]
#[ignore = "needs docker-registry: scripts/test-real"]
fn registries_are_reached_through_a_proxy() {
    if !have("a proxy", &PROGRAMS) {
        return;
    }
    let (registry, home, layouts) = (Registry::start(Setup { tls: true, ..Setup::default() }), Home::new(), first());
    push(&registry, &layouts);
    let address = registry.host();
    let proxy = Server::start(move |request: &Request| match request.method.as_str() {
        "CONNECT" => {
            let tunnel = Some(std::net::TcpStream::connect(&address).unwrap());
            Response { tunnel, ..Response::new(200, "") }
        }
        _ => Response::new(400, "only tunnels"),
    });
    let authority = authority(&registry);
    let run = |host: &str, no_proxy: &str| {
        let Sides { original, rebuild } = references(host);
        let arguments = ["diff", "--format", "json", "--no-cache", "--ca-file", &authority, &original, &rebuild];
        let mut command = home.command(&arguments);
        command.env("HTTPS_PROXY", proxy.url()).env("NO_PROXY", no_proxy);
        home::finish(command.spawn().unwrap())
    };
    assert_truth(&run("registry.example", ""), &home, &layouts);
    let log = proxy.take_log();
    assert!(!log.is_empty() && log.iter().all(|exchange| exchange.request.target == "registry.example:443"));
    assert_truth(&run(&registry.host(), "127.0.0.1"), &home, &layouts);
    assert_eq!(run("registry.example", "other.example,.example").code, Some(2));
    assert_eq!(proxy.take_log().len(), 0, "NO_PROXY is not respected");
}
