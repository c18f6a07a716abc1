//! Credentials that get into the image's history or config.

use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use crate::content::secret::{Extent, exposed, is_secret_name};
use crate::dockerfile::{Arguments, Keyword};

/// Ends of names that are about a secret, and hold none.
const ABOUT: &[&str] = &[
    "file", "path", "dir", "url", "uri", "id", "name", "type", "method", "mode", "user", "username", "host", "port",
    "provider", "endpoint", "enabled", "length", "ttl", "version", "sha256", "checksum", "issuer", "audience", "realm",
    "header",
];

pub(super) fn check(step: &Step<'_>, _: &Scope<'_>, finds: &mut Finds) {
    assigned(step, finds);
    if step.command.keyword == Keyword::Arg
        && let Arguments::Pairs(pairs) = &step.command.arguments
    {
        for pair in pairs {
            let empty = pair.value.as_deref().is_none_or(|value| value.trim_matches(['"', '\'']).is_empty());
            if empty && holds_secret(&pair.name) {
                finds.add(&cases::SECRET_ARGUMENT, step, place(step, &pair.range), format!("ARG {}", pair.name));
            }
        }
    }
    if step.command.keyword == Keyword::Run {
        run(step, finds);
    }
}

/// Values that are written out in `ARG`, `ENV` and `LABEL`, or handed on from an argument.
pub(in super::super) fn assigned(step: &Step<'_>, finds: &mut Finds) {
    let keyword = step.command.keyword;
    let Arguments::Pairs(pairs) = &step.command.arguments else { return };
    for pair in pairs {
        let value = pair.value.as_deref().unwrap_or_default().trim_matches(['"', '\'']);
        let handed_on = keyword == Keyword::Env && holds_secret(&pair.name) && is_variable(value);
        if handed_on || exposed(&format!("{}={value}", pair.name), Extent::Line).is_some() {
            finds.add(&cases::SECRET_VALUE, step, place(step, &pair.range), format!("{keyword} {}=…", pair.name));
        }
    }
}

fn run(step: &Step<'_>, finds: &mut Finds) {
    let bodies = step
        .instruction
        .heredocs
        .iter()
        .map(|heredoc| step.file.source().get(heredoc.body.clone()).unwrap_or_default());
    let line = step.instruction.logical.slice(&step.command.rest);
    if exposed(line, Extent::Word).is_none() && bodies.into_iter().all(|body| exposed(body, Extent::Word).is_none()) {
        return;
    }
    let shows = |text: &str| exposed(text, Extent::Line).is_some();
    let values = step.calls.iter().flat_map(|call| {
        let of_call =
            call.environment.iter().map(|(name, value)| (format!("{name}={}", value.text), value.place.clone()));
        of_call.chain(call.arguments.iter().map(|argument| (argument.text.clone(), argument.place.clone())))
    });
    let mut values = values;
    let found = values.find(|(text, _)| shows(text)).map(|(_, place)| place);
    let place = found.unwrap_or_else(|| place(step, &step.command.name));
    finds.add(&cases::SECRET_VALUE, step, place, "RUN …".to_owned());
}

fn place(step: &Step<'_>, range: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let logical = &step.instruction.logical;
    logical.at(range.start)..logical.end_at(range.end)
}

fn holds_secret(name: &str) -> bool {
    let last = name.rsplit(['_', '-', '.']).next().unwrap_or_default().to_lowercase();
    is_secret_name(name) && !ABOUT.contains(&last.as_str())
}

fn is_variable(value: &str) -> bool {
    let Some(name) = value.strip_prefix('$') else { return false };
    let name = name.trim_start_matches('{').trim_end_matches('}');
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
