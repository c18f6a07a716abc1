use std::net::TcpStream;

use super::*;
use crate::web::{Handler as _, Request, Response};

/// A host that only the proxy of a test knows.
const HOST: &str = "registry.example";

fn references(port: &str) -> Sides<String> {
    let reference = |tag: &str| format!("docker://{HOST}{port}/{NAME}:{tag}");
    Sides::new(reference("original"), reference("rebuild"))
}

#[test]
fn https_goes_through_a_tunnel() {
    let certificates = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/tls");
    let stage = Stage::first_with(Abilities::default(), Some(Tls::new(&certificates, "server", None)));
    let address = stage.server.host();
    let proxy = Server::start(move |_: &Request| Response {
        tunnel: Some(TcpStream::connect(&address).unwrap()),
        ..Response::new(200, "")
    });
    let Sides { original, rebuild } = references("");
    let authority = certificates.join("ca.pem");
    let arguments = ["diff", "--format", "json", "--ca-file", authority.to_str().unwrap(), &original, &rebuild];
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let mut command = stage.home.command(&[&arguments[..], &["--no-cache"]].concat());
        stage.assert_truth(&home::finish(command.env(variable, proxy.url()).spawn().unwrap()));
        let log = proxy.take_log();
        assert!(!log.is_empty(), "{variable} is not used");
        for Exchange { request, .. } in &log {
            assert_eq!((request.method.as_str(), request.target.as_str()), ("CONNECT", "registry.example:443"));
        }
    }
}

#[test]
fn http_is_asked_of_the_proxy() {
    let stage = Stage::first(Abilities { auth: auth::Auth::Basic, ..Abilities::default() });
    let fake = stage.fake.clone();
    let proxy = Server::start(move |request: &Request| {
        let target = request.target.strip_prefix("http://registry.example:5000").unwrap().to_owned();
        fake.answer(&Request { target, ..request.clone() })
    });
    stage.log_in("registry.example:5000");
    let Sides { original, rebuild } = references(":5000");
    let arguments = ["diff", "--format", "json", "--plain-http", &original, &rebuild];
    let mut command = stage.home.command(&arguments);
    stage.assert_truth(&home::finish(command.env("HTTP_PROXY", proxy.url()).spawn().unwrap()));
    assert!(!proxy.take_log().is_empty());
}

#[test]
fn loopback_is_reached_directly_where_the_user_says_so() {
    let stage = Stage::first(Abilities::default());
    let proxy = Server::start(|_: &Request| Response::new(403, "nobody gets through"));
    let Sides { original, rebuild } = stage.references();
    for (variable, value) in [("NO_PROXY", "127.0.0.1"), ("no_proxy", "localhost,127.0.0.0/8"), ("NO_PROXY", "*")] {
        let mut command = stage.home.command(&["diff", "--format", "json", "--no-cache", &original, &rebuild]);
        command.env("HTTP_PROXY", proxy.url()).env("http_proxy", proxy.url()).env(variable, value);
        stage.assert_truth(&home::finish(command.spawn().unwrap()));
        assert_eq!(proxy.take_log().len(), 0, "{variable}={value}");
    }
}

#[test]
fn what_a_proxy_refuses_is_an_error() {
    let proxy = Server::start(|_: &Request| Response::new(407, "who are you?"));
    let home = Home::new();
    let mut command = home.command(&["diff", "registry.example/app:1", "registry.example/app:2"]);
    // The name and password of a proxy are secrets as well.
    let url = format!("http://me:SECRET-proxy@{}", proxy.host());
    command.env("HTTPS_PROXY", url);
    let run = home::finish(command.spawn().unwrap());
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("registry.example"), "{}", run.err);
    assert!(!auth::holds_secret(run.err.as_bytes()), "{}", run.err);
    let log = proxy.take_log();
    assert!(!log.is_empty() && log.iter().all(|exchange| exchange.request.method == "CONNECT"));
    let known = log[0].request.header("proxy-authorization");
    assert_eq!(known, Some("Basic bWU6U0VDUkVULXByb3h5"));
}
