//! A token server as the registry's specification has it: JSON Web Tokens, signed by `openssl`.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::debian::{PASSWORD, USERNAME};
use crate::web::{Handler, Request, Response};

/// Gives tokens to the one account.
#[derive(Default)]
pub(crate) struct TokenServer {
    /// The certificate that the registry trusts, and its key; known once the registry runs.
    pub(crate) signer: OnceLock<(PathBuf, PathBuf)>,
}

impl Handler for std::sync::Arc<TokenServer> {
    fn answer(&self, request: &Request) -> Response {
        let login = STANDARD.encode(format!("{USERNAME}:{PASSWORD}"));
        if request.header("authorization") != Some(&format!("Basic {login}")) {
            return Response::error(401, "UNAUTHORIZED", "incorrect username or password");
        }
        let access: Vec<Value> =
            request.query("scope").iter().flat_map(|scopes| scopes.split(' ')).map(access).collect();
        let token = self.sign(&request.query("service").concat(), &access);
        Response::json(200, &json!({ "token": token, "expires_in": 300 }))
    }
}

/// `repository:NAME:pull,push` as a token has it.
fn access(scope: &str) -> Value {
    let mut parts = scope.split(':');
    let kind = parts.next().unwrap();
    let actions: Vec<&str> = parts.next_back().unwrap_or("").split(',').collect();
    json!({ "type": kind, "name": parts.collect::<Vec<_>>().join(":"), "actions": actions })
}

impl TokenServer {
    fn sign(&self, service: &str, access: &[Value]) -> String {
        let (certificate, key) = self.signer.get().unwrap();
        let pem = fs::read_to_string(certificate).unwrap();
        let der: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let header = json!({ "typ": "JWT", "alg": "RS256", "x5c": [der] });
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let claims = json!({
            "iss": "the test", "sub": USERNAME, "aud": service, "iat": now, "nbf": now - 5, "exp": now + 300,
            "jti": now.to_string(), "access": access,
        });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let mut openssl = Command::new("openssl")
            .args(["dgst", "-sha256", "-sign"])
            .arg(key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        openssl.stdin.take().unwrap().write_all(signed.as_bytes()).unwrap();
        let signature = openssl.wait_with_output().unwrap();
        assert!(signature.status.success());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.stdout))
    }
}
