//! apt and dpkg: versions, and what they leave behind.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;

/// Options with a value.
const VALUED: &[&str] = &[
    "-o",
    "--option",
    "-c",
    "--config-file",
    "-t",
    "--target-release",
    "--default-release",
    "-a",
    "--host-architecture",
];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    for call in calls(step) {
        let fixed = scope.snapshot || call.has(&["--snapshot", "-S"]) || call.has(&["--simulate", "-s", "--dry-run"]);
        match subcommand(call) {
            Some("install" | "build-dep" | "reinstall") if !fixed && packages(call).any(is_unpinned) => {
                finds.call(&cases::APT_UNPINNED, step, call);
            }
            Some("upgrade" | "dist-upgrade" | "full-upgrade" | "safe-upgrade") if !fixed => {
                finds.call(&cases::APT_UPGRADE, step, call);
            }
            _ => {}
        }
    }
    if scope.stage.ships {
        left_behind(step, finds);
    }
}

/// Calls of apt in one of its forms.
pub(super) fn calls<'s>(step: &'s Step<'_>) -> impl Iterator<Item = &'s Call> {
    step.calls_of(&["apt-get", "apt", "aptitude"]).map(|(_, call)| call)
}

pub(super) fn subcommand(call: &Call) -> Option<&str> {
    call.operands(VALUED).first().map(|operand| operand.text.as_str())
}

/// The packages that a call names.
pub(super) fn packages(call: &Call) -> impl Iterator<Item = &Argument> {
    call.operands(VALUED).into_iter().skip(1)
}

/// Whether a step has a call that installs a package for which a test holds.
pub(super) fn installs<'s>(step: &'s Step<'_>, test: impl Fn(&str) -> bool) -> Option<&'s Call> {
    calls(step).find(|call| {
        subcommand(call) == Some("install")
            && packages(call).any(|package| test(package.text.split(['=', '/', ':']).next().unwrap_or("")))
    })
}

fn is_unpinned(package: &Argument) -> bool {
    let text = package.text.as_str();
    let file = text.starts_with(['.', '/', '~']) || text.ends_with(".deb");
    // A minus behind the name takes the package away.
    !(package.open || file || text.contains('=') || text.ends_with('-'))
}

fn left_behind(step: &Step<'_>, finds: &mut Finds) {
    let subcommands = |wanted: &'static [&str]| {
        move |call: &&Call| {
            subcommand(call).is_some_and(|name| wanted.contains(&name)) && !call.has(&["--simulate", "-s", "--dry-run"])
        }
    };
    let cleaned = |path| step.removes(path) || step.is_mounted(path);
    let lists = cleaned("/var/lib/apt/lists/deb.debian.org")
        || calls(step).any(|call| subcommands(&["dist-clean", "distclean"])(&call));
    if let Some(call) = calls(step).find(subcommands(&["update"])).filter(|_| !lists) {
        finds.call(&cases::APT_LISTS_LEFT, step, call);
    }
    let changes = subcommands(&["install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"]);
    let Some(call) = calls(step).find(changes) else { return };
    let gone = |path| cleaned(path) || step.empties(path);
    if !(gone("/var/log/dpkg.log") && gone("/var/log/apt/history.log")) {
        finds.call(&cases::DPKG_LOGS_LEFT, step, call);
    }
    if !cleaned("/var/cache/ldconfig/aux-cache") {
        finds.call(&cases::AUX_CACHE_LEFT, step, call);
    }
}
