//! Hazards of one Dockerfile or one image: what makes the next build come out differently, before it does.
//!
//! A Dockerfile is taken apart into the programs that its instructions run ([`crate::dockerfile::ShellScript`]), and each rule
//! looks at those: at words of commands, not at letters in lines. Only stages count that the built image depends on; what
//! is left behind counts only in those whose layers the image has. Where a value hangs on whoever builds, nothing is said.
//!
//! A rule has the id of the cause that explains the difference afterwards, and the same change makes both go away.

mod call;
mod cases;
mod check;
mod fixed;
mod fixes;
mod found;
mod image;
mod json;
mod markdown;
mod output;
mod removal;
mod results;
mod rule;
mod rules;
mod stages;
mod step;
mod suppress;
mod surroundings;
mod text;
mod words;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use cases::CASES;
pub use fixed::fixed;
pub use image::{ImageHazard, ImageLint, of_image};
pub use json::document;
pub use markdown::write_markdown;
pub use results::results;
pub use rule::{Case, Practice, Rule};
pub use rules::{RULES, find};
pub use suppress::{Refused, Wrong};
pub use surroundings::{Ignore, Surroundings};
pub use text::{Options, rules as write_rules, table, write, write_image};

use crate::dockerfile::{Dockerfile, Keyword};
use crate::finding::coded;
use crate::report::{fix_text, redacted};
use found::{Finds, Found, Scope};
use stages::{Facts, Variables};
use step::Step;

/// Instructions of a file that are looked at: no real one has as many.
const MOST: usize = 5000;

/// What is wrong with a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lint {
    /// What was found, from the first line on.
    pub hazards: Vec<Hazard>,
    /// What was found and is known, each with the reason why it stays.
    pub suppressed: Vec<(Hazard, String)>,
    /// Suppressions that suppress nothing, by line, with the rules.
    pub unused: Vec<(usize, Vec<String>)>,
    /// Comments that mean to suppress something and do not.
    pub refused: Vec<Refused>,
}

/// One place where the next build may come out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// What it is.
    pub case: &'static Case,
    /// The line of the file, from 1.
    pub line: usize,
    /// The stage, by name or by number from 0; `None` before the first.
    pub stage: Option<String>,
    /// The words at fault, without secrets.
    pub words: String,
    /// The instruction.
    node: usize,
}

coded! {
    /// Why a Dockerfile is not looked at.
    pub enum Unfit {
        /// It is longer than any real one.
        "lint-size" TooLong,
        /// There is no such stage.
        "lint-stage" NoStage(String),
    }
}

impl std::error::Error for Unfit {}

/// All codes that what keeps a file from being looked at can have, and what is wrong with comments that suppress nothing.
pub fn codes() -> impl Iterator<Item = &'static str> {
    [Unfit::CODES, Wrong::CODES].into_iter().flatten().copied()
}

impl Hazard {
    /// The change that makes it go away, in one line.
    pub fn fix(&self) -> String {
        fixes::find(self.case.fix).map(fix_text).unwrap_or_default()
    }
}

/// Looks for hazards in a Dockerfile.
///
/// # Errors
/// Where the file is longer than any real one, and where the stage that is asked for is not in it.
pub fn check(file: &Dockerfile, surroundings: &Surroundings) -> Result<Lint, Unfit> {
    if file.instructions(0..file.nodes().len()).count() > MOST {
        return Err(Unfit::TooLong);
    }
    let target = match &surroundings.target {
        Some(name) => file.target(name).ok_or_else(|| Unfit::NoStage(name.clone()))?,
        None => file.stages().len().saturating_sub(1),
    };
    let facts = stages::facts(file, target);
    let mut finds = Finds::default();
    let preamble: Vec<Step<'_>> = file.preamble().filter_map(|(node, _)| Step::of(file, node, 0, false)).collect();
    for step in &preamble {
        check::assigned_secrets(step, &mut finds);
        check::inline_cache(step, &mut finds);
    }
    let mut ends: Vec<End> = Vec::new();
    for (number, stage) in file.stages().iter().enumerate() {
        let Some(known) = facts.get(number) else { break };
        let parent = known.parent.and_then(|parent| ends.get(parent)).copied().unwrap_or_default();
        let steps: Vec<Step<'_>> = file
            .instructions(stage.nodes.clone())
            .filter_map(|(node, _)| Step::of(file, node, number, known.windows))
            .collect();
        let stage = Stage { known, steps: &steps, preamble: &preamble, surroundings };
        ends.push(stage.check(parent, &mut finds));
    }
    Ok(conclude(file, finds.0))
}

/// What a stage hands on to those that begin with it.
#[derive(Debug, Clone, Copy, Default)]
struct End {
    /// Whether apt has an archive that stays as it was on one day.
    snapshot: bool,
    /// Whether it was said already that the time of the build is not declared: what is, is in the stages below, too.
    timeless: bool,
}

/// A stage with its instructions.
struct Stage<'a> {
    known: &'a Facts,
    steps: &'a [Step<'a>],
    preamble: &'a [Step<'a>],
    surroundings: &'a Surroundings,
}

impl Stage<'_> {
    fn scope<'s>(&'s self, variables: &'s Variables, snapshot: bool) -> Scope<'s> {
        Scope { stage: self.known, variables, snapshot, surroundings: self.surroundings }
    }

    /// Looks at it, where it begins with a stage of this end.
    fn check(&self, End { mut snapshot, mut timeless }: End, finds: &mut Finds) -> End {
        if self.known.counts && !timeless {
            timeless = check::epoch(self.steps, self.preamble, &self.scope(&self.known.variables, snapshot), finds);
        }
        let mut variables: Variables = self.known.variables.clone();
        for step in self.steps {
            snapshot |= fixes_archive(step);
            if self.known.counts {
                check::CHECKS.iter().for_each(|check| check(step, &self.scope(&variables, snapshot), finds));
            }
            if !step.is_deferred() {
                stages::pass(step.instruction, &mut variables);
            }
        }
        End { snapshot, timeless }
    }
}

/// Whether an instruction names an archive of packages that stays as it was, or brings a list of archives of its own.
fn fixes_archive(step: &Step<'_>) -> bool {
    let node = step.file.nodes().get(step.node);
    let text = node.and_then(|node| step.file.source().get(node.range.clone())).unwrap_or_default();
    let named =
        ["snapshot.debian.org", "snapshot.ubuntu.com", "repro-sources-list"].iter().any(|name| text.contains(name));
    named || matches!(step.command.keyword, Keyword::Copy | Keyword::Add) && text.contains("/etc/apt/")
}

fn conclude(file: &Dockerfile, found: Vec<Found>) -> Lint {
    let (suppressions, refused) = suppress::read(file);
    let mut lint = Lint { refused, ..Lint::default() };
    let mut used = BTreeSet::new();
    for hazard in hazards(file, found) {
        let suppresses = |suppression: &&suppress::Suppression| {
            suppression.node.is_none_or(|node| node == hazard.node)
                && suppression.rules.iter().any(|rule| rule == hazard.case.rule.id)
        };
        match suppressions.iter().find(suppresses) {
            Some(suppression) => {
                used.insert((suppression.line, hazard.case.rule.id));
                lint.suppressed.push((hazard, suppression.reason.clone()));
            }
            None => lint.hazards.push(hazard),
        }
    }
    for suppression in suppressions {
        let unused = suppression.rules.into_iter().filter(|rule| {
            rules::find(rule).is_some() && !used.iter().any(|(line, used)| *line == suppression.line && used == rule)
        });
        let unused: Vec<String> = unused.collect();
        if !unused.is_empty() {
            lint.unused.push((suppression.line, unused));
        }
    }
    lint
}

/// In order of where they are, each once.
fn hazards(file: &Dockerfile, mut found: Vec<Found>) -> Vec<Hazard> {
    found.sort_by(|one, other| {
        let key = |found: &Found| (found.place.start, found.place.end, found.case.rule.id, found.case.why);
        key(one).cmp(&key(other)).then_with(|| one.words.cmp(&other.words))
    });
    found.dedup_by(|one, other| one.place == other.place && one.case == other.case);
    let mut lines = Lines { source: file.source(), at: 0, line: 1 };
    let hazard = |found: Found| Hazard {
        case: found.case,
        line: lines.of(found.place.start),
        stage: file.stage_name(found.node),
        words: redacted(&found.words.split_whitespace().collect::<Vec<_>>().join(" ")),
        node: found.node,
    };
    found.into_iter().map(hazard).collect()
}

/// Counts lines on the way through a file.
struct Lines<'a> {
    source: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a place that is not before those that were asked for.
    fn of(&mut self, place: usize) -> usize {
        let between = self.source.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count();
        self.at = self.at.max(place);
        self.line
    }
}
