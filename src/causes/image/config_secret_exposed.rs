//! # What differs
//!
//! Nothing between the images: the config of one image, or of both, holds a value with the shape of a credential, in a
//! variable, a label or the record of a build step.
//!
//! # Why it happens
//!
//! ARG, ENV and LABEL write their values into the config, and builders record each command with its build arguments.
//!
//! # How to fix the build
//!
//! Hand credentials to a RUN step as a secret mount, and make new ones: the old are in every copy of the image.
//!
//! # When it is not harmless
//!
//! Never. The value itself is shown nowhere; what is told is where it is. Only documents are looked at, so the warning is
//! there also when an image is compared with itself.

use crate::causes::fixes::secrets;
use crate::causes::{Cause, Hazard, ImageFacts, Proof, Severity};
use crate::content::secret::{Extent, Span, spans};

/// A credential in a config.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-secret-exposed",
    title: "Credentials in the config",
    source: include_str!("config_secret_exposed.rs"),
    severity: Severity::Security,
    scope: &[],
    proof: Proof::Warning(Hazard::Config(exposed)),
    witness: None,
    hazard: None,
    remedies: &[&secrets::BUILDKIT, &secrets::BUILDAH, &secrets::NONE],
};

/// Places that one warning names.
const NAMED: usize = 20;
/// The shortest value that is taken for a credential because of its name alone.
const SHORTEST: usize = 12;
/// Bits for each character that words and paths stay below, and keys do not.
const RANDOM: f64 = 3.2;

fn exposed(facts: &ImageFacts) -> Option<String> {
    told(&places(&facts.config))
}

fn told(places: &[String]) -> Option<String> {
    let named = places.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if places.len() > NAMED { ", …" } else { "" };
    (!places.is_empty()).then(|| format!("holds what looks like a credential: {named}{more}"))
}

/// Where credentials are, by the names of variables and labels and the numbers of steps: never by what they are.
fn places(config: &serde_json::Value) -> Vec<String> {
    let mut places = Vec::new();
    let texts = |pointer: &str| config.pointer(pointer).and_then(|list| list.as_array()).into_iter().flatten();
    for variable in texts("/config/Env").filter_map(|variable| variable.as_str()) {
        if shows(variable, Extent::Line) {
            places.push(place("variable", variable.split('=').next().unwrap_or("")));
        }
    }
    let labels = config.pointer("/config/Labels").and_then(|labels| labels.as_object());
    for (name, value) in labels.into_iter().flatten() {
        if shows(&format!("{name}={}", value.as_str().unwrap_or("")), Extent::Line) {
            places.push(place("label", name));
        }
    }
    for (number, step) in texts("/history").enumerate() {
        let command = step.get("created_by").and_then(|command| command.as_str()).unwrap_or("");
        if shows(command, extent(command)) {
            places.push(format!("history entry {number}"));
        }
    }
    places
}

/// A name with a credential in it is not told.
fn place(kind: &str, name: &str) -> String {
    if spans(name, Extent::Line).is_empty() { format!("{kind} {name}") } else { format!("a {kind}") }
}

/// Builders record the instructions that assign something without quotes; others are commands of a shell.
fn extent(command: &str) -> Extent {
    let instruction = command.split_once("#(nop)").map_or(command, |(_, instruction)| instruction).trim_start();
    let assigns = ["ENV ", "ARG ", "LABEL "].iter().any(|keyword| instruction.starts_with(keyword));
    if assigns { Extent::Instruction } else { Extent::Word }
}

fn shows(text: &str, extent: Extent) -> bool {
    spans(text, extent).iter().any(|span| counts(text, span))
}

/// What is known by its shape is a credential, but for a user's name alone in a URL; what has the name of one must look
/// random, too: `TOKEN_FILE=/run/token` is none, and neither is `password=$PASSWORD`.
fn counts(text: &str, span: &Span) -> bool {
    let value = text.get(span.from..span.to).unwrap_or("").trim_matches(['"', '\'']);
    if !span.named {
        let in_url = text.get(..span.from).is_some_and(|before| before.ends_with("://"));
        return !in_url || value.contains(':') || shown_by_shape(value);
    }
    value.split_whitespace().any(is_random) || shown_by_shape(value)
}

fn shown_by_shape(value: &str) -> bool {
    spans(value, Extent::Line).iter().any(|span| !span.named)
}

fn is_random(value: &str) -> bool {
    let of_key = |letter: char| letter.is_ascii_alphanumeric() || "+/=_-.~!@#%^&*".contains(letter);
    let path = value.starts_with('/') || value.starts_with('.') || value.contains("://");
    let kinds = [char::is_lowercase as fn(char) -> bool, char::is_uppercase, |letter| letter.is_ascii_digit()];
    let mixed = kinds.iter().filter(|kind| value.chars().any(**kind)).count() >= 2;
    value.len() >= SHORTEST && value.chars().all(of_key) && !path && mixed && entropy(value) >= RANDOM
}

/// Shannon's, of the characters of a text.
#[expect(clippy::cast_precision_loss, reason = "texts are no longer than a document may be")]
fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::<char, usize>::new();
    text.chars().for_each(|letter| *counts.entry(letter).or_default() += 1);
    let length = text.chars().count() as f64;
    counts.values().map(|count| *count as f64 / length).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

    #[test]
    fn credentials_are_told_of_by_where_they_are() {
        let config = json!({
            "config": {
                "Env": [
                    format!("GH={TOKEN}"), "DB_PASSWORD=kJ8sw2Lq0vXz", "URL=https://bob:hunter2@git.example/x", "PATH=/bin"
                ],
                "Labels": { "org.example.key": TOKEN, TOKEN: "x", "maintainer": "a" },
            },
            "history": [
                { "created_by": "RUN /bin/sh -c make" },
                { "created_by": format!("RUN |1 A=b /bin/sh -c curl -H 'Authorization: Bearer {TOKEN}' https://x") },
            ],
        });
        let places = places(&config);
        let expected = [
            "variable GH",
            "variable DB_PASSWORD",
            "variable URL",
            "label org.example.key",
            "a label",
            "history entry 1",
        ];
        for place in expected {
            assert!(places.contains(&place.to_owned()), "{place}: {places:?}");
        }
        assert_eq!(places.len(), expected.len(), "{places:?}");
        assert!(!told(&places).unwrap().contains(TOKEN));
    }

    #[test]
    fn names_alone_and_ordinary_values_are_none() {
        for variable in [
            "PATH=/usr/local/bin:/usr/bin",
            "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
            "PYTHON_SHA256=8d3ed8ec5c88c1c95f5e558612a725450d2452813ddad5e58fdb1a53b1209b78",
            "TOKEN_FILE=/run/secrets/token",
            "DB_PASSWORD=",
            "DB_PASSWORD=changeme",
            "POSTGRES_PASSWORD_FILE=/run/secrets/pw",
            "AUTH_METHOD=password",
            "JWT_SECRET=$SECRET",
            "REPOSITORY=ssh://git@git.example/x",
        ] {
            assert!(!shows(variable, Extent::Line), "{variable}");
        }
    }
}
