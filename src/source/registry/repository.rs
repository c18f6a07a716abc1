//! A repository: logins made when they are asked for, and requests tried again where that may help.

use std::sync::Arc;

use reqwest::header::{HeaderValue, LOCATION};
use reqwest::{Response, StatusCode};
use tokio::sync::Mutex;
use url::Url;

use super::authorize::{Authority, Purpose};
use super::challenge::challenges;
use super::connection::{Scheme, address, same_host};
use super::failure::{Failure, Kind, of_answer};
use super::name::{Name, api_host};
use super::request::{Request, follow};
use super::retry::Tries;
use crate::error::{Server, Unattached};
use crate::limits::Limits;

/// One repository of a registry, with what lets us in.
pub(crate) struct Repository {
    name: Name,
    authority: Arc<Authority>,
    /// What is to be allowed here.
    purpose: Purpose,
    scheme: tokio::sync::OnceCell<Scheme>,
    authorization: Mutex<Option<HeaderValue>>,
}

/// Where a request goes.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// Below `/v2/NAME/`.
    Path(&'a str),
    /// Where the registry said that an upload goes on.
    Url(&'a Url),
}

impl Repository {
    pub(crate) fn new(name: Name, authority: Arc<Authority>, purpose: Purpose) -> Self {
        Repository { name, authority, purpose, scheme: tokio::sync::OnceCell::new(), authorization: Mutex::default() }
    }

    /// Makes a request to something below `/v2/NAME/`, again where that may help. The answer is a success.
    pub(crate) async fn send(&self, path: &str, request: &Request, tries: &mut Tries) -> Result<Response, Failure> {
        loop {
            match self.attempt(Target::Path(path), request).await {
                Ok(response) => return Ok(response),
                Err(failure) => self.wait_after(failure, tries).await?,
            }
        }
    }

    /// Waits for the next try; the failure itself where there is none.
    pub(crate) async fn wait_after(&self, failure: Failure, tries: &mut Tries) -> Result<(), Failure> {
        let Kind::Transient(asked) = failure.kind else { return Err(failure) };
        match tries.next(asked) {
            Ok(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Err(why) => Err(failure.given_up(why)),
        }
    }

    /// Makes a request once. The answer is a success.
    pub(crate) async fn attempt(&self, target: Target<'_>, request: &Request) -> Result<Response, Failure> {
        self.answer(target, request).await.map_err(|failure| self.authority.secrets.scrub(failure))
    }

    async fn answer(&self, target: Target<'_>, request: &Request) -> Result<Response, Failure> {
        let host = api_host(&self.name.registry);
        let connections = &self.authority.connections;
        let scheme = *self.scheme.get_or_try_init(|| connections.scheme(host)).await?;
        let own = address(scheme, host, &format!("/v2/{}/", self.name.repository))?;
        let url = match target {
            Target::Path(path) => address(scheme, host, &format!("/v2/{}/{path}", self.name.repository))?,
            Target::Url(url) => url.clone(),
        };
        // A login is for the registry alone, wherever it sends us.
        let is_own = url.origin() == own.origin();
        let used = self.authorization.lock().await.clone().filter(|_| is_own);
        let response =
            follow(connections, url.clone(), &Request { authorization: used.clone(), ..request.clone() }).await?;
        // Only the registry itself may ask for a login, not a server that it redirects to.
        if response.status() != StatusCode::UNAUTHORIZED || !is_own || response.url().origin() != url.origin() {
            return success(response, connections.limits()).await;
        }
        let authorization = Some(self.authorize(scheme, used, &response).await?);
        let response = follow(connections, url, &Request { authorization, ..request.clone() }).await?;
        success(response, connections.limits())
            .await
            .map_err(|failure| self.authority.refused(&self.name, scheme, failure))
    }

    /// Where an answer sends what comes next (`Location`): over https, or to the same host as before.
    pub(crate) fn location(&self, response: &Response) -> Result<Url, Failure> {
        let text = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let next = text.and_then(|text| response.url().join(text).ok());
        let mut next = next.ok_or_else(|| Failure::permanent(Unattached::NoUpload))?;
        next.set_fragment(None);
        let stays = next.scheme() == response.url().scheme() && same_host(&next, response.url());
        if next.scheme() == "https" || stays || self.authority.connections.may_downgrade() {
            return Ok(next);
        }
        Err(Failure::permanent(Unattached::UploadHost))
    }

    /// A new authorization after the one that was used has been refused; one for all requests that were.
    async fn authorize(
        &self,
        scheme: Scheme,
        used: Option<HeaderValue>,
        refusal: &Response,
    ) -> Result<HeaderValue, Failure> {
        let mut current = self.authorization.lock().await;
        if let Some(newer) = current.clone().filter(|current| Some(current) != used.as_ref()) {
            return Ok(newer);
        }
        let asked = challenges(refusal.headers(), self.authority.connections.limits().challenges);
        let header = self.authority.authorize(&self.name, scheme, &asked, self.purpose).await?;
        Ok(current.insert(header).clone())
    }
}

async fn success(response: Response, limits: &Limits) -> Result<Response, Failure> {
    if response.status().is_success() { Ok(response) } else { Err(of_answer(response, Server::Registry, limits).await) }
}
