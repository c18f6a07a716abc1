//! Who may pull, and how they show that they may.

use std::collections::BTreeMap;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::web::{Request, Response};

/// The one account that registries of the tests know.
pub(crate) const USERNAME: &str = "carol";
pub(crate) const PASSWORD: &str = "SECRET-pass:w\u{f6}rd";
/// What stands for a login where the registry gives out such (`docker login` to Azure).
pub(crate) const IDENTITY: &str = "SECRET-identity-token";
/// What every token that is issued begins with.
pub(crate) const TOKEN: &str = "SECRET-bearer-";

/// What a request must bring along.
#[derive(Default)]
pub(crate) enum Auth {
    /// Nothing.
    #[default]
    None,
    /// Name and password.
    Basic,
    /// A token for the repository.
    Bearer(Tokens),
}

/// A token endpoint, and the tokens that it gave out.
pub(crate) struct Tokens {
    /// Where the registry says that the endpoint is; `/token` of the registry itself where empty.
    pub(crate) realm: String,
    /// Whether tokens are given out to anybody.
    pub(crate) anonymous: bool,
    /// For how many requests a token is good.
    pub(crate) uses: usize,
    /// The member of the answer that holds the token: `token` or `access_token`.
    pub(crate) member: &'static str,
    /// Scope and uses left, by token.
    pub(crate) issued: Mutex<BTreeMap<String, (String, usize)>>,
}

impl Default for Tokens {
    fn default() -> Self {
        Tokens { realm: String::new(), anonymous: false, uses: usize::MAX, member: "token", issued: Mutex::default() }
    }
}

/// `NAME:PASSWORD` as it goes into headers and into `config.json`.
pub(crate) fn basic() -> String {
    STANDARD.encode(format!("{USERNAME}:{PASSWORD}"))
}

/// Whether text holds something that only the registry and the user may know.
pub(crate) fn holds_secret(text: &[u8]) -> bool {
    let holds = |secret: &[u8]| text.windows(secret.len()).any(|window| window == secret);
    holds(b"SECRET") || holds(basic().trim_end_matches('=').as_bytes()) || holds(STANDARD.encode(PASSWORD).as_bytes())
}

fn is_basic(request: &Request) -> bool {
    request.header("authorization").is_some_and(|value| value == format!("Basic {}", basic()))
}

impl Auth {
    /// Whether a request may be answered, or the answer that it gets instead.
    pub(crate) fn check(&self, request: &Request, repository: &str) -> Result<(), Box<Response>> {
        let challenge = match self {
            Auth::None => return Ok(()),
            Auth::Basic if is_basic(request) => return Ok(()),
            Auth::Basic => "Basic realm=\"the test\"".to_owned(),
            Auth::Bearer(tokens) if tokens.admit(request, repository) => return Ok(()),
            Auth::Bearer(tokens) => {
                let own = format!("http://{}/token", request.header("host").unwrap_or_default());
                let realm = if tokens.realm.is_empty() { &own } else { &tokens.realm };
                format!(
                    "Bearer realm=\"{realm}\",service=\"the test\",scope=\"{}\"",
                    scope(repository, writes(request))
                )
            }
        };
        let refused = Response::error(401, "UNAUTHORIZED", "authentication required");
        Err(Box::new(refused.with("WWW-Authenticate", challenge)))
    }

    /// Answers a request for a token.
    pub(crate) fn token(&self, request: &Request) -> Response {
        match self {
            Auth::Bearer(tokens) => tokens.issue(request),
            _ => Response::new(404, ""),
        }
    }
}

fn scope(repository: &str, writes: bool) -> String {
    format!("repository:{repository}:{}", if writes { "pull,push" } else { "pull" })
}

fn writes(request: &Request) -> bool {
    !["GET", "HEAD"].contains(&request.method.as_str())
}

impl Tokens {
    fn admit(&self, request: &Request, repository: &str) -> bool {
        let mut issued = self.issued.lock().unwrap();
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let Some((granted, uses)) = token.and_then(|token| issued.get_mut(token)) else {
            return false;
        };
        // `GET /v2/` is about no repository: any token will do.
        let enough = [scope(repository, true), scope(repository, writes(request))];
        let fits =
            repository.is_empty() || granted.split(' ').any(|granted| enough.iter().any(|scope| granted == scope));
        let is_good = fits && *uses > 0;
        *uses = uses.saturating_sub(1);
        is_good
    }

    fn issue(&self, request: &Request) -> Response {
        let refresh = request.form("grant_type").is_some_and(|grant| grant == "refresh_token")
            && request.form("refresh_token").is_some_and(|token| token == IDENTITY);
        let known = match request.method.as_str() {
            "POST" => refresh,
            _ if request.header("authorization").is_some() => is_basic(request),
            _ => self.anonymous,
        };
        if !known {
            return Response::error(401, "UNAUTHORIZED", "incorrect username or password");
        }
        let scopes = match request.form("scope") {
            Some(scope) => scope,
            None => request.query("scope").join(" "),
        };
        let mut issued = self.issued.lock().unwrap();
        let token = format!("{TOKEN}{}", issued.len());
        issued.insert(token.clone(), (scopes, self.uses));
        Response::json(200, &json!({ self.member: token, "expires_in": 300 }))
    }
}
