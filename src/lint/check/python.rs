//! pip and its kin: versions, hashes, compiled modules, the cache.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;

/// Options with a value.
const VALUED: &[&str] = &[
    "-r",
    "--requirement",
    "--requirements",
    "-c",
    "--constraint",
    "-e",
    "--editable",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
    "--prefix",
    "--root",
    "--platform",
    "--python-version",
    "--implementation",
    "--abi",
    "--no-binary",
    "--only-binary",
    "--trusted-host",
    "--timeout",
    "--retries",
    "--proxy",
    "--cache-dir",
    "--log",
    "--src",
    "--progress-bar",
    "--report",
    "-w",
    "--wheel-dir",
    "-d",
    "--dest",
    "--upgrade-strategy",
    "--python",
    "-p",
    "--index-strategy",
    "--config-settings",
    "--cert",
    "--client-cert",
    "--exists-action",
    "--group",
    "--extra",
    "--with",
    "--root-user-action",
];

/// What installs, or gets what is installed.
const INSTALLS: &[&str] = &["install", "wheel", "download", "sync"];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    for call in &step.calls {
        if let Some(pip) = pip(call) {
            installs(step, scope, call, &pip, finds);
        } else {
            others(step, scope, call, finds);
        }
    }
}

/// A call of pip, whoever calls it.
struct Pip {
    call: Call,
    /// Whether it is uv that acts as pip.
    uv: bool,
}

fn pip(call: &Call) -> Option<Pip> {
    let versioned = |program: &str| {
        call.name
            .strip_prefix(program)
            .is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit() || letter == '.'))
    };
    let behind = |word: &str| {
        let at = call.arguments.iter().position(|argument| argument.text == word)?;
        Some(call.arguments.get(at + 1..).unwrap_or_default().to_vec())
    };
    if versioned("pip") {
        return Some(Pip { call: call.clone(), uv: false });
    }
    if versioned("python") || versioned("pypy") {
        let module = behind("-m")?;
        let (first, rest) = module.split_first()?;
        return (first.text == "pip")
            .then(|| Pip { call: Call { arguments: rest.to_vec(), ..call.clone() }, uv: false });
    }
    let arguments = (call.name == "uv").then(|| behind("pip")).flatten()?;
    Some(Pip { call: Call { arguments, ..call.clone() }, uv: true })
}

fn installs(step: &Step<'_>, scope: &Scope<'_>, call: &Call, pip: &Pip, finds: &mut Finds) {
    let operands = pip.call.operands(VALUED);
    let Some((subcommand, named)) = operands.split_first() else { return };
    if !INSTALLS.contains(&subcommand.text.as_str()) {
        return;
    }
    let local = pip.call.has(&["--no-index"]) || scope.is_set("PIP_NO_INDEX", call);
    let lists = pip
        .call
        .arguments
        .iter()
        .any(|argument| argument.text.starts_with("-r") || argument.text.starts_with("--requirement"))
        || subcommand.text == "sync";
    let hashes = pip.call.has(&["--require-hashes"])
        || scope.is_set("PIP_REQUIRE_HASHES", call)
        || scope.is_set("UV_REQUIRE_HASHES", call);
    if lists && !hashes && !local {
        finds.call(&cases::PIP_HASHES, step, call);
    }
    let constrained = pip
        .call
        .arguments
        .iter()
        .any(|argument| argument.text.starts_with("-c") || argument.text.starts_with("--constraint"));
    if !local
        && !constrained
        && !hashes
        && subcommand.text != "sync"
        && named.iter().any(|package| is_unpinned(package))
    {
        finds.call(&cases::PIP_UNPINNED, step, call);
    }
    if subcommand.text == "install" && !pip.uv {
        compiles(step, scope, call, finds);
    }
    let only_files = !lists && !named.is_empty() && named.iter().all(|package| is_file(&package.text));
    if scope.stage.ships && !local && !only_files {
        leaves_cache(step, scope, call, pip, finds);
    }
}

/// Modules that pip compiles record the times of their sources, unless it knows the time of the build.
fn compiles(step: &Step<'_>, scope: &Scope<'_>, call: &Call, finds: &mut Finds) {
    let believed = scope.is_set("PYTHONDONTWRITEBYTECODE", call);
    let not = call.has(&["--no-compile"]) || scope.is_set("PIP_NO_COMPILE", call);
    if believed && !not && !scope.is_set("SOURCE_DATE_EPOCH", call) {
        finds.call(&cases::PYC_BELIEVED, step, call);
    }
}

fn leaves_cache(step: &Step<'_>, scope: &Scope<'_>, call: &Call, pip: &Pip, finds: &mut Finds) {
    let (options, variable) = if pip.uv {
        (&["--no-cache", "-n"][..], "UV_NO_CACHE")
    } else {
        (&["--no-cache-dir", "--cache-dir"][..], "PIP_NO_CACHE_DIR")
    };
    let mounted = step.mounts().any(|options| {
        let target = options.iter().find(|(name, _)| matches!(*name, "target" | "dst" | "destination"));
        target.is_some_and(|(_, target)| [".cache", "pip", "uv"].iter().any(|name| target.contains(name)))
    });
    let cleaned = step.removes("/root/.cache/pip") || step.calls.iter().any(|call| call.line().contains("cache purge"));
    if !(pip.call.has(options) || scope.is_set(variable, call) || mounted || cleaned) {
        finds.call(&cases::PIP_CACHE_LEFT, step, call);
    }
}

/// Tools with a lock file, and such that install programs.
fn others(step: &Step<'_>, scope: &Scope<'_>, call: &Call, finds: &mut Finds) {
    let operands = call.operands(VALUED);
    let words: Vec<&str> = operands.iter().map(|operand| operand.text.as_str()).collect();
    match (call.name.as_str(), words.as_slice()) {
        ("uv", ["sync", ..]) => {
            let fixed = call.has(&["--locked", "--frozen"])
                || scope.is_set("UV_LOCKED", call)
                || scope.is_set("UV_FROZEN", call);
            if !fixed {
                finds.call(&cases::PIP_LOCK, step, call);
            }
        }
        ("pipenv", ["install"]) if !call.has(&["--deploy", "--ignore-pipfile"]) => {
            finds.call(&cases::PIP_LOCK, step, call);
        }
        ("pipenv", ["update" | "upgrade", ..]) | ("poetry", ["update" | "add", ..]) => {
            finds.call(&cases::PIP_UNPINNED, step, call);
        }
        ("uv", ["tool", "install", ..]) if operands.iter().skip(2).any(|package| is_unpinned(package)) => {
            finds.call(&cases::PIP_UNPINNED, step, call);
        }
        ("pipx", ["install", ..]) if operands.iter().skip(1).any(|package| is_unpinned(package)) => {
            finds.call(&cases::PIP_UNPINNED, step, call);
        }
        _ => {}
    }
}

fn is_file(text: &str) -> bool {
    let ends = [".whl", ".tar.gz", ".zip"].iter().any(|end| text.ends_with(end));
    text.starts_with(['.', '/', '$']) || ends || text.contains('*') && text.contains('/')
}

fn is_unpinned(package: &Argument) -> bool {
    let text = package.text.as_str();
    if text.contains("git+") {
        return !package.open && !text.rsplit('/').next().is_some_and(|last| last.contains('@'));
    }
    let exact = text.split_once("==").is_some_and(|(_, version)| !version.contains('*'));
    let named = text.contains("://") || is_file(text);
    !(exact || named || (package.open && !text.contains(['>', '<', '~'])))
}
