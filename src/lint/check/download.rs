//! What comes from the network, and whether anything checks it.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use crate::dockerfile::{Arguments, Keyword};

/// Programs that compare a file with a digest, or check a signature.
const CHECKERS: &[&str] = &[
    "sha1sum",
    "sha224sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "shasum",
    "b2sum",
    "b3sum",
    "md5sum",
    "sha256",
    "sha512",
    "cosign",
    "minisign",
    "signify",
    "slsa-verifier",
    "gpgv",
];

/// Programs that run what they read.
const INTERPRETERS: &[&str] = &["python", "python3", "perl", "ruby", "node", "php"];

/// Hosts that are this one.
const HERE: &[&str] = &["://localhost", "://127.", "://[::1]", "file://"];

pub(super) fn check(step: &Step<'_>, _: &Scope<'_>, finds: &mut Finds) {
    if step.command.keyword == Keyword::Add {
        added(step, finds);
    }
    let checked = step.calls.iter().any(checks);
    for (number, call) in step.calls_of(&["curl", "wget"]) {
        if !fetches(call) {
            continue;
        }
        if is_run(step, number) {
            finds.call(&cases::PIPED_SCRIPT, step, call);
        } else if !checked && is_saved(step, number, call) {
            finds.call(&cases::UNCHECKED_DOWNLOAD, step, call);
        }
    }
    for (_, call) in step.calls_of(&["git"]) {
        if clones_a_branch(step, call) {
            finds.call(&cases::MOVING_CLONE, step, call);
        }
    }
}

fn added(step: &Step<'_>, finds: &mut Finds) {
    let Arguments::Words(words) = &step.command.arguments else { return };
    if step.command.flags.iter().any(|flag| flag.name == "checksum") {
        return;
    }
    for word in words.split_last().map_or(&[][..], |(_, sources)| sources) {
        let text = word.text.trim_matches(['"', '\'']);
        let remote = ["http://", "https://", "git@", "git://", "ssh://"].iter().any(|scheme| text.starts_with(scheme));
        let commit = text.split_once('#').is_some_and(|(_, reference)| {
            let reference = reference.split(':').next().unwrap_or_default();
            reference.contains('$') || reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if remote && !commit {
            finds.part(&cases::UNCHECKED_ADD, step, &word.range);
        }
    }
}

fn checks(call: &Call) -> bool {
    let verifies = |words: &[&str]| call.arguments.iter().any(|argument| words.contains(&argument.text.as_str()));
    match call.name.as_str() {
        "gpg" | "gpg2" => verifies(&["--verify", "--verify-files"]),
        "openssl" => verifies(&["dgst", "-verify"]),
        "rpm" | "rpmkeys" => verifies(&["-K", "--checksig"]),
        name => CHECKERS.contains(&name),
    }
}

fn fetches(call: &Call) -> bool {
    let here = |argument: &Argument| HERE.iter().any(|host| argument.text.contains(host));
    let nothing = call.arguments.iter().any(|argument| argument.text == "/dev/null");
    let asks =
        call.has(&["--spider", "--version", "-V", "--help", "--upload-file", "-T", "--unix-socket", "--head", "-I"]);
    !(call.arguments.iter().any(here) || nothing || asks || call.operands(&[]).is_empty())
}

/// Whether what is fetched is run at once.
fn is_run(step: &Step<'_>, number: usize) -> bool {
    let runs = |call: &Call| {
        call.is_open_shell()
            || INTERPRETERS.contains(&call.name.as_str())
                && call.arguments.iter().all(|argument| argument.text.starts_with('-'))
    };
    let mut next = step.calls.get(number).and_then(|call| call.into);
    // A pipeline goes forward.
    while let Some(reader) = next.and_then(|next| step.calls.get(next)) {
        if runs(reader) {
            return true;
        }
        next = if matches!(reader.name.as_str(), "sed" | "cat" | "tr" | "tee" | "grep" | "awk") {
            reader.into
        } else {
            None
        };
    }
    let outer = step.calls.get(number).and_then(|call| step.calls.get(call.inside?));
    outer.is_some_and(|outer| {
        let shell = matches!(outer.name.as_str(), "sh" | "bash" | "ash" | "dash" | "zsh" | "source" | "." | "eval");
        let first = outer.arguments.iter().find(|argument| !argument.is_option());
        shell && (outer.script().or(first)).is_some_and(|script| script.text.trim() == "$()")
    })
}

fn is_saved(step: &Step<'_>, number: usize, call: &Call) -> bool {
    let to_output = call.arguments.iter().any(|argument| {
        let text = argument.text.as_str();
        text == "-O-"
            || text == "--output-document=-"
            || text.starts_with('-') && !text.starts_with("--") && text.ends_with("O-")
    }) || call.value(&["-O", "--output-document"]) == Some("-")
        || wget_cluster(call);
    let file = match call.name.as_str() {
        "wget" => !to_output,
        _ => {
            call.has(&["--output", "--remote-name", "--remote-name-all", "--output-dir"])
                || call.has_letter('o')
                || call.has_letter('O')
        }
    };
    file || step.keeps_output(number)
}

/// `wget -qO - URL`.
fn wget_cluster(call: &Call) -> bool {
    call.name == "wget"
        && call.arguments.windows(2).any(|pair| {
            let [option, value] = pair else { return false };
            option.is_option() && !option.text.starts_with("--") && option.text.ends_with('O') && value.text == "-"
        })
}

fn clones_a_branch(step: &Step<'_>, call: &Call) -> bool {
    let operands =
        call.operands(&["-C", "-c", "-b", "--branch", "--depth", "--config", "-j", "--jobs", "--origin", "-o"]);
    if operands.first().is_none_or(|subcommand| subcommand.text != "clone") {
        return false;
    }
    let here =
        operands.get(1).is_some_and(|source| source.text.starts_with(['/', '.']) || source.text.starts_with("file://"));
    let says = |text: &str| text.contains('$') || text.bytes().any(|byte| byte.is_ascii_digit());
    let tag = call.value(&["-b", "--branch", "--revision"]).is_some_and(says);
    let chosen = step.calls_of(&["git"]).any(|(_, call)| {
        let chooses = |word: &&Argument| matches!(word.text.as_str(), "checkout" | "reset" | "switch");
        call.operands(&["-C"]).iter().any(chooses) && call.arguments.iter().any(|argument| says(&argument.text))
    });
    !(here || tag || chosen)
}
