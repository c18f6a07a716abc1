//! Being let into a repository: which credential goes where, and the tokens got for it.
//!
//! A credential goes to the registry that it is stored for and to the token server that this registry names, which has to
//! be reached over https. Over plain http it goes nowhere, not even on this machine, unless the user asked for plain http.

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use url::Url;

use super::challenge::Challenge;
use super::connection::{Connections, Scheme, address, same_host};
use super::credentials::{Credential, Credentials};
use super::failure::{Failure, Kind, Secrets, of_answer};
use super::name::{Name, api_host};
use super::request::{Request, body, follow};
use crate::error::{Server, Unadmitted, Unfetched};
use crate::source::{Login, Secret};

/// What one run has to prove who it is.
pub(crate) struct Authority {
    pub(crate) connections: Connections,
    /// The login that the user gave for the one registry that is named.
    pub(crate) login: Option<Login>,
    pub(crate) stored: Credentials,
    pub(crate) plain_http: bool,
    pub(crate) secrets: Secrets,
}

/// What a registry is to allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To read.
    Pull,
    /// To read and to write.
    Push,
}

impl Purpose {
    /// The scope to ask for after a registry asked for this one: to push, the same repository with that permission, for
    /// what was refused first was only to read.
    fn scope(self, asked: Option<&str>, repository: &str) -> String {
        match (self, asked) {
            (Purpose::Pull, Some(asked)) => asked.to_owned(),
            (Purpose::Pull, None) => format!("repository:{repository}:pull"),
            (Purpose::Push, Some(asked)) if !asked.starts_with("repository:") || asked.contains("push") => {
                asked.to_owned()
            }
            (Purpose::Push, Some(asked)) => {
                let name = asked.rsplit_once(':').map_or(asked, |(name, _)| name);
                format!("{name}:pull,push")
            }
            (Purpose::Push, None) => format!("repository:{repository}:pull,push"),
        }
    }
}

/// Answers of a token server that are read.
const TOKEN_BYTES: u64 = 1 << 20;
const CLIENT_ID: &str = "reprove";

/// A token server's answer; some name the token one way, some the other, some both.
#[derive(Deserialize)]
struct Granted {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
}

impl Authority {
    /// The header that answers one of these challenges.
    pub(crate) async fn authorize(
        &self,
        name: &Name,
        scheme: Scheme,
        challenges: &[Challenge],
        purpose: Purpose,
    ) -> Result<HeaderValue, Failure> {
        let credential = self.credential(name, scheme)?;
        let mut failed = Failure::permanent(self.login_needed(name, scheme, None));
        let mut asked = false;
        for challenge in challenges {
            let header = match (challenge, &credential) {
                // Who answers 401 does not get to send us from server to server.
                (Challenge::Bearer { .. }, _) if asked => continue,
                (Challenge::Bearer { .. }, Some(Credential::RegistryToken(token))) => bearer(token),
                (Challenge::Bearer { realm, service, scope }, credential) => {
                    let scope = purpose.scope(scope.as_deref(), &name.repository);
                    let server = match self.token_server(name, realm, scheme) {
                        Ok(server) => server,
                        Err(failure) => {
                            failed = failure;
                            continue;
                        }
                    };
                    asked = true;
                    let token = self.token(server, service.as_deref(), &scope, credential.as_ref()).await;
                    token.and_then(|token| bearer(&token)).map_err(|failure| self.refused(name, scheme, failure))
                }
                (Challenge::Basic, Some(Credential::Basic { username, password })) => self.basic(username, password),
                (Challenge::Basic, _) => continue,
            };
            match header {
                Ok(header) => return Ok(header),
                Err(failure) => failed = failure,
            }
        }
        Err(failed)
    }

    fn credential(&self, name: &Name, scheme: Scheme) -> Result<Option<Credential>, Failure> {
        if scheme == Scheme::Http && !self.plain_http {
            return Ok(None);
        }
        let credential = match &self.login {
            Some(Login { username, password }) => {
                Some(Credential::Basic { username: username.clone(), password: password.clone() })
            }
            None => {
                // A helper program may ask the user for something.
                let find = || self.stored.find(&name.registry, &name.repository);
                tokio::task::block_in_place(find).map_err(Failure::permanent)?
            }
        };
        if let Some(
            Credential::Basic { password: secret, .. }
            | Credential::IdentityToken(secret)
            | Credential::RegistryToken(secret),
        ) = &credential
        {
            self.secrets.add(secret.expose());
        }
        Ok(credential)
    }

    fn login_needed(&self, name: &Name, scheme: Scheme, answer: Option<Unfetched>) -> Unadmitted {
        let answer = answer.map(Box::new);
        if scheme == Scheme::Http && !self.plain_http {
            return Unadmitted::LoginOverHttp(answer);
        }
        Unadmitted::LoginNeeded { registry: name.registry.clone(), answer }
    }

    /// A refusal, with what can be done about it.
    pub(crate) fn refused(&self, name: &Name, scheme: Scheme, failure: Failure) -> Failure {
        if !matches!(failure.kind, Kind::Refused) {
            return failure;
        }
        let problem = match self.credential(name, scheme) {
            Ok(Some(_)) => Unadmitted::LoginRefused(Box::new(failure.problem)),
            _ => self.login_needed(name, scheme, Some(failure.problem)),
        };
        Failure { kind: failure.kind, problem: problem.into() }
    }

    /// The address of a token server, if it may be asked: over https, or on the registry's own host, where that is spoken
    /// to over http too.
    fn token_server(&self, name: &Name, realm: &str, scheme: Scheme) -> Result<Url, Failure> {
        let url = Url::parse(realm).map_err(|_| Failure::permanent(Unadmitted::NoTokenServer))?;
        let registry = address(scheme, api_host(&name.registry), "/")?;
        match url.scheme() {
            "https" => Ok(url),
            "http" if (scheme == Scheme::Http || self.plain_http) && same_host(&registry, &url) => Ok(url),
            "http" if scheme == Scheme::Http || self.plain_http => {
                Err(Failure::permanent(Unadmitted::TokenServerElsewhere))
            }
            _ => Err(Failure::permanent(Unadmitted::TokenServerPlain)),
        }
    }

    async fn token(
        &self,
        mut server: Url,
        service: Option<&str>,
        scope: &str,
        credential: Option<&Credential>,
    ) -> Result<Secret, Failure> {
        let mut fields = vec![("scope", scope)];
        fields.extend(service.map(|service| ("service", service)));
        let mut request = Request { stays: true, ..Request::default() };
        if let Some(Credential::IdentityToken(token)) = credential {
            fields.extend([("grant_type", "refresh_token"), ("client_id", CLIENT_ID)]);
            fields.push(("refresh_token", token.expose()));
            request.method = Method::POST;
            request.form = Some(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
        } else {
            server.query_pairs_mut().extend_pairs(fields);
        }
        if let Some(Credential::Basic { username, password }) = credential {
            request.authorization = Some(self.basic(username, password)?);
        }
        let response = follow(&self.connections, server, &request).await?;
        if !response.status().is_success() {
            let failure = of_answer(response, Server::Tokens, self.connections.limits()).await;
            // To look for a token is not to look for an image: the image is not missing.
            let kind = if failure.kind == Kind::Missing { Kind::Permanent } else { failure.kind };
            return Err(Failure { kind, ..failure });
        }
        let answer = body(response, TOKEN_BYTES, self.connections.limits()).await?;
        let granted: Granted =
            serde_json::from_slice(&answer).map_err(|_| Failure::permanent(Unadmitted::TokenAnswer))?;
        let token = granted.token.or(granted.access_token).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| Failure::permanent(Unadmitted::NoToken))?;
        self.secrets.add(&token);
        Ok(Secret::new(token))
    }

    fn basic(&self, username: &str, password: &Secret) -> Result<HeaderValue, Failure> {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{username}:{}", password.expose()));
        self.secrets.add(&encoded);
        secret_header(&format!("Basic {encoded}"))
    }
}

fn bearer(token: &Secret) -> Result<HeaderValue, Failure> {
    secret_header(&format!("Bearer {}", token.expose()))
}

fn secret_header(text: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(text).map_err(|_| Failure::permanent(Unadmitted::LoginCharacters))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_to_push_is_asked_for_from_the_start() {
        for (asked, pull, push) in [
            (None, "repository:team/app:pull", "repository:team/app:pull,push"),
            (Some("repository:team/app:pull"), "repository:team/app:pull", "repository:team/app:pull,push"),
            (Some("repository:mirror/app:pull"), "repository:mirror/app:pull", "repository:mirror/app:pull,push"),
            (Some("repository:app:push,pull"), "repository:app:push,pull", "repository:app:push,pull"),
            (Some("aws"), "aws", "aws"),
        ] {
            assert_eq!(Purpose::Pull.scope(asked, "team/app"), pull);
            assert_eq!(Purpose::Push.scope(asked, "team/app"), push);
        }
    }
}
