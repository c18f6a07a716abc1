//! Environment variables of a config.

use crate::finding::{Finding, Kind, Value};

/// The name of the environment variable that a finding is of.
pub(in crate::causes) fn variable(finding: &Finding) -> Option<&str> {
    let field = finding.location.field_name();
    let name = field.strip_prefix("/config/Env/").or_else(|| field.strip_prefix("/container_config/Env/"))?;
    (finding.location.kind == Kind::Config).then_some(name)
}

/// What follows the name in `NAME=value`.
pub(in crate::causes) fn value_of(value: &Value) -> Option<&str> {
    value.as_str()?.split_once('=').map(|(_, value)| value)
}
