//! A config as Go reads it into its struct, and as a runtime uses it.

use std::collections::BTreeMap;

use reprove::finding::{Finding, Kind, Sides};
use serde_json::{Value, json};

/// The first member that a runtime would see another value of, but for those that were claimed.
pub(super) fn differs(configs: Sides<&[u8]>, findings: &[Finding]) -> Option<String> {
    let claimed: Vec<String> = findings
        .iter()
        .filter(|finding| finding.location.kind == Kind::Config)
        .map(|finding| finding.location.field_name().to_owned())
        .collect();
    let read = configs.map(|bytes| serde_json::from_slice(bytes).ok().map(|value: Value| members(&value)));
    let read = match read {
        Sides { original: Some(original), rebuild: Some(rebuild) } => Sides::new(original, rebuild),
        Sides { original: None, rebuild: None } => return None,
        _ => return Some("only one of them can be read".to_owned()),
    };
    let names = read.original.keys().chain(read.rebuild.keys());
    let differ = |name: &&String| read.original.get(*name) != read.rebuild.get(*name);
    let mut differing = names.filter(differ).filter(|name| !is_claimed(name, &claimed));
    let name = differing.next()?;
    Some(format!("{name}: {:?}, {:?}", read.original.get(name), read.rebuild.get(name)))
}

fn is_claimed(name: &str, claimed: &[String]) -> bool {
    // A member that one side lacks is claimed with all that is in it; the config as a whole never is.
    claimed.iter().any(|claimed| {
        claimed == name
            || (claimed != "/config" && name.strip_prefix(&claimed[..]).is_some_and(|rest| rest.starts_with('/')))
    })
}

/// A member of an object as Go finds it: by name without regard to case, the last one wins.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let fold = |text: &str| text.replace('ſ', "s").replace('\u{212a}', "k").to_lowercase();
    let members = value.as_object()?;
    members.iter().rev().find(|(key, _)| fold(key) == fold(name)).map(|(_, value)| value)
}

/// What a runtime uses, by JSON pointer; what is empty in the way that its type has is left out.
fn members(config: &Value) -> BTreeMap<String, Value> {
    let mut members = BTreeMap::new();
    for name in ["architecture", "os", "os.version", "os.features", "variant"] {
        put(&mut members, format!("/{name}"), member(config, name));
    }
    let Some(inner) = member(config, "config") else { return members };
    for name in
        ["User", "Entrypoint", "Cmd", "WorkingDir", "StopSignal", "Shell", "Healthcheck", "ArgsEscaped", "OnBuild"]
    {
        put(&mut members, format!("/config/{name}"), member(inner, name));
    }
    for variable in member(inner, "Env").and_then(Value::as_array).into_iter().flatten() {
        let text = variable.as_str().unwrap_or_default();
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        members.insert(format!("/config/Env/{}", escaped(name)), json!(value));
    }
    for name in ["Labels", "Volumes", "ExposedPorts"] {
        for (key, value) in member(inner, name).and_then(Value::as_object).into_iter().flatten() {
            members.insert(format!("/config/{name}/{}", escaped(key)), value.clone());
        }
    }
    members
}

fn put(members: &mut BTreeMap<String, Value>, at: String, value: Option<&Value>) {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => {}
        Some(Value::String(text)) if text.is_empty() => {}
        Some(Value::Array(items)) if items.is_empty() => {}
        Some(value) => drop(members.insert(at, value.clone())),
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
