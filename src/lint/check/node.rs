//! npm, yarn, pnpm and bun: versions, lock files, the cache.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;

/// Options with a value.
const VALUED: &[&str] = &[
    "--prefix",
    "-C",
    "--dir",
    "--cwd",
    "--registry",
    "--cache",
    "-w",
    "--workspace",
    "--omit",
    "--include",
    "--loglevel",
    "--filter",
    "-F",
    "--store-dir",
    "--network-timeout",
    "--userconfig",
    "--tag",
    "--only",
    "--mutex",
    "--modules-folder",
];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    for (_, call) in step.calls_of(&["npm", "yarn", "yarnpkg", "pnpm", "bun"]) {
        let operands = call.operands(VALUED);
        let words: Vec<&str> = operands.iter().map(|operand| operand.text.as_str()).collect();
        let unpinned = |from: usize| operands.iter().skip(from).any(|package| is_unpinned(package));
        match (call.name.as_str(), words.as_slice()) {
            ("npm", ["install" | "i" | "in" | "add"]) if !call.has(&["--global", "-g", "--version"]) && !call.fed => {
                finds.call(&cases::NPM_LOCK, step, call);
            }
            ("npm", ["install" | "i" | "in" | "add", ..]) if unpinned(1) => {
                finds.call(&cases::NPM_UNPINNED, step, call)
            }
            ("npm", ["update" | "up" | "upgrade", ..]) => finds.call(&cases::NPM_UNPINNED, step, call),
            ("yarn" | "yarnpkg" | "pnpm" | "bun", ["add", ..]) if unpinned(1) => {
                finds.call(&cases::NPM_UNPINNED, step, call)
            }
            ("yarn" | "yarnpkg", ["global", "add", ..]) if unpinned(2) => finds.call(&cases::NPM_UNPINNED, step, call),
            ("pnpm" | "bun", ["install" | "i", _, ..]) if unpinned(1) => finds.call(&cases::NPM_UNPINNED, step, call),
            ("yarn" | "yarnpkg", [] | ["install"]) | ("pnpm" | "bun", ["install" | "i"]) if !is_frozen(call, scope) => {
                finds.call(&cases::FROZEN_LOCK, step, call);
            }
            _ => {}
        }
        if call.name == "npm" && matches!(words.first(), Some(&("install" | "i" | "ci" | "add"))) && scope.stage.ships {
            leaves_cache(step, scope, call, finds);
        }
    }
}

fn is_frozen(call: &Call, scope: &Scope<'_>) -> bool {
    let asks = ["--version", "-v", "--help", "-h", "--offline"];
    let frozen = ["--frozen-lockfile", "--immutable", "--immutable-cache", "--pure-lockfile"];
    // In CI, pnpm and yarn since 2 do so by themselves.
    let by_itself = call.name != "bun" && scope.is_set("CI", call);
    call.has(&asks) || call.has(&frozen) || by_itself || scope.is_set("YARN_ENABLE_IMMUTABLE_INSTALLS", call)
}

fn leaves_cache(step: &Step<'_>, scope: &Scope<'_>, call: &Call, finds: &mut Finds) {
    let mounted =
        step.mounts().any(|options| options.iter().any(|(_, value)| value.contains("npm") || value.contains(".cache")));
    let cleans = |call: &Call| matches!(call.operands(VALUED).as_slice(), [cache, clean, ..] if cache.text == "cache" && clean.text.starts_with("clea"));
    let cleaned = step.removes("/root/.npm/_cacache") || step.calls_of(&["npm"]).any(|(_, call)| cleans(call));
    let elsewhere = call.value(&["--cache"]).is_some_and(|cache| step.removes(&format!("{cache}/_cacache")));
    if !(mounted
        || cleaned
        || elsewhere
        || scope.is_set("npm_config_cache", call)
        || scope.is_set("NPM_CONFIG_CACHE", call))
    {
        finds.call(&cases::NPM_CACHE_LEFT, step, call);
    }
}

/// A version of three numbers, or one that only the build knows, is one; a range or a tag is none.
fn is_unpinned(package: &Argument) -> bool {
    let text = package.text.as_str();
    let file =
        text.starts_with(['.', '/', '$']) || text.ends_with(".tgz") || text.contains("://") || text.contains("git");
    let version = text.get(1..).and_then(|rest| rest.rsplit_once('@')).map(|(_, version)| version);
    let exact = version.is_some_and(|version| {
        let version = version.trim_start_matches('v');
        version.contains('$')
            || version.starts_with(|letter: char| letter.is_ascii_digit())
                && version.matches('.').count() >= 2
                && !version.contains('x')
    });
    !(file || exact)
}
