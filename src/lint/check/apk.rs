//! apk of Alpine: versions, and the index.

use super::super::call::Argument;
use super::super::cases;
use super::super::found::{Finds, Scope};
use super::super::step::Step;
use super::packager::Packager;

/// The program.
pub(super) const APK: Packager = Packager {
    programs: &["apk"],
    valued: &[
        "-t",
        "--virtual",
        "-X",
        "--repository",
        "-p",
        "--root",
        "--keys-dir",
        "--repositories-file",
        "--arch",
        "--wait",
        "--cache-dir",
        "--cache-max-age",
        "--timeout",
        "--progress-fd",
    ],
};

pub(super) fn check(step: &Step<'_>, scope: &Scope<'_>, finds: &mut Finds) {
    let mut left = None;
    for call in APK.calls(step) {
        match APK.subcommand(call) {
            Some("add") => {
                if APK.packages(call).any(is_unpinned) {
                    finds.call(&cases::APK_UNPINNED, step, call);
                }
            }
            Some("upgrade") => finds.call(&cases::APK_UPGRADE, step, call),
            Some("update") => {}
            _ => continue,
        }
        if !call.has(&["--no-cache", "--no-network"]) {
            left = left.or(Some(call));
        }
    }
    let index = "/var/cache/apk/APKINDEX.tar.gz";
    let cleaned = step.removes(index) || step.is_mounted(index) || step.is_mounted("/etc/apk/cache");
    if let Some(call) = left.filter(|_| scope.stage.ships && !cleaned) {
        finds.call(&cases::APK_INDEX_LEFT, step, call);
    }
}

fn is_unpinned(package: &Argument) -> bool {
    let text = package.text.as_str();
    !(package.open || text.contains(['=', '<', '>', '~', '@', '/']) || text.starts_with(['!', '.']))
}
