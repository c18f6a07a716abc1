//! What a credential file says.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

use super::server::{scope, scopes};
use super::{Credential, Secret};
use crate::error::{BadLogin, Unsuitable};

/// How a credential file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Docker's `config.json` and podman's `auth.json`: entries below `auths`.
    Current,
    /// `.dockercfg`: nothing but entries.
    Legacy,
}

/// A credential file.
pub(super) struct Document {
    name: String,
    content: Content,
}

// No `Debug` here: what is read are secrets in plain text.
#[derive(Default, Deserialize)]
struct Content {
    auths: Option<BTreeMap<String, Option<Entry>>>,
    #[serde(rename = "credHelpers")]
    helpers: Option<BTreeMap<String, String>>,
    #[serde(rename = "credsStore")]
    store: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(rename = "identitytoken")]
    identity_token: Option<String>,
    #[serde(rename = "registrytoken")]
    registry_token: Option<String>,
}

impl Document {
    /// Reads a document, which is called `name` in errors.
    ///
    /// # Errors
    /// It says where the document is malformed, and nothing of what is there: that may be half a password.
    pub(super) fn parse(name: &str, bytes: &[u8], form: Form) -> Result<Self, Unsuitable> {
        let content = match form {
            Form::Current => serde_json::from_slice(bytes),
            Form::Legacy => {
                serde_json::from_slice(bytes).map(|auths| Content { auths: Some(auths), ..Content::default() })
            }
        };
        let content = content.map_err(|error| Unsuitable::LoginsMalformed {
            name: name.to_owned(),
            line: error.line(),
            column: error.column(),
        })?;
        Ok(Document { name: name.to_owned(), content })
    }

    /// What the document is called in errors.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The helper that is responsible for a host, and the name that the file has for the host.
    pub(super) fn helper(&self, host: &str) -> Option<(&str, &str)> {
        let (key, program) = of_scope(self.content.helpers.as_ref()?, host).next()?;
        Some((program, key))
    }

    /// The helper that keeps all credentials.
    pub(super) fn store(&self) -> Option<&str> {
        self.content.store.as_deref().filter(|name| !name.is_empty())
    }

    /// The login that the file itself holds for a repository: the one of the narrowest scope.
    ///
    /// # Errors
    /// [`Unsuitable::LoginEntry`] where an entry's text cannot be decoded.
    pub(super) fn login(&self, host: &str, repository: &str) -> Result<Option<Credential>, Unsuitable> {
        let Some(auths) = &self.content.auths else { return Ok(None) };
        for wanted in scopes(host, repository) {
            for (key, entry) in of_scope(auths, &wanted) {
                let login = entry.as_ref().map_or(Ok(None), Entry::credential);
                let (name, key) = (|| self.name.clone(), || key.to_owned());
                let login = login.map_err(|problem| Unsuitable::LoginEntry { name: name(), key: key(), problem })?;
                if login.is_some() {
                    return Ok(login);
                }
            }
        }
        Ok(None)
    }
}

/// The entries for a scope: one that is spelled like it first, then other spellings in the order of their letters.
fn of_scope<'a, T>(entries: &'a BTreeMap<String, T>, wanted: &str) -> impl Iterator<Item = (&'a str, &'a T)> {
    let exact = entries.get_key_value(wanted);
    let others = entries.iter().filter(move |(key, _)| *key != wanted && scope(key) == wanted);
    exact.into_iter().chain(others).map(|(key, entry)| (key.as_str(), entry))
}

impl Entry {
    /// What the entry holds; Docker leaves empty ones behind where a helper has the credential.
    ///
    /// A token was given by the registry for this very purpose and goes before the password that it was got with.
    fn credential(&self) -> Result<Option<Credential>, BadLogin> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = given(&self.identity_token) {
            return Ok(Some(Credential::IdentityToken(Secret::new(token))));
        }
        if let Some(token) = given(&self.registry_token) {
            return Ok(Some(Credential::RegistryToken(Secret::new(token))));
        }
        if let Some(auth) = given(&self.auth) {
            return decode(&auth).map(Some);
        }
        Ok(match (given(&self.username), given(&self.password)) {
            (Some(username), Some(password)) => Some(Credential::Basic { username, password: Secret::new(password) }),
            _ => None,
        })
    }
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn decode(auth: &str) -> Result<Credential, BadLogin> {
    let bytes = BASE64.decode(auth.trim()).map_err(|_| BadLogin::NotBase64)?;
    let text = String::from_utf8(bytes).map_err(|_| BadLogin::NotText)?;
    let (username, password) = text.split_once(':').ok_or(BadLogin::NoColon)?;
    // Old versions of Docker padded with zeros.
    let password = Secret::new(password.trim_matches('\0'));
    Ok(Credential::Basic { username: username.to_owned(), password })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(text: &str) -> Document {
        Document::parse("auth.json", text.as_bytes(), Form::Current).unwrap()
    }

    fn basic(username: &str, password: &str) -> Option<Credential> {
        Some(Credential::Basic { username: username.to_owned(), password: Secret::new(password) })
    }

    fn encoded(text: &str) -> String {
        BASE64.encode(text)
    }

    #[test]
    fn an_entry_is_read_in_every_form() {
        let entry = |text: &str| document(&format!(r#"{{"auths":{{"h":{text}}}}}"#)).login("h", "r");
        assert_eq!(entry(&format!(r#"{{"auth":"{}"}}"#, encoded("me:a:b"))), Ok(basic("me", "a:b")));
        assert_eq!(entry(&format!(r#"{{"auth":"{}"}}"#, encoded("me:x").trim_end_matches('='))), Ok(basic("me", "x")));
        assert_eq!(entry(&format!(r#"{{"auth":"{}"}}"#, encoded("me:x\0\0"))), Ok(basic("me", "x")));
        assert_eq!(entry(r#"{"username":"me","password":"x","email":"e"}"#), Ok(basic("me", "x")));
        let token = |text: &str| Secret::new(text);
        assert_eq!(
            entry(&format!(r#"{{"auth":"{}","identitytoken":"t"}}"#, encoded("<token>:"))),
            Ok(Some(Credential::IdentityToken(token("t"))))
        );
        assert_eq!(entry(r#"{"registrytoken":"t"}"#), Ok(Some(Credential::RegistryToken(token("t")))));
        for none in ["{}", "null", r#"{"auth":""}"#, r#"{"auth":null,"username":"me"}"#] {
            assert_eq!(entry(none), Ok(None), "{none}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_named_and_not_shown() {
        for auth in ["$hunter2$".to_owned(), encoded("hunter2"), BASE64.encode(b"hunter2:\xff")] {
            let error = document(&format!(r#"{{"auths":{{"h":{{"auth":"{auth}"}}}}}}"#))
                .login("h", "r")
                .unwrap_err()
                .to_string();
            assert!(error.starts_with("auth.json: the entry \"h\" has"), "{error}");
            assert!(!error.contains("hunter2") && !error.contains(&auth), "{error}");
        }
    }

    #[test]
    fn malformed_documents_are_named_and_not_shown() {
        for (text, form) in [
            ("{\n\"auths\": hunter2", Form::Current),
            (r#"{"auths":"hunter2"}"#, Form::Current),
            (r#"{"auths":{"h":{"auth":["hunter2"]}}}"#, Form::Current),
            (r#"{"h":"hunter2"}"#, Form::Legacy),
            ("", Form::Current),
        ] {
            let error = Document::parse("auth.json", text.as_bytes(), form).err().unwrap().to_string();
            assert!(error.starts_with("auth.json is not a credential file: malformed at line "), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_empty_entry_does_not_hide_another_spelling() {
        let text = format!(r#"{{"auths":{{"h":{{}},"https://h/v1/":{{"auth":"{}"}}}}}}"#, encoded("me:x"));
        assert_eq!(document(&text).login("h", "r"), Ok(basic("me", "x")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_document_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for form in [Form::Current, Form::Legacy] {
                if let Err(error) = Document::parse("name", &bytes, form) {
                    prop_assert!(error.to_string().starts_with("name is not a credential file: malformed at line "));
                }
            }
        }

        #[test]
        fn names_and_passwords_come_back(username in "[^:\0]{1,20}", password in "[^\0]{0,20}") {
            let decoded = decode(&encoded(&format!("{username}:{password}")));
            prop_assert_eq!(decoded.ok(), basic(&username, &password));
        }
    }
}
