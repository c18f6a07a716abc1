//! The one place that every value passes on its way into a report: what must not be shown is withheld here.
//!
//! Withheld are private keys, password hashes, the values of build arguments, values whose names say that they are
//! secret, credentials in URLs and tokens of known shapes: neither in full, nor as a digest, which could be used to guess
//! them. A value that is a secret as a whole becomes `{"redacted": "…"}`; inside a longer text it becomes `[redacted]`.

mod command;
mod diff;
mod name;
mod text;

use serde_json::{Value as Json, json};

pub(super) use command::command;
pub(super) use diff::diff;
pub(super) use name::Names;
pub(crate) use text::text;

use crate::content::secret::{self, Extent};
use crate::digest::Digest;
use crate::finding::{Location, Secret, Value};

/// Stands for a secret inside a text.
const MARK: &str = "[redacted]";

/// What the definition of a build step calls its variables. Configs write `Env`.
const ENVIRONMENT: &str = "env";

/// Bytes of a field that are shown; longer ones are shown by digest.
const SHOWN_BYTES: usize = 64;

/// What a side holds, as the report shows it; `None` where it holds nothing.
pub(super) fn value(value: &Value, location: &Location) -> Option<Json> {
    let names = segments(location.field_name());
    let named = names.iter().find_map(|name| secret_name(name));
    let environment = location.attestation.is_some() && names.iter().rev().take(2).any(|name| name == ENVIRONMENT);
    Some(match value {
        Value::Json(value) if environment && named.is_none() => variables(value),
        Value::Absent => return None,
        Value::Content { secret: Some(secret), .. } => redacted(*secret),
        Value::Content { sha256, size, secret: None } => json!({ "sha256": hex::encode(sha256), "size": size }),
        Value::Bytes(bytes) => named.or_else(|| in_bytes(bytes)).map_or_else(|| shown_bytes(bytes), redacted),
        Value::Json(value) => shown_json(value, named, names.last().is_some_and(|name| is_command(name))),
    })
}

/// The JSON form of a secret.
fn redacted(secret: Secret) -> Json {
    json!({ "redacted": secret.name() })
}

fn shown_bytes(bytes: &[u8]) -> Json {
    if bytes.len() <= SHOWN_BYTES {
        json!({ "hex": hex::encode(bytes) })
    } else {
        json!({ "sha256": Digest::of(bytes).encoded(), "size": bytes.len() })
    }
}

/// The secret in raw bytes, which are shown in full or not at all.
fn in_bytes(bytes: &[u8]) -> Option<Secret> {
    let shown = |text: &str| secret::spans(text, Extent::Line).first().map(|span| span.secret);
    let found = secret::in_bytes(bytes).or_else(|| shown(&String::from_utf8_lossy(bytes)));
    found.or_else(|| bytes.contains(&0).then(|| shown(&secret::narrowed(bytes))).flatten())
}

/// A JSON value with its secrets withheld. `named` is set below a name that says that all of it is secret.
fn shown_json(value: &Json, named: Option<Secret>, is_command_text: bool) -> Json {
    match (value, named) {
        (Json::Null, _) => Json::Null,
        (Json::Array(items), _) => shown_array(items, named, is_command_text),
        (Json::Object(members), _) => shown_object(members, named),
        (Json::String(value), Some(Secret::NamedSecret)) => {
            address(value).map_or_else(|| redacted(Secret::NamedSecret), Json::String)
        }
        (Json::Bool(_) | Json::Number(_) | Json::String(_), Some(secret)) => redacted(secret),
        (Json::String(value), None) => shown_text(value, is_command_text),
        (Json::Bool(_) | Json::Number(_), None) => value.clone(),
    }
}

/// An object. A key that holds a secret is numbered where there are several of them.
fn shown_object(members: &serde_json::Map<String, Json>, named: Option<Secret>) -> Json {
    let mut shown = serde_json::Map::new();
    for (key, member) in members {
        let value = if key == ENVIRONMENT && named.is_none() {
            variables(member)
        } else {
            let named = named.or_else(|| member_secret(key, member));
            shown_json(member, named, is_command(key))
        };
        let plain = text::text(key);
        let free = |name: &String| !shown.contains_key(name) && (plain == *key || !members.contains_key(name));
        let name = std::iter::once(plain.clone()).chain((2..).map(|number| format!("{plain}-{number}"))).find(free);
        shown.insert(name.unwrap_or(plain), value);
    }
    Json::Object(shown)
}

/// A URL whose name says that it is secret: it is for what leads further, not for the host that it leads to.
/// A variable is told with its name.
fn address(value: &str) -> Option<String> {
    let (before, rest) = value.split_once("://")?;
    let (name, scheme) = before.split_at_checked(before.find('=').map_or(0, |sign| sign + 1))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (login, host) = authority.rsplit_once('@').map_or((None, authority), |(login, host)| (Some(login), host));
    let is_host =
        host.contains(['.', ':']) && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let login = login.map_or(String::new(), |_| format!("{MARK}@"));
    let path = if matches!(path, "" | "/") { path.to_owned() } else { format!("/{MARK}") };
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (is_host && is_scheme).then(|| format!("{name}{scheme}://{login}{host}{path}"))
}

/// The variables of a step of BuildKit, which tell the build arguments that it was given from no others.
fn variables(value: &Json) -> Json {
    match value {
        Json::Array(items) => items.iter().map(variables).collect(),
        Json::String(variable) => match variable.split_once('=') {
            Some((name, _)) if name != "PATH" => Json::String(command::argument(variable)),
            _ => shown_text(variable, false),
        },
        other => shown_json(other, None, false),
    }
}

fn shown_text(value: &str, is_command_text: bool) -> Json {
    if is_command_text {
        return Json::String(command(value));
    }
    match text::redact(value, Extent::Line) {
        (shown, Some(secret)) if shown == MARK => redacted(secret),
        (shown, _) => Json::String(shown),
    }
}

/// An array; a command of the legacy builder holds its build arguments as items of their own, after `|N`.
fn shown_array(items: &[Json], named: Option<Secret>, is_command_text: bool) -> Json {
    let count = items.first().and_then(Json::as_str).and_then(|first| first.strip_prefix('|'));
    let arguments = count.and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(0);
    let item = |(position, item): (usize, &Json)| match item {
        Json::String(argument) if (1..=arguments).contains(&position) => Json::String(command::argument(argument)),
        other => shown_json(other, named, is_command_text),
    };
    items.iter().enumerate().map(item).collect()
}

/// The secret that a member's name announces. An object of build arguments announces one for each of its members.
fn member_secret(key: &str, member: &Json) -> Option<Secret> {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if member.is_object() && plain == "buildargs" {
        return Some(Secret::BuildArgument);
    }
    secret_name(key)
}

/// The secret that the name of a field, variable, label or member announces.
fn secret_name(name: &str) -> Option<Secret> {
    match name.strip_prefix("build-arg:") {
        Some(argument) => (argument != command::SOURCE_DATE_EPOCH).then_some(Secret::BuildArgument),
        None => secret::is_secret_name(name).then_some(Secret::NamedSecret),
    }
}

fn is_command(name: &str) -> bool {
    matches!(name, "created_by" | "createdBy")
}

/// The parts of a field's name: those of a JSON pointer (RFC 6901), else those between dots.
fn segments(field: &str) -> Vec<String> {
    match field.strip_prefix('/') {
        Some(pointer) => pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect(),
        None => field.split('.').map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests;
