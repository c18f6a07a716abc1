//! Reading a policy file: every mistake is refused with its line, none is guessed around.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::unknown;
use super::rule::Place;
use super::{Date, Pattern, Policy, Rule, Subject};
use crate::causes::Severity;
use crate::error::{Error, Misruled, PolicyPlace, Result};

impl Policy {
    /// Parses a policy file. `known` are the ids of the catalogue.
    ///
    /// # Errors
    /// [`Error::Policy`] with the file's name, the line and the entry: for broken TOML, unknown keys, missing or blank
    /// reasons, unknown causes (with the nearest known one), unusable globs and dates that do not exist.
    pub fn parse(name: &str, text: &str, known: &[&str]) -> Result<Policy> {
        let file = File { text, known };
        file.policy().map_err(|(place, problem)| {
            let problem = Box::new(problem);
            Error::Policy { name: name.to_owned(), place, problem }
        })
    }
}

/// A policy file being read.
struct File<'a> {
    text: &'a str,
    known: &'a [&'a str],
}

/// Something that was read, or a mistake and where it is.
type Checked<T> = std::result::Result<T, (PolicyPlace, Misruled)>;
/// Something that was read, or a mistake.
type Understood<T> = std::result::Result<T, Misruled>;

impl File<'_> {
    fn policy(&self) -> Checked<Policy> {
        let table = DeTable::parse(self.text).map_err(|error| match error.span() {
            Some(span) => (self.at(span.start), Misruled::Syntax(error.message().to_owned())),
            None => (PolicyPlace { line: None, entry: None }, Misruled::Syntax(error.message().to_owned())),
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
                    let keys = ["name", "extends", "accept"];
                    return Err((self.at(key.span().start), Misruled::Key(unknown(other, &keys))));
                }
            }
        }
        let name = name.ok_or((self.at(0), Misruled::NoName))?;
        rules.extend(base.rules);
        Ok(Policy { name, rules })
    }

    fn name(&self, value: &Spanned<DeValue<'_>>) -> Checked<String> {
        match value.get_ref().as_str() {
            Some(name) if !name.trim().is_empty() => Ok(name.to_owned()),
            _ => Err((self.at(value.span().start), Misruled::Name)),
        }
    }

    fn base(&self, value: &Spanned<DeValue<'_>>) -> Checked<Policy> {
        let base = value.get_ref().as_str().and_then(Policy::built_in);
        base.ok_or_else(|| (self.at(value.span().start), Misruled::Extends))
    }

    fn rules(&self, value: &Spanned<DeValue<'_>>) -> Checked<Vec<Rule>> {
        let wrong = || (self.at(value.span().start), Misruled::Accept);
        let entries = value.get_ref().as_array().ok_or_else(wrong)?;
        entries.iter().zip(1u64..).map(|(entry, number)| self.rule(number, entry)).collect()
    }

    fn rule(&self, number: u64, entry: &Spanned<DeValue<'_>>) -> Checked<Rule> {
        let place = Place { number, line: self.line(entry.span().start) };
        let whole = PolicyPlace { line: Some(place.line), entry: Some(number) };
        let table = entry.get_ref().as_table().ok_or((whole, Misruled::Entry))?;
        let mut subjects = Vec::new();
        let (mut path, mut field, mut reason, mut expires) = (None, None, None, None);
        for (key, value) in in_order(table) {
            let line = self.line(key.span().start);
            let wrong = |problem| (PolicyPlace { line: Some(line), entry: Some(number) }, problem);
            let key = key.get_ref().as_ref();
            let text = || value.get_ref().as_str().ok_or_else(|| wrong(Misruled::Text(key.to_owned())));
            match key {
                "cause" => subjects.push(self.cause(text()?).map_err(wrong)?),
                "severity" => subjects.push(severity(text()?).map_err(wrong)?),
                "path" => path = Some(pattern(key, text()?.trim_start_matches('/')).map_err(wrong)?),
                "field" => field = Some(pattern(key, text()?).map_err(wrong)?),
                "reason" => reason = Some(text()?.to_owned()),
                "expires" => expires = Some(date(value.get_ref()).map_err(wrong)?),
                other => {
                    let keys = ["cause", "severity", "path", "field", "reason", "expires"];
                    return Err(wrong(Misruled::Key(unknown(other, &keys))));
                }
            }
        }
        let reason = reason.filter(|reason: &String| !reason.trim().is_empty()).ok_or((whole, Misruled::Reason))?;
        let subject = match subjects.pop() {
            Some(subject) if subjects.is_empty() => subject,
            _ => return Err((whole, Misruled::Subject)),
        };
        Ok(Rule { subject, path, field, reason, expires, entry: Some(place) })
    }

    fn cause(&self, id: &str) -> Understood<Subject> {
        if self.known.contains(&id) {
            return Ok(Subject::Cause(id.to_owned()));
        }
        Err(Misruled::Cause(unknown(id, self.known)))
    }

    fn at(&self, offset: usize) -> PolicyPlace {
        PolicyPlace { line: Some(self.line(offset)), entry: None }
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

fn severity(text: &str) -> Understood<Subject> {
    match text {
        "cosmetic" => Ok(Subject::Severity(Severity::Cosmetic)),
        "behavioural" => Ok(Subject::Severity(Severity::Behavioural)),
        "security" => Ok(Subject::Severity(Severity::Security)),
        other => Err(Misruled::Severity(unknown(other, &["cosmetic", "behavioural", "security"]))),
    }
}

fn pattern(key: &str, text: &str) -> Understood<Pattern> {
    if text.is_empty() {
        return Err(Misruled::EmptyPattern(key.to_owned()));
    }
    Pattern::new(text).map_err(|error| Misruled::Pattern {
        key: key.to_owned(),
        pattern: text.to_owned(),
        said: error.to_string(),
    })
}

fn date(value: &DeValue<'_>) -> Understood<Date> {
    let text = match value {
        DeValue::Datetime(datetime) => datetime.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    Date::parse(&text).ok_or(Misruled::Expires)
}
