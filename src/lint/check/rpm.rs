//! dnf, yum, microdnf and zypper: versions, and their caches.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;

/// The programs.
pub(super) const PROGRAMS: &[&str] = &["dnf", "dnf5", "yum", "microdnf", "tdnf", "zypper"];

/// Options with a value.
const VALUED: &[&str] = &[
    "-c",
    "--config",
    "--enablerepo",
    "--disablerepo",
    "--repo",
    "--repoid",
    "-x",
    "--exclude",
    "--installroot",
    "--releasever",
    "--setopt",
    "-R",
    "--root",
    "-r",
    "--from",
];

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    let mut left = None;
    for (_, call) in step.calls_of(PROGRAMS) {
        match subcommand(call) {
            Some("install" | "in" | "groupinstall" | "localinstall" | "reinstall") => {
                if packages(call).any(is_unpinned) {
                    finds.call(&cases::RPM_UNPINNED, step, call);
                }
            }
            Some("update" | "upgrade" | "up" | "dup" | "dist-upgrade" | "patch" | "upgrade-minimal") => {
                finds.call(&cases::RPM_UPGRADE, step, call);
            }
            Some("makecache") => {}
            _ => continue,
        }
        if call.name != "zypper" {
            left = left.or(Some(call));
        }
    }
    let caches = ["/var/cache/dnf/x", "/var/cache/yum/x", "/var/cache/libdnf5/x"];
    let cleans = |call: &Call| {
        subcommand(call) == Some("clean") && call.operands(VALUED).get(1).is_some_and(|what| what.text == "all")
    };
    let cleaned = step.calls_of(PROGRAMS).any(|(_, call)| cleans(call))
        || caches.iter().any(|cache| step.removes(cache) || step.is_mounted(cache));
    if let Some(call) = left.filter(|_| scope.stage.ships && !cleaned) {
        finds.call(&cases::DNF_CACHE_LEFT, step, call);
    }
}

pub(super) fn subcommand(call: &Call) -> Option<&str> {
    call.operands(VALUED).first().map(|operand| operand.text.as_str())
}

/// The packages that a call names.
pub(super) fn packages(call: &Call) -> impl Iterator<Item = &Argument> {
    call.operands(VALUED).into_iter().skip(1)
}

/// A name says no version: neither of its last two parts begins with a digit and has a dot in it.
fn is_unpinned(package: &Argument) -> bool {
    let text = package.text.as_str();
    let file = text.starts_with(['.', '/']) || text.ends_with(".rpm") || text.contains("://");
    let version = |part: &str| part.starts_with(|letter: char| letter.is_ascii_digit()) && part.contains(['.', '*']);
    let pinned = text.contains('=') || text.split('-').skip(1).any(version);
    !(package.open || file || pinned)
}
