//! Commands at the end of a `RUN`: what it leaves behind is removed where it is made.

use super::site::{Site, runs_of};
use super::{Changed, Unedited, Why, has_blanks};
use crate::causes::Runs;
use crate::dockerfile::{Dockerfile, Keyword, SimpleCommand};

/// Directory of the lists that installing needs.
const LISTS: &str = "/var/lib/apt/lists";

/// Appends a command to each `RUN` that the findings name, and of those that they only lead to, to each that names the file, or
/// else to each with a command that is known to make it.
pub(super) fn to_runs(file: &Dockerfile, runs: Runs, command: &'static str, site: &Site<'_>) -> Changed {
    if has_blanks(command) {
        return Changed::left(Unedited::Author);
    }
    let candidates = site.runs(file, false);
    if candidates.is_empty() {
        return Changed::left(Unedited::NoRun);
    }
    let unnamed = |is_it: &dyn Fn(usize) -> bool| -> Vec<usize> {
        candidates.iter().filter(|(node, named)| !**named && is_it(**node)).map(|(node, _)| *node).collect()
    };
    let mut unread =
        candidates.keys().filter_map(|node| Some(Unedited::of(file, *node, commands_of(file, *node).err()?)));
    let mut chosen = unnamed(&|node| file.script(node).is_ok_and(|script| names(script.text, runs)));
    if chosen.is_empty() {
        chosen = unnamed(&|node| calls(file, node, runs));
    }
    chosen.extend(candidates.iter().filter(|(_, named)| **named).map(|(node, _)| *node));
    let mut changed = Changed::default();
    for node in &chosen {
        match check(file, *node, command) {
            Ok(()) => changed.appended.push((*node, command.into())),
            Err(why) => {
                // What it leaves beside the lists is needed by nobody.
                let rest = without_lists(command).filter(|_| matches!(why, Why::Needed(_)));
                let rest = rest.filter(|rest| file.append_command(*node, rest).is_ok());
                changed.appended.extend(rest.map(|rest| (*node, rest.into())));
                changed.left.push(Unedited::of(file, *node, why));
            }
        }
    }
    if chosen.is_empty() {
        changed.left.push(unread.next().unwrap_or(Unedited::NoCommand));
    }
    changed
}

fn names(script: &str, runs: Runs) -> bool {
    runs.names.iter().any(|name| script.contains(name))
}

fn calls(file: &Dockerfile, node: usize, runs: Runs) -> bool {
    commands_of(file, node)
        .is_ok_and(|commands| commands.iter().any(|known| runs.commands.iter().any(|begins| is_call(known, begins))))
}

/// Whether a command is a program with, in any place, the argument that follows it: `apt-get install`.
fn is_call(command: &SimpleCommand, begins: &str) -> bool {
    let [program, arguments @ ..] = command.program() else { return false };
    let (name, argument) = begins.split_once(' ').map_or((begins, None), |(name, argument)| (name, Some(argument)));
    let is_program = program.name() == name || (name == "pip" && program.name().starts_with("pip3"));
    is_program && argument.is_none_or(|wanted| arguments.iter().any(|known| known.text == wanted))
}

fn commands_of(file: &Dockerfile, node: usize) -> Result<Vec<SimpleCommand>, Why> {
    file.script(node)?.commands().ok_or(Why::Unread)
}

/// Whether a command can be appended, and does no harm.
fn check(file: &Dockerfile, node: usize, command: &str) -> Result<(), Why> {
    if !runs_as_root(file, node) {
        return Err(Why::User);
    }
    if let Some(line) = needed_below(file, node).filter(|_| command.contains(LISTS)) {
        return Err(Why::Needed(line));
    }
    file.append_command(node, command)?;
    Ok(())
}

/// A command that removes files, without the lists among them.
fn without_lists(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split(' ').filter(|word| !word.starts_with(LISTS)).collect();
    let removes = words.first() == Some(&"rm") && words.iter().any(|word| word.starts_with('/'));
    removes.then(|| words.join(" "))
}

/// The line of a later `RUN` that installs with the lists that an earlier one has fetched.
fn needed_below(file: &Dockerfile, node: usize) -> Option<usize> {
    let stage = file.stage_of(node)?;
    let built_on =
        |other: usize| std::iter::successors(Some(other), |stage| file.base_stage(*stage)).any(|base| base == stage);
    let stages = (0..file.stages().len()).filter(|other| built_on(*other));
    let later = stages.flat_map(|stage| runs_of(file, stage)).filter(|later| *later > node);
    let needs = |node: usize| {
        let apt = |argument: &'static str| {
            let names = ["apt-get", "apt", "aptitude"];
            commands_of(file, node).is_ok_and(|commands| {
                commands.iter().any(|known| names.iter().any(|name| is_call(known, &format!("{name} {argument}"))))
            })
        };
        (apt("install") || apt("build-dep")) && !apt("update")
    };
    let line = later.into_iter().find(|later| needs(*later))?;
    file.nodes().get(line).map(|node| node.line)
}

/// Whether the last `USER` before it, in its stage or one that this is built on, is root, or there is none.
fn runs_as_root(file: &Dockerfile, node: usize) -> bool {
    let Some(own) = file.stage_of(node) else { return false };
    let stages = std::iter::successors(Some(own), |stage| file.base_stage(*stage));
    let user = stages.into_iter().find_map(|stage| {
        let nodes = file.stages()[stage].nodes.clone();
        let end = if stage == own { node } else { nodes.end };
        let mut users = file.instructions(nodes.start..end).rev();
        users.find(|(_, known)| known.keyword() == Keyword::User).map(|(_, known)| known.arguments())
    });
    user.is_none_or(|user| matches!(user.split(':').next(), Some("root" | "0")))
}
