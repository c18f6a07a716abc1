//! Reading a policy file: every mistake is refused with its line, none is guessed around.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::suggestion;
use super::rule::Place;
use super::{Date, Pattern, Policy, Rule, Subject};
use crate::causes::Severity;
use crate::error::{Error, Result};

impl Policy {
    /// Parses a policy file. `known` are the ids of the catalogue.
    ///
    /// # Errors
    /// [`Error::Policy`] with the file's name, the line and the entry: for broken TOML, unknown keys, missing or blank
    /// reasons, unknown causes (with the nearest known one), unusable globs and dates that do not exist.
    pub fn parse(name: &str, text: &str, known: &[&str]) -> Result<Policy> {
        let file = File { text, known };
        file.policy().map_err(|detail| Error::Policy { name: name.to_owned(), detail })
    }
}

/// A policy file being read.
struct File<'a> {
    text: &'a str,
    known: &'a [&'a str],
}

/// A mistake as "line 3: …".
type Checked<T> = std::result::Result<T, String>;

impl File<'_> {
    fn policy(&self) -> Checked<Policy> {
        let table = DeTable::parse(self.text).map_err(|error| match error.span() {
            Some(span) => format!("line {}: {}", self.line(span.start), error.message()),
            None => error.message().to_owned(),
        })?;
        let mut name = None;
        let mut base = Policy::default_policy();
        let mut rules = Vec::new();
        for (key, value) in in_order(table.get_ref()) {
            match key.get_ref().as_ref() {
                "name" => name = Some(self.name(value)?),
                "extends" => base = self.base(value)?,
                "accept" => rules = self.rules(value)?,
                other => {
                    let hint = suggestion(other, &["name", "extends", "accept"]);
                    return Err(format!("line {}: unknown key {other:?}{hint}", self.line(key.span().start)));
                }
            }
        }
        let name = name.ok_or("line 1: the policy has no name (write name = \"…\")")?;
        rules.extend(base.rules);
        Ok(Policy { name, rules })
    }

    fn name(&self, value: &Spanned<DeValue<'_>>) -> Checked<String> {
        match value.get_ref().as_str() {
            Some(name) if !name.trim().is_empty() => Ok(name.to_owned()),
            _ => Err(format!("line {}: name must be a text that is not blank", self.line(value.span().start))),
        }
    }

    fn base(&self, value: &Spanned<DeValue<'_>>) -> Checked<Policy> {
        value.get_ref().as_str().and_then(Policy::built_in).ok_or_else(|| {
            format!("line {}: extends must be \"default\", \"strict\" or \"gate\"", self.line(value.span().start))
        })
    }

    fn rules(&self, value: &Spanned<DeValue<'_>>) -> Checked<Vec<Rule>> {
        let wrong = || format!("line {}: accept must be a list of tables ([[accept]])", self.line(value.span().start));
        let entries = value.get_ref().as_array().ok_or_else(wrong)?;
        entries.iter().zip(1u64..).map(|(entry, number)| self.rule(number, entry)).collect()
    }

    fn rule(&self, number: u64, entry: &Spanned<DeValue<'_>>) -> Checked<Rule> {
        let place = Place { number, line: self.line(entry.span().start) };
        let table = entry.get_ref().as_table().ok_or_else(|| at(place, place.line, "not a table"))?;
        let mut subjects = Vec::new();
        let (mut path, mut field, mut reason, mut expires) = (None, None, None, None);
        for (key, value) in in_order(table) {
            let line = self.line(key.span().start);
            let wrong = |detail: String| at(place, line, &detail);
            let key = key.get_ref().as_ref();
            let text = || value.get_ref().as_str().ok_or_else(|| wrong(format!("{key} must be a text")));
            match key {
                "cause" => subjects.push(self.cause(text()?).map_err(wrong)?),
                "severity" => subjects.push(severity(text()?).map_err(wrong)?),
                "path" => path = Some(pattern(key, text()?.trim_start_matches('/')).map_err(wrong)?),
                "field" => field = Some(pattern(key, text()?).map_err(wrong)?),
                "reason" => reason = Some(text()?.to_owned()),
                "expires" => expires = Some(date(value.get_ref()).map_err(wrong)?),
                other => {
                    let keys = ["cause", "severity", "path", "field", "reason", "expires"];
                    return Err(wrong(format!("unknown key {other:?}{}", suggestion(other, &keys))));
                }
            }
        }
        let reason = reason.filter(|reason: &String| !reason.trim().is_empty()).ok_or_else(|| {
            at(place, place.line, "the reason is missing or empty: say why this difference is acceptable")
        })?;
        let subject = match subjects.pop() {
            Some(subject) if subjects.is_empty() => subject,
            _ => return Err(at(place, place.line, "needs either a cause or a severity, and only one of them")),
        };
        Ok(Rule { subject, path, field, reason, expires, entry: Some(place) })
    }

    fn cause(&self, id: &str) -> Checked<Subject> {
        if self.known.contains(&id) {
            return Ok(Subject::Cause(id.to_owned()));
        }
        Err(format!("unknown cause {id:?}{} (\"reprove causes\" lists them)", suggestion(id, self.known)))
    }

    fn line(&self, offset: usize) -> u64 {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1
    }
}

/// The members of a table as the file has them, so that the first mistake is the one reported.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut members: Vec<_> = table.iter().collect();
    members.sort_by_key(|(key, _)| key.span().start);
    members
}

fn at(place: Place, line: u64, detail: &str) -> String {
    format!("line {line}: accept entry {}: {detail}", place.number)
}

fn severity(text: &str) -> Checked<Subject> {
    match text {
        "cosmetic" => Ok(Subject::Severity(Severity::Cosmetic)),
        "behavioural" => Ok(Subject::Severity(Severity::Behavioural)),
        "security" => Ok(Subject::Severity(Severity::Security)),
        other => {
            let hint = suggestion(other, &["cosmetic", "behavioural", "security"]);
            Err(format!("unknown severity {other:?}{hint} (cosmetic, behavioural or security)"))
        }
    }
}

fn pattern(key: &str, text: &str) -> Checked<Pattern> {
    if text.is_empty() {
        return Err(format!("{key} is empty: leave it out to mean everywhere"));
    }
    Pattern::new(text).map_err(|error| format!("{key} {text:?} is not a glob: {error}"))
}

fn date(value: &DeValue<'_>) -> Checked<Date> {
    let text = match value {
        DeValue::Datetime(datetime) => datetime.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    Date::parse(&text).ok_or_else(|| "expires must be a date that exists, written YYYY-MM-DD".to_owned())
}
