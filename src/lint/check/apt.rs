//! apt and dpkg: versions, and what they leave behind.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use super::packager::Packager;

/// The program.
pub(super) const APT: Packager = Packager {
    programs: &["apt-get", "apt", "aptitude"],
    valued: &[
        "-o",
        "--option",
        "-c",
        "--config-file",
        "-t",
        "--target-release",
        "--default-release",
        "-a",
        "--host-architecture",
    ],
};

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    for call in APT.calls(step) {
        let fixed = scope.snapshot || call.has(&["--snapshot", "-S"]) || call.has(&["--simulate", "-s", "--dry-run"]);
        match APT.subcommand(call) {
            Some("install" | "build-dep" | "reinstall") if !fixed && APT.packages(call).any(is_unpinned) => {
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

/// Whether a step has a call that installs a package for which a test holds.
pub(super) fn installs<'s>(step: &'s Step<'_>, test: impl Fn(&str) -> bool) -> Option<&'s Call> {
    APT.calls(step).find(|call| {
        APT.subcommand(call) == Some("install")
            && APT.packages(call).any(|package| test(package.text.split(['=', '/', ':']).next().unwrap_or("")))
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
            APT.subcommand(call).is_some_and(|name| wanted.contains(&name))
                && !call.has(&["--simulate", "-s", "--dry-run"])
        }
    };
    let cleaned = |path| step.removes(path) || step.is_mounted(path);
    let lists = cleaned("/var/lib/apt/lists/deb.debian.org")
        || APT.calls(step).any(|call| subcommands(&["dist-clean", "distclean"])(&call));
    if let Some(call) = APT.calls(step).find(subcommands(&["update"])).filter(|_| !lists) {
        finds.call(&cases::APT_LISTS_LEFT, step, call);
    }
    let changes = subcommands(&["install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"]);
    let Some(call) = APT.calls(step).find(changes) else { return };
    let gone = |path| cleaned(path) || step.empties(path);
    if !(gone("/var/log/dpkg.log") && gone("/var/log/apt/history.log")) {
        finds.call(&cases::DPKG_LOGS_LEFT, step, call);
    }
    if !cleaned("/var/cache/ldconfig/aux-cache") {
        finds.call(&cases::AUX_CACHE_LEFT, step, call);
    }
}
