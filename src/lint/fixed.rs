//! A Dockerfile with the changes made that cannot do harm.
//!
//! Safe is what adds to a command what it does not have, or cleans up at its end: a declaration, an option, `rm` of what
//! nothing reads. What takes a value that only the author knows (a version, a digest) is left to people.

use super::{Hazard, Lint, Surroundings, fixes};
use crate::causes::{Change, Edit};
use crate::dockerfile::{self, Arguments, Dockerfile};
use crate::fix::{self, Site};

/// Changes that are safe wherever their hazard is.
const SAFE: &[&str] = &[
    "arg-source-date-epoch",
    "clean-after-apt",
    "clean-machine-id",
    "clean-ssh-host-keys",
    "dnf-clean",
    "apk-no-cache",
    "pip-no-cache",
    "pip-no-compile",
    "gzip-no-name",
];

/// The file with all safe changes that hazards of it ask for; each is left out where it would change anything else.
pub fn fixed(file: &Dockerfile, lint: &Lint, surroundings: &Surroundings) -> Dockerfile {
    let last = file.stages().len().saturating_sub(1);
    let target = surroundings.target.as_deref().and_then(|name| file.target(name)).unwrap_or(last);
    let mut fixed = file.clone();
    let mut done: Vec<(usize, &'static str)> = Vec::new();
    // From the end: an instruction keeps its number while those below it change.
    for hazard in lint.hazards.iter().rev().filter(|hazard| SAFE.contains(&hazard.case.fix) && !is_declaration(hazard))
    {
        // One cleanup may be what several hazards of an instruction ask for.
        if !done.contains(&(hazard.node, hazard.case.fix)) || !appends(hazard) {
            done.push((hazard.node, hazard.case.fix));
            fixed = changed(fixed, hazard, target);
        }
    }
    match lint.hazards.iter().find(|hazard| is_declaration(hazard)) {
        Some(hazard) => changed(fixed, hazard, target),
        None => fixed,
    }
}

fn is_declaration(hazard: &Hazard) -> bool {
    fixes::find(hazard.case.fix).is_some_and(|fix| matches!(fix.change, Change::Dockerfile(Edit::Insert { .. })))
}

fn appends(hazard: &Hazard) -> bool {
    fixes::find(hazard.case.fix).is_some_and(|fix| matches!(fix.change, Change::Dockerfile(Edit::Append { .. })))
}

fn changed(file: Dockerfile, hazard: &Hazard, target: usize) -> Dockerfile {
    let edits = edits(&file, hazard, target);
    file.edited(&edits).unwrap_or(file)
}

fn edits(file: &Dockerfile, hazard: &Hazard, target: usize) -> Vec<dockerfile::Edit> {
    let Some(fix) = fixes::find(hazard.case.fix) else { return Vec::new() };
    if !fixes::is_own(fix) {
        let nodes = (!is_declaration(hazard)).then(|| [hazard.node].into());
        let site = Site { target, nodes, bases: &[] };
        // Half of a cleanup leaves the hazard.
        let is_whole = !appends(hazard) || fix::change(file, fix, &site).left.is_empty();
        return if is_whole { fix::edits(file, fix, &site).unwrap_or_default() } else { Vec::new() };
    }
    match fix.change {
        Change::Dockerfile(Edit::Append { command, .. }) => {
            file.append_command(hazard.node, command).into_iter().collect()
        }
        Change::Dockerfile(Edit::Replace { what, with }) => replaced(file, hazard, what, with).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Other words for those of the command at fault, where they stand so in one line of the instruction.
fn replaced(file: &Dockerfile, hazard: &Hazard, what: &str, with: &str) -> Option<dockerfile::Edit> {
    let instruction = file.nodes().get(hazard.node)?.instruction()?;
    let Arguments::Shell(range) = &instruction.command.arguments else { return None };
    let text = instruction.logical.slice(range);
    // The same words twice may be two commands, or none.
    let mut places = text.match_indices(what).filter(|(at, _)| {
        let word = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        !text[..*at].ends_with(word) && !text[at + what.len()..].starts_with(word)
    });
    let (at, _) = places.next().filter(|_| places.next().is_none())?;
    let part = range.start + at..range.start + at + what.len();
    file.replace(hazard.node, &part, with).ok()
}
