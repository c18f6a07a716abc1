//! What to do with a Dockerfile about a report: a patch of it, the command that builds, and what is left to people.

mod alone;
mod beyond;
mod command;
mod sites;
mod text;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use super::escape::escape;
use super::model::{Covers, Fix, Plan, Report};
use crate::causes;
use crate::dockerfile::Dockerfile;
use crate::fix::{Applied, Hunk, Mark, Patch, Request, Unedited};
pub(super) use alone::{Alone, alone};
use beyond::Beyond;
use command::Commands;

/// The changes of a report's plan, made where a program can make them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// The Dockerfile that the changes are of.
    pub path: String,
    /// Findings that do not follow from others.
    pub findings: u64,
    /// Those that the plan covers.
    pub covered: u64,
    /// The changed build was built and compared.
    pub proven: bool,
    /// Changes that the diff makes, or that are made already.
    pub edits: Vec<Edited>,
    /// Commands that build and push, with what is to be added to them.
    pub commands: Vec<String>,
    /// Changes that those commands make.
    pub options: Vec<ByHand>,
    /// Changes that only people can make.
    pub by_hand: Vec<ByHand>,
    /// What no change is known for.
    pub left: Covers,
    /// The edits as a unified diff; empty where there are none.
    pub diff: String,
    /// The Dockerfile with the edits made.
    #[serde(skip)]
    pub patched: String,
}

/// A change that the diff makes.
#[derive(Debug, Clone, Serialize)]
pub struct Edited {
    /// The id of the fix.
    pub id: String,
    /// First lines of the instructions that it is about in the file as it is; none where it is there already.
    pub lines: Vec<usize>,
    /// What it covers, if all of it is done.
    pub covers: Covers,
    /// Findings that nothing explains, and that this may be the cause of.
    #[serde(skip_serializing_if = "is_none")]
    pub may_cover: u64,
    /// The fixes without which it does harm or nothing, with the reason.
    pub needs: Vec<String>,
    /// Places of it that are left to people, with the reason.
    pub left: Vec<String>,
}

/// A change that somebody has to make.
#[derive(Debug, Clone, Serialize)]
pub struct ByHand {
    /// The id of the fix.
    pub id: String,
    /// What to do.
    pub text: String,
    /// What it covers.
    pub covers: Covers,
    /// Why no edit does it, where one might.
    pub reasons: Vec<String>,
}

impl Advice {
    /// Makes the changes of a report's plan in a Dockerfile. `path` is where it is; `target` the stage that is built, the
    /// last one where that is not said.
    pub fn new(report: &Report, path: &str, file: &Dockerfile, target: Option<usize>) -> Self {
        let target = target.unwrap_or_else(|| file.stages().len().saturating_sub(1));
        let bases = sites::bases(report, file, target);
        let beyond = Beyond::new(report, file, target);
        let fixes: Vec<&Fix> = beyond.fixes.iter().collect();
        // A report may be of another version, with fixes that this one does not know: their words remain.
        let known: Vec<(&Fix, Request)> = fixes
            .iter()
            .filter_map(|fix| {
                let site = beyond.site(report, fix, file, target, &bases);
                Some((*fix, Request { fix: causes::fix_of(&fix.id)?, site }))
            })
            .collect();
        let (of_plan, requests): (Vec<&Fix>, Vec<Request>) = known.into_iter().unzip();
        let patch = Patch::new(file, &requests);
        let commands = Commands::new(report, path, &fixes);
        let mut advice = Advice {
            path: path.to_owned(),
            findings: report.plan.as_ref().map_or(0, |plan| plan.covered + plan.left.findings),
            covered: report.plan.as_ref().map_or(0, |plan| plan.covered),
            proven: false,
            edits: Vec::new(),
            commands: commands.lines(),
            options: Vec::new(),
            by_hand: Vec::new(),
            left: report.plan.as_ref().map_or_else(nothing, |plan: &Plan| plan.left.clone()),
            diff: diff(path, &patch, &of_plan),
            patched: patch.file.source().to_owned(),
        };
        for fix in fixes {
            let at = of_plan.iter().position(|known| known.id == fix.id);
            let edits = patch.reasons.iter().filter(|requests| at.is_some_and(|at| requests.contains(&at))).count();
            advice.sort_in(fix, at.and_then(|at| patch.applied.get(at)), &commands);
            if let Some(edited) = advice.edits.last_mut().filter(|edited| edited.id == fix.id) {
                edited.may_cover = beyond.may_cover(fix);
                edited.left.extend(beyond.other_files(report, fix, edits));
            }
        }
        advice
    }

    fn sort_in(&mut self, fix: &Fix, applied: Option<&Applied>, commands: &Commands) {
        let reasons = |applied: &Applied| applied.left.iter().map(ToString::to_string).collect::<Vec<_>>();
        let covers = fix.covers.clone().unwrap_or_else(nothing);
        match applied {
            Some(applied) if !applied.lines.is_empty() || applied.left.is_empty() => self.edits.push(Edited {
                id: fix.id.clone(),
                lines: applied.lines.clone(),
                covers,
                may_cover: 0,
                needs: fix.needs.iter().map(|need| format!("{}: {}", need.id, need.reason)).collect(),
                left: reasons(applied),
            }),
            _ if commands.have(fix) => {
                self.options.push(ByHand { id: fix.id.clone(), text: fix.text.clone(), covers, reasons: Vec::new() });
            }
            _ => {
                // Where it is an edit only for some commands, why one of these is left alone.
                let is_told = |why: &&Unedited| fix.edit.is_some() || matches!(why, Unedited::Run { .. });
                let left = applied.iter().flat_map(|applied| &applied.left);
                let reasons = left.filter(is_told).map(ToString::to_string).collect();
                self.by_hand.push(ByHand { id: fix.id.clone(), text: fix.text.clone(), covers, reasons });
            }
        }
    }

    /// Ids of causes whose findings may stay when all that a program can do is done.
    pub fn may_stay(&self) -> BTreeSet<&str> {
        let partly = self.edits.iter().filter(|edit| !edit.left.is_empty()).flat_map(|edit| &edit.covers.causes);
        let by_hand = self.by_hand.iter().flat_map(|fix| &fix.covers.causes);
        self.left.causes.iter().chain(partly).chain(by_hand).map(String::as_str).collect()
    }

    /// Writes it for people, each line a comment before the diff, which stands as it is.
    ///
    /// # Errors
    /// The writer's own.
    pub fn write(&self, to: &mut dyn std::io::Write) -> std::io::Result<()> {
        text::write(self, to)?;
        to.write_all(self.diff.as_bytes())
    }

    /// Writes it for a terminal, which nothing in the diff can steer.
    ///
    /// # Errors
    /// The writer's own.
    pub fn write_escaped(&self, to: &mut dyn std::io::Write) -> std::io::Result<()> {
        text::write(self, to)?;
        self.diff.lines().try_for_each(|line| writeln!(to, "{}", text::shown(line)))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn is_none(count: &u64) -> bool {
    *count == 0
}

const fn nothing() -> Covers {
    Covers { findings: 0, causes: Vec::new() }
}

/// The patch as `patch -p1` and `git apply` read it, each hunk with the fixes that it is of.
fn diff(path: &str, patch: &Patch, fixes: &[&Fix]) -> String {
    let mut text = String::new();
    if patch.hunks.is_empty() {
        return text;
    }
    let _ = write!(text, "--- {}\n+++ {}\n", named("a", path), named("b", path));
    for hunk in &patch.hunks {
        let ids: BTreeSet<usize> =
            hunk.edits.iter().filter_map(|edit| patch.reasons.get(*edit)).flatten().copied().collect();
        let of: Vec<String> = ids.iter().filter_map(|at| fixes.get(*at)).map(|fix| heading(fix)).collect();
        let _ = writeln!(text, "@@ -{} +{} @@ {}", span(&hunk.before), span(&hunk.after), of.join("; "));
        lines(hunk, &mut text);
    }
    text
}

/// A fix with what it covers.
fn heading(fix: &Fix) -> String {
    match &fix.covers {
        Some(covers) if covers.findings > 0 => {
            // From a file, maybe: nothing in it ends the line.
            escape(&format!("{} ({}: {})", fix.id, covers.findings, covers.causes.join(", "))).into_owned()
        }
        _ => escape(&fix.id).into_owned(),
    }
}

fn lines(hunk: &Hunk, text: &mut String) {
    for (mark, line) in &hunk.lines {
        text.push(match mark {
            Mark::Kept => ' ',
            Mark::Removed => '-',
            Mark::Added => '+',
        });
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// Lines as a hunk's head has them: from 1, and none as those behind the one before.
fn span(lines: &std::ops::Range<usize>) -> String {
    let first = if lines.is_empty() { lines.start } else { lines.start + 1 };
    format!("{first},{}", lines.len())
}

/// A path as git writes it.
fn named(side: &str, path: &str) -> String {
    let path = format!("{side}/{}", path.trim_start_matches("./"));
    let is_plain = path.chars().all(|letter| !letter.is_control() && !matches!(letter, '"' | '\\'));
    if is_plain {
        // A tab ends a name with blanks in it.
        return if path.contains(' ') { format!("{path}\t") } else { path };
    }
    let mut quoted = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\{byte:03o}");
            }
        }
    }
    quoted.push('"');
    quoted
}
