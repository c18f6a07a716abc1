//! # What differs
//!
//! The arguments and options that provenance says the build was given, the names of its secrets, and what follows from
//! them in the steps that it lists and in the labels of the image.
//!
//! # Why it happens
//!
//! The builds were started with other arguments: versions, dates and numbers of a run are often passed in.
//!
//! # How to fix the build
//!
//! Pass the same arguments. Only provenance with `mode=max` holds them.
//!
//! # When it is not harmless
//!
//! An argument can change anything. What it changed in files stays unexplained and is to be looked at.

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Names, Place, VALUE, patterns};
use crate::causes::shape::keys::key_of;
use crate::causes::shape::provenance::{STEPS, last_token, matches, member};
use crate::causes::{Cause, InputKind, Proof, Record, Severity, Told, View};
use crate::finding::{Aspect, Kind, Value};
use crate::image::provenance::Provenance;

/// Other arguments.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "provenance-build-arguments",
    title: "Other build arguments, as provenance says",
    source: include_str!("provenance_build_arguments.rs"),
    severity: Severity::Behavioural,
    scope: &[
        Place { aspects: VALUE, field: Field::Label(Names::Like(&["**"])), ..Place::CONFIG },
        Place { field: Field::Member(&["ARGUMENTS/*"]), ..MEMBER },
        Place { field: Field::Member(&patterns::<_, { INPUTS.len() }>(INPUTS)), ..MEMBER },
        Place { field: Field::Member(STEPS), ..MEMBER },
    ],
    proof: Proof::Drift(InputKind::BuildArgument, record),
    witness: None,
    hazard: None,
    remedies: &[&inputs::SAME_ARGUMENTS],
};

/// The variables of a step, by name.
const ENVIRONMENT: &str = "CONFIG/llbDefinition/*/op/Op/exec/meta/env/*";

/// The arguments, and the names of what the client offered to the build.
const INPUTS: &[(&str, &str)] = &[
    ("REQUEST/secrets/**", "secrets"),
    ("REQUEST/ssh/**", "SSH agents"),
    ("REQUEST/locals/**", "local directories"),
    // Where one side has none, with everything in them.
    ("REQUEST/secrets", "secrets"),
    ("REQUEST/ssh", "SSH agents"),
    ("REQUEST/locals", "local directories"),
];

const MEMBER: Place = Place { aspects: &[Aspect::Value, Aspect::Presence, Aspect::Order], ..Place::INDEX };

fn record(view: &View<'_>) -> Option<Record> {
    let provenance = view.image.provenance.as_ref()?;
    if view.location.kind == Kind::Config {
        return of_label(view, provenance);
    }
    let member = member(view.location)?;
    if matches("ARGUMENTS/*", member) {
        let name = last_token(member);
        let recorded = provenance.arguments.get(&name).map(String::as_str);
        return (recorded == view.text()).then(|| of_argument(&name, recorded));
    }
    if let Some((_, what)) = INPUTS.iter().find(|(of, _)| matches(of, member)) {
        let input = match view.value {
            Value::Absent => String::new(),
            Value::Json(value) => value.to_string(),
            Value::Bytes(_) | Value::Content { .. } => return None,
        };
        let told = Told::Name(format!("list of {what}"));
        return Some(Record { common: Vec::new(), input: input.into_bytes(), told });
    }
    if matches(ENVIRONMENT, member) {
        let name = format!("build-arg:{}", last_token(member));
        let recorded = provenance.arguments.get(&name).map(String::as_str);
        let set = view.text().and_then(|variable| variable.split_once('=')).map(|(_, value)| value);
        // Where the build was not given it, the Dockerfile's own value stands there.
        let follows = recorded.is_none() || recorded == set;
        return follows.then(|| of_argument(&name, recorded));
    }
    of_all(provenance)
}

/// A label of the image that was passed in as such.
fn of_label(view: &View<'_>, provenance: &Provenance) -> Option<Record> {
    let name = format!("label:{}", key_of(view.location)?);
    let recorded = provenance.arguments.get(&name).map(String::as_str);
    let same = match view.value {
        Value::Absent => recorded.is_none(),
        _ => recorded.is_some() && recorded == view.text(),
    };
    same.then(|| of_argument(&name, recorded))
}

/// One argument. Its value is not told: it may be a secret.
fn of_argument(name: &str, value: Option<&str>) -> Record {
    let what = match name.split_once(':') {
        Some(("build-arg", argument)) => format!("build argument {argument}"),
        Some(("label", label)) => format!("label {label}"),
        _ => format!("build option {name}"),
    };
    let input = value.map_or_else(|| "-".to_owned(), |value| format!("={value}"));
    Record { common: name.as_bytes().to_vec(), input: input.into_bytes(), told: Told::Name(what) }
}

/// All that the Dockerfile may make use of, for what follows from it.
fn of_all(provenance: &Provenance) -> Option<Record> {
    provenance.steps.as_ref()?;
    let used = |name: &str| name.starts_with("build-arg:") || name == "target" || name == "platform";
    let mut input = Vec::new();
    for (name, value) in provenance.arguments.iter().filter(|(name, _)| used(name)) {
        for part in [name, value] {
            input.extend((part.len() as u64).to_le_bytes());
            input.extend(part.as_bytes());
        }
    }
    Some(Record { common: Vec::new(), input, told: Told::Name("list of build arguments".to_owned()) })
}
