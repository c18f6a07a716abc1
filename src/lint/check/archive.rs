//! Archives that a step packs with the times of the build, and lists in the order of a locale.

use super::super::call::Call;
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    for (number, call) in step.calls.iter().enumerate() {
        match call.name.as_str() {
            "tar" | "gtar" | "bsdtar" if packs(step, number, call) && !is_fixed(call) => {
                finds.call(&cases::TAR_TIMES, step, call);
            }
            "gzip" | "pigz" if keeps_name(call) => finds.call(&cases::GZIP_NAME, step, call),
            "zip" => zipped(step, scope, call, finds),
            "jar" if makes_jar(call) && !call.has(&["--date"]) => finds.call(&cases::ZIP_TIMES, step, call),
            "sort" if is_written(step, call) && !has_locale(scope, call) => finds.call(&cases::SORT_LOCALE, step, call),
            _ => {}
        }
    }
}

/// The letters of tar's mode, with or without a dash.
fn letters(call: &Call) -> &str {
    call.arguments.first().map_or("", |first| first.text.as_str()).trim_start_matches('-')
}

fn packs(step: &Step<'_>, number: usize, call: &Call) -> bool {
    let bare = call.arguments.first().is_some_and(|first| !first.text.starts_with("--"));
    let create = call.has(&["--create"])
        || bare
            && letters(call).starts_with(|letter: char| letter.is_ascii_alphabetic())
            && letters(call).contains('c')
            && !letters(call).contains('x')
        || call.has(&["-c"]);
    let extract = call.has(&["--extract", "--get", "-x", "--list", "-t"]);
    if !create || extract || call.silenced {
        return false;
    }
    let mut arguments = call.arguments.iter();
    let file = arguments.find_map(|argument| {
        let text = argument.text.as_str();
        if let Some(file) = text.strip_prefix("--file=") {
            return Some(file.to_owned());
        }
        let last = text == "--file"
            || !text.starts_with("--") && (text.starts_with('-') || text == letters(call)) && text.ends_with('f');
        last.then(String::new)
    });
    let file = match file {
        Some(file) if file.is_empty() => arguments.next().map(|argument| argument.text.clone()),
        other => other,
    };
    match file.as_deref() {
        None | Some("-") => {
            // What is unpacked at once is no archive.
            let unpacked = step.calls_of(&["tar", "gtar", "bsdtar", "ssh", "docker"]).any(|(other, reader)| {
                other > number && (reader.name == "ssh" || reader.name == "docker" || extracts(reader))
            });
            !(call.into.is_some() && unpacked) && step.keeps_output(number)
        }
        Some(file) => !file.starts_with("/dev/"),
    }
}

fn extracts(call: &Call) -> bool {
    let bare = call.arguments.first().is_some_and(|first| !first.text.starts_with("--"));
    call.has(&["--extract", "--get"]) || call.has_letter('x') || bare && letters(call).contains('x')
}

fn is_fixed(call: &Call) -> bool {
    call.has(&["--sort"]) && call.has(&["--mtime"])
}

fn keeps_name(call: &Call) -> bool {
    let reads = call.has(&["--decompress", "--test", "--list", "--uncompress", "--stdout", "--to-stdout"])
        || ['d', 't', 'l', 'c'].iter().any(|letter| call.has_letter(*letter));
    let files = call.fed || call.operands(&["-S", "--suffix", "-b", "-p"]).iter().any(|operand| operand.text != "-");
    files && !reads && !call.has(&["--no-name"]) && !call.has_letter('n')
}

fn zipped(step: &Step<'_>, scope: &Scope<'_>, call: &Call, finds: &mut Finds) {
    if call.operands(&["-x", "-i", "-b", "-n"]).len() < 2 && !call.has(&["-@"]) && !call.has_letter('@') {
        return;
    }
    let plain = call.has_letter('X') || call.has(&["--no-extra"]);
    let touched = step
        .calls_of(&["touch", "find", "xargs"])
        .any(|(_, call)| call.name == "touch" || call.arguments.iter().any(|argument| argument.text == "touch"));
    if !plain || !touched {
        finds.call(&cases::ZIP_TIMES, step, call);
    } else if !scope.is_set("TZ", call) {
        finds.call(&cases::ZIP_ZONE, step, call);
    }
}

fn makes_jar(call: &Call) -> bool {
    let first = call.arguments.first().map_or("", |first| first.text.as_str());
    call.has(&["--create"]) || !first.starts_with("--") && first.trim_start_matches('-').starts_with('c')
}

/// Whether it is a file that the lines go to, not another program that may not care.
fn is_written(step: &Step<'_>, call: &Call) -> bool {
    let tee = call.into.and_then(|into| step.calls.get(into)).is_some_and(|reader| reader.name == "tee");
    !call.files.is_empty() || tee || call.has(&["-o", "--output"])
}

fn has_locale(scope: &Scope<'_>, call: &Call) -> bool {
    ["LC_ALL", "LC_COLLATE", "LANG"].iter().any(|name| scope.is_set(name, call))
        || call.has_letter('n')
        || call.has_letter('V')
        || call.has(&["--numeric-sort", "--version-sort"])
}
