//! Whether the programs that a stage runs know the time that they should write.

use super::super::call::Call;
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::stages::pairs;
use super::super::step::Step;
use crate::dockerfile::Keyword;

/// What programs take the time from.
const VARIABLE: &str = "SOURCE_DATE_EPOCH";

/// Programs that write no time but that of the file, which builders see to.
const PLAIN: &[&str] = &[
    "", ":", "[", "[[", "cd", "chmod", "chown", "cp", "echo", "exit", "export", "false", "install", "ln", "mkdir",
    "mv", "printf", "rm", "rmdir", "set", "test", "touch", "true", "umask", "unset", "cat", "sed", "for", "case",
    "which", "ls",
];

/// Programs that print what is different in each build, and matter where that is kept.
const TELLERS: &[&str] = &["date", "hostname", "uname", "whoami", "id", "pwd", "nproc"];

/// Looks at the instructions of one stage, those of the preamble at hand; whether the time is missing in it.
pub(in super::super) fn check(steps: &[Step<'_>], preamble: &[Step<'_>], scope: &Scope<'_>, finds: &mut Finds) -> bool {
    if scope.variables.contains_key(VARIABLE) || scope.stage.windows {
        return false;
    }
    let declares = |step: &&Step<'_>| pairs(step.instruction).iter().any(|pair| pair.name == VARIABLE);
    let needs = |step: &Step<'_>| step.command.keyword == Keyword::Run && !step.is_deferred() && runs_something(step);
    let Some(first) = steps.iter().position(needs) else { return false };
    let (before, after) = steps.split_at(first);
    if before.iter().any(|step| declares(&step)) || steps.iter().filter(|step| needs(step)).all(sets_it) {
        return false;
    }
    let late = after.iter().find(declares).map(|step| (step, &cases::EPOCH_AFTER_RUN));
    let early = || preamble.iter().find(declares).map(|step| (step, &cases::EPOCH_BEFORE_FROM));
    let missing = || steps.first().map(|step| (step, &cases::EPOCH_UNDECLARED));
    if let Some((step, case)) = late.or_else(early).or_else(missing) {
        finds.part(case, step, &(step.command.name.start..step.command.rest.end));
    }
    true
}

fn runs_something(step: &Step<'_>) -> bool {
    step.calls.iter().enumerate().any(|(number, call)| {
        let name = call.name.as_str();
        !PLAIN.contains(&name) && (!TELLERS.contains(&name) || step.keeps_output(number))
    })
}

/// Whether the instruction sets the variable itself.
fn sets_it(step: &Step<'_>) -> bool {
    let exports = |call: &Call| {
        call.name == "export" && call.arguments.iter().any(|argument| argument.text.starts_with("SOURCE_DATE_EPOCH="))
    };
    step.calls.iter().any(|call| call.variable(VARIABLE).is_some() || exports(call))
}
