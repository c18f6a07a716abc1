//! What is different in each build: the time, the host, random values, what git says.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use crate::dockerfile::{Arguments, Keyword};

/// Where random bytes come from.
const SOURCES: &[&str] =
    &["/dev/urandom", "/dev/random", "/proc/sys/kernel/random/uuid", "/proc/sys/kernel/random/boot_id"];

/// What asks a compiler for code that only processors like this one run.
const NATIVE: &[&str] = &["-march=native", "-mtune=native", "-mcpu=native", "target-cpu=native"];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    let clones =
        step.calls_of(&["git"]).any(|(_, call)| call.operands(&[]).first().is_some_and(|word| word.text == "clone"));
    for (number, call) in step.calls.iter().enumerate() {
        let kept = || step.keeps_output(number);
        match call.name.as_str() {
            "date" => dated(step, scope, number, call, finds),
            "uname" if tells_kernel(call) && kept() => finds.call(&cases::UNAME, step, call),
            "hostname" if call.operands(&[]).is_empty() && kept() => finds.call(&cases::HOSTNAME, step, call),
            "git" if !clones && tells_commit(call) && kept() => finds.call(&cases::GIT, step, call),
            "uuidgen" | "mktemp" if call.name == "uuidgen" && kept() => finds.call(&cases::RANDOM_VALUE, step, call),
            "openssl" if is_random(call) && (call.has(&["-out"]) || kept()) => {
                finds.call(&cases::RANDOM_VALUE, step, call)
            }
            _ => {}
        }
        let is_random = |argument: &&Argument| SOURCES.contains(&argument.text.trim_start_matches("if="));
        let written = || call.arguments.iter().any(|argument| argument.text.starts_with("of="));
        if let Some(source) = call.reads.iter().find(is_random).filter(|_| kept()) {
            finds.add(&cases::RANDOM_VALUE, step, call.place.clone(), format!("{} < {}", call.line(), source.text));
        } else if call.arguments.iter().any(|argument| is_random(&argument)) && (kept() || written()) {
            finds.call(&cases::RANDOM_VALUE, step, call);
        }
        variables(step, number, call, finds);
        let native = |text: &str| NATIVE.iter().any(|option| text.contains(option));
        let values = call.environment.iter().map(|(_, value)| value);
        if let Some(argument) = call.arguments.iter().chain(values).find(|argument| native(&argument.text)) {
            finds.add(&cases::MARCH_NATIVE, step, argument.place.clone(), argument.text.clone());
        }
    }
    if let (Keyword::Env, Arguments::Pairs(pairs)) = (step.command.keyword, &step.command.arguments) {
        for pair in pairs {
            if pair.value.as_deref().is_some_and(|value| NATIVE.iter().any(|option| value.contains(option))) {
                finds.part(&cases::MARCH_NATIVE, step, &pair.range);
            }
        }
    }
}

fn variables(step: &Step<'_>, number: usize, call: &Call, finds: &mut Finds) {
    let values = call.environment.iter().map(|(_, value)| value);
    for argument in call.arguments.iter().chain(values) {
        for (name, case) in [("RANDOM", &cases::RANDOM_VALUE), ("HOSTNAME", &cases::HOSTNAME)] {
            let assigned = step.calls.iter().any(|call| call.variable(name).is_some());
            if argument.variables.iter().any(|variable| variable == name) && !assigned && step.keeps_words(number) {
                finds.add(case, step, argument.place.clone(), format!("${name}"));
            }
        }
    }
}

fn dated(step: &Step<'_>, scope: &Scope<'_>, number: usize, call: &Call, finds: &mut Finds) {
    if !step.keeps_output(number) || call.has(&["--help", "--version"]) {
        return;
    }
    let Some(given) = given_time(call) else { return finds.call(&cases::DATE, step, call) };
    if !(given.open || given.text.bytes().any(|byte| byte.is_ascii_digit()))
        || given.text.contains(['+', '-']) && given.text.contains(' ') && !given.text.contains(':')
    {
        return finds.call(&cases::DATE, step, call);
    }
    let utc = call.has(&["--utc", "--universal"])
        || call.arguments.iter().any(|argument| is_letters(argument) && argument.text.contains('u'));
    let seconds = call.arguments.iter().any(|argument| argument.text == "+%s");
    if !utc && !seconds && !scope.is_set("TZ", call) {
        finds.call(&cases::ZONE_UNSET, step, call);
    }
}

/// Options of one letter, but for the one whose value is in the same word.
fn is_letters(argument: &Argument) -> bool {
    argument.is_option() && !argument.text.starts_with("--") && !argument.text.starts_with("-I")
}

/// The time that `date` is told, or the file whose time it is.
fn given_time(call: &Call) -> Option<Argument> {
    let mut arguments = call.arguments.iter();
    while let Some(argument) = arguments.next() {
        for name in ["--date", "--reference", "--file", "--set"] {
            if let Some(value) = argument.text.strip_prefix(name) {
                let inline =
                    value.strip_prefix('=').map(|value| Argument { text: value.to_owned(), ..argument.clone() });
                return inline.or_else(|| arguments.next().cloned());
            }
        }
        if is_letters(argument)
            && let Some((_, value)) = argument.text.split_once(['d', 'r', 'f', 's'])
        {
            let inline = (!value.is_empty()).then(|| Argument { text: value.to_owned(), ..argument.clone() });
            let given = inline.or_else(|| arguments.next().cloned())?;
            // The time of a file is no time of the clock.
            return Some(if argument.text.contains('r') { Argument { open: true, ..given } } else { given });
        }
    }
    None
}

fn tells_kernel(call: &Call) -> bool {
    let letters =
        call.arguments.iter().any(|argument| is_letters(argument) && argument.text.contains(['r', 'v', 'n', 'a']));
    letters || call.has(&["--kernel-release", "--kernel-version", "--nodename", "--all"])
}

fn tells_commit(call: &Call) -> bool {
    let operands = call.operands(&["-C", "-c", "--git-dir", "--work-tree"]);
    let about = ["--show-toplevel", "--git-dir", "--is-inside-work-tree", "--show-cdup", "--show-prefix"];
    operands.first().is_some_and(|subcommand| {
        matches!(
            subcommand.text.as_str(),
            "rev-parse" | "describe" | "log" | "show" | "rev-list" | "status" | "branch" | "shortlog"
        )
    }) && !call.has(&about)
}

fn is_random(call: &Call) -> bool {
    call.operands(&[]).first().is_some_and(|subcommand| subcommand.text == "rand")
}
