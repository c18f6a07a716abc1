//! dnf, yum, microdnf and zypper: versions, and their caches.

use super::super::call::{Argument, Call};
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use super::packager::Packager;

/// The program.
pub(super) const RPM: Packager = Packager {
    programs: &["dnf", "dnf5", "yum", "microdnf", "tdnf", "zypper"],
    valued: &[
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
    ],
};

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    let mut left = None;
    for call in RPM.calls(step) {
        match RPM.subcommand(call) {
            Some("install" | "in" | "groupinstall" | "localinstall" | "reinstall") => {
                if RPM.packages(call).any(is_unpinned) {
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
        RPM.subcommand(call) == Some("clean") && RPM.packages(call).next().is_some_and(|what| what.text == "all")
    };
    let cleaned =
        RPM.calls(step).any(cleans) || caches.iter().any(|cache| step.removes(cache) || step.is_mounted(cache));
    if let Some(call) = left.filter(|_| scope.stage.ships && !cleaned) {
        finds.call(&cases::DNF_CACHE_LEFT, step, call);
    }
}

/// A name says no version: neither of its last two parts begins with a digit and has a dot in it.
fn is_unpinned(package: &Argument) -> bool {
    let text = package.text.as_str();
    let file = text.starts_with(['.', '/']) || text.ends_with(".rpm") || text.contains("://");
    let version = |part: &str| part.starts_with(|letter: char| letter.is_ascii_digit()) && part.contains(['.', '*']);
    let pinned = text.contains('=') || text.split('-').skip(1).any(version);
    !(package.open || file || pinned)
}
