//! Stub.
use crate::source::{Environment, Secret};

#[derive(Debug, Clone)]
pub(crate) enum Credential {
    Basic { username: String, password: Secret },
    IdentityToken(Secret),
}
pub(crate) struct Credentials;
impl Credentials {
    pub(crate) fn new(_environment: Environment) -> Self {
        Credentials
    }
    pub(crate) fn find(&self, _host: &str, _repository: &str) -> Result<Option<Credential>, String> {
        Ok(None)
    }
}
