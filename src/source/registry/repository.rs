//! A repository: logins made when they are asked for, and requests tried again where that may help.

use std::sync::Arc;

use reqwest::header::HeaderValue;
use reqwest::{Response, StatusCode};
use tokio::sync::Mutex;

use super::authorize::Authority;
use super::challenge::challenges;
use super::connection::{Scheme, address};
use super::failure::{Failure, Kind, of_answer};
use super::name::{Name, api_host};
use super::request::{Request, follow};
use super::retry::Tries;
use crate::limits::Limits;

/// One repository of a registry, with what lets us in.
pub(crate) struct Repository {
    name: Name,
    authority: Arc<Authority>,
    scheme: tokio::sync::OnceCell<Scheme>,
    authorization: Mutex<Option<HeaderValue>>,
}

impl Repository {
    pub(crate) fn new(name: Name, authority: Arc<Authority>) -> Self {
        Repository { name, authority, scheme: tokio::sync::OnceCell::new(), authorization: Mutex::default() }
    }

    /// Asks for something below `/v2/NAME/`, again where that may help. The answer is a success.
    pub(crate) async fn get(&self, path: &str, request: &Request, tries: &mut Tries) -> Result<Response, Failure> {
        loop {
            match self.attempt(path, request).await {
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
            Err(why) => Err(Failure { detail: format!("{}; {why}", failure.detail), ..failure }),
        }
    }

    async fn attempt(&self, path: &str, request: &Request) -> Result<Response, Failure> {
        self.answer(path, request).await.map_err(|failure| self.authority.secrets.scrub(failure))
    }

    async fn answer(&self, path: &str, request: &Request) -> Result<Response, Failure> {
        let host = api_host(&self.name.registry);
        let connections = &self.authority.connections;
        let scheme = *self.scheme.get_or_try_init(|| connections.scheme(host)).await?;
        let url = address(scheme, host, &format!("/v2/{}/{path}", self.name.repository))?;
        let used = self.authorization.lock().await.clone();
        let response =
            follow(connections, url.clone(), &Request { authorization: used.clone(), ..request.clone() }).await?;
        // Only the registry itself may ask for a login, not a server that it redirects to.
        if response.status() != StatusCode::UNAUTHORIZED || response.url().origin() != url.origin() {
            return success(response, connections.limits()).await;
        }
        let authorization = Some(self.authorize(scheme, used, &response).await?);
        let response = follow(connections, url, &Request { authorization, ..request.clone() }).await?;
        success(response, connections.limits())
            .await
            .map_err(|failure| self.authority.refused(&self.name, scheme, failure))
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
        let header = self.authority.authorize(&self.name, scheme, &asked).await?;
        Ok(current.insert(header).clone())
    }
}

async fn success(response: Response, limits: &Limits) -> Result<Response, Failure> {
    if response.status().is_success() { Ok(response) } else { Err(of_answer(response, "the registry", limits).await) }
}
