//! What a registry asks for when it answers 401: the `WWW-Authenticate` header (RFC 9110, section 11.6.1; the token flow
//! is that of the distribution project's "Token Authentication Specification").

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// One way to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A name and a password with every request.
    Basic,
    /// A token that another server hands out.
    Bearer {
        /// The address of that server.
        realm: String,
        /// What the registry calls itself there.
        service: Option<String>,
        /// What the token is to allow.
        scope: Option<String>,
    },
}

/// The first challenges of an answer, at most so many, tokens before passwords. What is not understood is left out.
pub(crate) fn challenges(headers: &HeaderMap, most: usize) -> Vec<Challenge> {
    let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let mut found: Vec<Challenge> = values.flat_map(parse).take(most).collect();
    found.sort_by_key(|challenge| matches!(challenge, Challenge::Basic));
    found
}

fn parse(text: &str) -> Vec<Challenge> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',', '\t']);
    while !rest.is_empty() {
        let end = rest.find([' ', ',']).unwrap_or(rest.len());
        let (scheme, after) = rest.split_at(end);
        let (parameters, after) = parameters(after);
        if scheme.eq_ignore_ascii_case("basic") {
            found.push(Challenge::Basic);
        } else if scheme.eq_ignore_ascii_case("bearer") {
            let take = |name: &str| {
                let found = parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
            };
            if let Some(realm) = take("realm") {
                found.push(Challenge::Bearer { realm, service: take("service"), scope: take("scope") });
            }
        }
        // Something always goes: a scheme of no length is a character that belongs nowhere.
        rest = if end == 0 { skip_one(after) } else { after };
        rest = rest.trim_start_matches([' ', ',', '\t']);
    }
    found
}

/// The `name=value` pairs at the start of a text, and what follows them: the next challenge.
fn parameters(mut text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    loop {
        let start = text.trim_start_matches([' ', ',', '\t']);
        let length = start.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(start.len());
        let (name, after) = start.split_at(length);
        let Some(value) = after.strip_prefix('=').filter(|_| !name.is_empty()) else { return (found, text) };
        let (value, after) = value_of(value);
        found.push((name.to_owned(), value));
        text = after;
    }
}

/// A token or a quoted string (RFC 9110, section 5.6.4).
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        let (value, after) = text.split_at(end);
        return (value.to_owned(), after);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

fn skip_one(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.as_str()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        Challenge::Bearer { realm: realm.into(), service: service.map(Into::into), scope: scope.map(Into::into) }
    }

    #[test]
    fn real_challenges_are_understood() {
        let docker = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/debian:pull""#;
        assert_eq!(
            parse(docker),
            [bearer(
                "https://auth.docker.io/token",
                Some("registry.docker.io"),
                Some("repository:library/debian:pull")
            )]
        );
        assert_eq!(parse(r#"Basic realm="Registry Realm""#), [Challenge::Basic]);
        assert_eq!(parse("Basic"), [Challenge::Basic]);
        assert_eq!(parse(r#"bearer Realm=https://x/y, service=a"#), [bearer("https://x/y", Some("a"), None)]);
        assert_eq!(
            parse(r#"Basic realm="a, b", Bearer realm="https://x/\"y",scope="repository:a:pull,push""#),
            [Challenge::Basic, bearer("https://x/\"y", None, Some("repository:a:pull,push"))]
        );
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        for text in ["", ",", "Negotiate", "Bearer", "Bearer service=x", "=", "\"", "Bearer realm=\"\""] {
            assert_eq!(parse(text), [], "{text}");
        }
        assert_eq!(parse("Negotiate abc==, Basic"), [Challenge::Basic]);
    }

    #[test]
    fn tokens_go_before_passwords() {
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, "Basic, Bearer realm=https://x".parse().unwrap())]);
        assert_eq!(challenges(&headers, 8), [bearer("https://x", None, None), Challenge::Basic]);
        assert_eq!(challenges(&headers, 1), [Challenge::Basic]);
    }

    proptest! {
        #[test]
        fn nonsense_ends(text in "\\PC*") {
            prop_assert!(parse(&text).len() <= text.len());
        }
    }
}
