//! Programs and libraries of other languages in no fixed version.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::rule::Case;
use super::super::step::Step;

pub(super) fn check(step: &Step<'_>, _: &Scope<'_>, finds: &mut Finds) {
    for call in &step.calls {
        let broken = match call.name.as_str() {
            "go" => go(call),
            "gem" => gem(call),
            "cargo" => cargo(call),
            "composer" | "composer.phar" => composer(&call.operands(&[])),
            "php" => call.operands(&[]).split_first().and_then(|(script, rest)| {
                if script.text.ends_with("composer.phar") || script.text.ends_with("/composer") {
                    composer(rest)
                } else {
                    None
                }
            }),
            "pecl" => pecl(call),
            "dotnet" => dotnet(call),
            _ => None,
        };
        if let Some(case) = broken {
            finds.call(case, step, call);
        }
    }
}

/// Whether a text begins with a version of three numbers.
fn is_exact(version: &str) -> bool {
    let version = version.trim_start_matches('v');
    version.starts_with(|letter: char| letter.is_ascii_digit()) && version.matches('.').count() >= 2
}

fn is_commit(text: &str) -> bool {
    text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn go(call: &Call) -> Option<&'static Case> {
    let operands = call.operands(&["-ldflags", "-tags", "-o", "-p", "-C", "-mod", "-gcflags"]);
    let (subcommand, packages) = operands.split_first()?;
    let get = subcommand.text == "get";
    let unpinned = |package: &&&Argument| match package.text.rsplit_once('@') {
        Some((_, version)) => !(version.contains('$') || is_exact(version) || is_commit(version)),
        // `go install` without a version takes that of go.mod.
        None => get && package.text.contains('.') && !package.text.starts_with('.') && !package.open,
    };
    let installs = get || matches!(subcommand.text.as_str(), "install" | "run");
    (installs && packages.iter().any(|package| unpinned(&package))).then_some(&cases::GO_UNPINNED)
}

fn gem(call: &Call) -> Option<&'static Case> {
    let operands = call.operands(&[
        "-v",
        "--version",
        "-i",
        "--install-dir",
        "-n",
        "--bindir",
        "-P",
        "-s",
        "--source",
        "--platform",
    ]);
    let (subcommand, gems) = operands.split_first()?;
    let versioned =
        call.has(&["-v", "--version"]) || call.arguments.iter().any(|argument| argument.text.starts_with("-v"));
    let unpinned = |gem: &&Argument| !(gem.open || gem.text.contains(':') || gem.text.ends_with(".gem"));
    match subcommand.text.as_str() {
        "install" | "i" => (!versioned && gems.iter().any(unpinned)).then_some(&cases::GEM_UNPINNED),
        "update" => (!gems.is_empty() || call.has(&["--system"])).then_some(&cases::GEM_UNPINNED),
        _ => None,
    }
}

fn cargo(call: &Call) -> Option<&'static Case> {
    let valued = [
        "--version",
        "--vers",
        "--git",
        "--branch",
        "--tag",
        "--rev",
        "--path",
        "--root",
        "--features",
        "-F",
        "--target",
        "--profile",
        "--registry",
        "--index",
        "-j",
        "--jobs",
        "--bin",
        "--example",
        "--config",
        "-Z",
    ];
    let operands = call.operands(&valued);
    let crates = operands.iter().filter(|operand| !operand.text.starts_with('+')).skip(1);
    let subcommand = operands.iter().find(|operand| !operand.text.starts_with('+'))?;
    if subcommand.text != "install" {
        return None;
    }
    let locked = call.has(&["--locked", "--frozen"]);
    let git = call.has(&["--git"]);
    let fixed = call.has(&["--rev", "--tag"]) || (!git && call.has(&["--version", "--vers", "--path"]));
    let mut crates = crates.peekable();
    let named = crates.peek().is_some() && !git && crates.all(|package| package.open || package.text.contains('@'));
    if !(fixed || named) {
        return (git || operands.len() > 1).then_some(&cases::CARGO_UNPINNED);
    }
    (!locked).then_some(&cases::CARGO_LOCK)
}

fn composer(operands: &[&Argument]) -> Option<&'static Case> {
    let words: Vec<&str> =
        operands.iter().map(|operand| operand.text.as_str()).filter(|word| *word != "global").collect();
    let (subcommand, packages) = words.split_first()?;
    let exact = |package: &&str| {
        package.split_once([':', '=']).is_some_and(|(_, version)| is_exact(version) || version.contains('$'))
    };
    match *subcommand {
        "update" | "u" | "upgrade" => Some(&cases::COMPOSER_UNPINNED),
        "require" | "r" => (!packages.iter().all(exact)).then_some(&cases::COMPOSER_UNPINNED),
        _ => None,
    }
}

fn pecl(call: &Call) -> Option<&'static Case> {
    let operands = call.operands(&[]);
    let (subcommand, packages) = operands.split_first()?;
    let versioned = |package: &&Argument| {
        package
            .text
            .split('-')
            .skip(1)
            .any(|part| part.starts_with(|letter: char| letter.is_ascii_digit() || letter == '$'))
    };
    let unpinned = |package: &&Argument| {
        !(package.open || versioned(package) || package.text.contains(['/', ':']) || package.text.ends_with(".tgz"))
    };
    (matches!(subcommand.text.as_str(), "install" | "upgrade") && packages.iter().any(unpinned))
        .then_some(&cases::PECL_UNPINNED)
}

fn dotnet(call: &Call) -> Option<&'static Case> {
    let operands =
        call.operands(&["--version", "-v", "--tool-path", "--add-source", "--configfile", "-f", "--framework"]);
    let words: Vec<&str> = operands.iter().map(|operand| operand.text.as_str()).collect();
    let installs = match words.as_slice() {
        ["tool", "install" | "update", rest @ ..] => !rest.is_empty(),
        ["add", rest @ ..] => rest.contains(&"package"),
        ["workload", "install" | "update", ..] => true,
        _ => false,
    };
    (installs && !call.has(&["--version", "-v"])).then_some(&cases::NUGET_UNPINNED)
}
